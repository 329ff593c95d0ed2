package people_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(people.Idle - time.Second)
	h.visit(dana) // and is seen
	h.clock.wait(people.Idle - time.Second)
	h.visit(dana)
	h.clock.wait(people.Idle)
	for range 2 { // the second time with a clock that was set back
		if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("after %v without use: %v, want %v", people.Idle, err, people.ErrRefused)
		}
		h.clock.wait(-10 * time.Minute)
	}
	h.clock.wait(20 * time.Minute)
	s, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	dana.token = s.Token
	for at := time.Duration(0); at < people.Absolute-10*time.Minute; at += 10 * time.Minute {
		h.visit(dana)
		h.clock.wait(10 * time.Minute)
	}
	h.visit(dana)
	h.clock.wait(10 * time.Minute)
	if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("after %v: %v, want %v", people.Absolute, err, people.ErrRefused)
	}
}

// TestClocksApart: of two servers an hour apart neither lets a session live longer than its own clock would.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(14 * time.Minute)
	h.visit(dana)
	h.clock.wait(-14 * time.Minute) // by a server that is behind by less than a session's rest
	h.visit(dana)
	for _, apart := range []time.Duration{time.Hour, -time.Hour} {
		h.clock.wait(2 * time.Minute) // a code counts once
		s, err := h.signIn(dana)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.wait(apart)
		if _, err := h.Authenticate(ctx, s.Token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("by a clock %v ahead: %v, want %v", apart, err, people.ErrRefused)
		}
		h.clock.wait(-apart)
		if _, err := h.Authenticate(ctx, s.Token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("back again from %v ahead: %v, want %v", apart, err, people.ErrRefused)
		}
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	here := dana.token
	h.clock.wait(time.Minute)
	there, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SignOut(ctx, here); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, here); !errors.Is(err, people.ErrRefused) {
		t.Errorf("signed out, but %v", err)
	}
	dana.token = there.Token
	if err := h.SignOutEverywhere(ctx, h.visit(dana), dana.id); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, there.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("signed out everywhere, but %v", err)
	}
	if err := h.SignOut(ctx, "nonsense"); err != nil {
		t.Errorf("SignOut(nonsense) = %v", err)
	}
}

// TestTokenPerStage: a token that was known before a stage opens nothing after it.
func TestTokenPerStage(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	half, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, half.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a password alone is in: %v", err)
	}
	if _, err := h.OfferCodes(ctx, half.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a password alone can replace the second factor: %v", err)
	}
	in, err := h.Code(ctx, half.Token, h.code(dana))
	if err != nil {
		t.Fatal(err)
	}
	if in.Token == half.Token {
		t.Error("the token stays the same")
	}
	if _, err := h.Code(ctx, half.Token, h.code(dana)); !errors.Is(err, people.ErrRefused) {
		t.Errorf("the token of the stage before still works: %v", err)
	}
}
