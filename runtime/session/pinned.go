package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
)

// unservedError names a machine that a conversation is pinned to and that is not ready.
type unservedError struct{ hash string }

func (e *unservedError) Error() string        { return fmt.Sprintf("%v: %s", ErrUnserved, e.hash) }
func (e *unservedError) Is(target error) bool { return target == ErrUnserved }

// flow returns the machine that a conversation is pinned to.
func (h *Host) flow(hash string) (*served, error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if s := h.pinned[hash]; s != nil {
		return s, nil
	}
	return nil, &unservedError{hash: hash}
}

// pinnedTo is flow, with a machine that is not ready loaded.
func (h *Host) pinnedTo(ctx context.Context, hash string) (*served, error) {
	s, err := h.flow(hash)
	if err == nil {
		return s, nil
	}
	if again, err := h.adopt(ctx, err); !again {
		return nil, err
	}
	return h.flow(hash)
}

// MachineOf returns a machine that conversations are on, by its hash. One that is stored under another's hash was changed, and is an error:
// what may leave, how long it is kept and what it tells of would be read from it.
func MachineOf(r Reader, hash string) (*machine.Machine, error) {
	canonical, err := r.Machine(hash)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(canonical); hex.EncodeToString(sum[:]) != hash {
		return nil, fmt.Errorf("machine %s was changed where it is stored", hash)
	}
	return machine.Decode(canonical)
}

// adopt makes ready the machine that err misses, from the store, and reports whether it is worth trying again. Loading
// takes milliseconds, so it happens outside of any view.
func (h *Host) adopt(ctx context.Context, err error) (again bool, cause error) {
	var missing *unservedError
	if !errors.As(err, &missing) {
		return false, err
	}
	var canonical []byte
	e := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		canonical, err = r.Machine(missing.hash)
		return err
	})
	if e != nil {
		return false, errors.Join(err, e)
	}
	s, e := h.revive(canonical)
	if e == nil && s.hash != missing.hash {
		e = errors.New("its hash is another")
	}
	if e != nil {
		return false, errors.Join(err, e)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pinned[s.hash] = s
	return true, nil
}

func (h *Host) revive(canonical []byte) (*served, error) {
	m, err := machine.Decode(canonical)
	if err != nil {
		return nil, err
	}
	p, err := h.load(m)
	if err != nil {
		return nil, err
	}
	return h.prepare(Flow{Machine: m, Program: p})
}
