package kernel_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// unprovable are machines for which no certificate can be: the best attempt fails at the guarantee.
var unprovable = map[string]struct {
	obligation, reason string
	change             func(e edit)
	much               bool // also for whoever claims to know more than is needed, which takes a while
}{
	"said before it is asked": {"G3", "may have no value", func(e edit) { e.m.Start = "i-late" }, false},
	"asked in some cases":     {"G3", `reads "name"`, func(e edit) { e.loc("g-topic").Edges[0].To = "h-about" }, false},
	"tested before it is asked": {"G3", "a guard tests", func(e edit) {
		e.m.Start = "s-said"
		e.loc("s-said").Edges[0].Guard = e.loc("r-ok").Edges[0].Guard
		e.loc("s-said").Do = nil
	}, false},
	"nobody there": {"G9", "is there at some moment", func(e edit) { e.loc("z-later").Team = "office" }, false},
	"an escalation that does more": {"G10", "more than say", func(e edit) {
		e.m.Start = "z-end"
		l := e.loc("escalation/team")
		l.Do = append(l.Do, machine.Action{To: "crm", Fields: []string{"phone"}})
	}, false},
	"a person's approval on the portal": {"G4", `"human-approval"`, func(e edit) {
		e.m.Flow.Channels, e.m.Policy.Requires = []string{"portal-chat"}, []string{"human-approval"}
	}, false},
	"what is heard, only where it is not": {"G2", "no guard holds", func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `!heard("booking")`)
		e.loc("q-note").Edges = e.loc("q-note").Edges[:1]
	}, true},
	"a sign that is heard while the world is slow": {"G2", "no guard holds", func(e edit) {
		e.guard(`heard("fever")`, `!heard("fever")`)
		e.loc("l-slot").Edges = e.loc("l-slot").Edges[:2]
	}, true},
	"an emergency made less": {"G10", "of that tier", func(e edit) {
		e.m.Triggers = append(e.m.Triggers, machine.Trigger{Name: "stroke", Tier: machine.Emergency, Phrases: e.m.Triggers[0].Phrases})
		e.m.Escalations[1].On = append(e.m.Escalations[1].On, "stroke")
	}, false},
	"a circle":              {"G1", "may go round", func(e edit) { e.loc("a-spanish").Edges[0].To = "a-start" }, false},
	"tested to go on alike": {"G6", "nothing that follows uses it", func(e edit) { e.loc("s-count").Edges[1].To = "s-said" }, false},
	"a trap": {"G1", "nearer to an end", func(e edit) {
		e.loc("s-said").Edges[0].To = "s-count"
		e.loc("r-ok").Edges[1].To = "s-count"
		e.m.Topics[3].Route = "s-count"
		e.loc("s-said").Do = nil
		e.loc("s-count").Edges[1].To = "r-ok"
	}, false},
	"nobody on a holiday": {"G9", "is there at some moment", func(e edit) {
		e.m.Practice.Teams[1].Hours, e.m.Practice.Teams[1].Fallback = e.m.Practice.Teams[0].Hours, ""
	}, false},
	"a day that draws near": {"G2", "no guard holds", func(e edit) {
		e.loc("i-hour").Edges = []machine.Edge{{Guard: e.loc("i-day").Edges[0].Guard, To: "i-late"}}
	}, false},
	"a birthday while the patient answers": {"G2", "no guard holds", func(e edit) {
		e.loc("e-born").Edges[0].To, e.loc("e-born").Edges[1].To = "q-note", "i-hour"
		e.loc("i-hour").Edges = []machine.Edge{{Guard: e.loc("e-born").Edges[1].Guard, To: "z-end"}}
	}, false},
	"a consent taken back": {"G5", `"consent"`, func(e edit) {
		again := *e.loc("d-consent")
		again.ID = "d-consent-again"
		again.Edges = []machine.Edge{{On: machine.OnGranted, To: "f-mark"}, {On: machine.OnRefused, To: "f-mark"}}
		e.loc("d-consent").Edges[0].To = again.ID
		e.m.Locations = slices.Insert(e.m.Locations, e.at("d-consent")+1, again)
	}, false},
	"a number without the consent that everything needs": {"G5", `"consent"`, func(e edit) {
		e.m.Policy.Requires, e.m.Topics[3].Route = []string{"consent"}, "z-later"
		e.loc("d-consent").Edges[1].To = "z-later"
	}, false},
	"a sign that was heard while a time was booked": {"G2", "no guard holds", func(e edit) {
		e.between("l-book", 0, "l-said", `!heard("fever")`)
	}, false},
	"a sign that was heard while a code was typed": {"G2", "no guard holds", func(e edit) {
		verified := slices.IndexFunc(e.loc("c-verify").Edges, func(x machine.Edge) bool { return x.On == machine.OnVerified })
		e.between("c-verify", verified, "c-said", `!heard("fever")`)
	}, false},
	"consents beyond counting":    {"form", "too many", func(e edit) { e.consents(60) }, false},
	"a consent to something else": {"G5", `"consent"`, func(e edit) { e.loc("d-consent").Covers = []string{"contact"} }, false},
	"a language that changes while the patient answers": {"G2", "no guard holds", func(e edit) {
		n := len(e.m.Guards)
		e.m.Guards = append(e.m.Guards, machine.Guard{Source: `language == "es"`})
		e.loc("a-start").Edges[1].To, e.loc("b-phone").Edges[0].Guard = "z-end", &n
		if err := guard.Complete(e.m); err != nil {
			panic(err)
		}
	}, true},
	"one try more than retries": {"G2", "no guard holds", func(e edit) {
		e.guard("attempts > 2", "attempts <= 2")
		l := e.loc("c-verify")
		l.Edges = slices.Delete(slices.Clone(l.Edges), 1, 2)
	}, false},
	"no use": {"G6", "nothing that follows", func(e edit) {
		e.m.Topics[3].Route, e.m.Topics[3].Answer = "", text("Well.")
		e.loc("s-count").Edges = []machine.Edge{{To: "s-said"}}
	}, false},
	"used only where a topic leads away from the question": {"G6", "nothing that follows", func(e edit) {
		e.m.Topics[3].Route = "z-later"
		e.loc("s-count").Edges = []machine.Edge{{To: "s-said"}}
	}, false},
	"told by a branch and a choice": {"G7", `class "health"`, func(e edit) {
		e.m.Practice.Vendors[0].Classes = []string{"interest", "identifier"}
		e.loc("f-mark").Edges[0].To = "z-nurse"
	}, false},
}

// provable are machines that are no worse than the clinic, and look elsewhere.
var provable = map[string]func(e edit){
	"what a yes needs": func(e edit) {
		e.loc("s-said").Do[0].Cases["yes"] = text("Good, {ok}: {count}.")
	},
	"declassified, and raised again by another field": func(e edit) { e.m.Fields[9].Class = "contact" },
	"an emergency is never heard while the world is slow": func(e edit) {
		e.guard(`heard("fever")`, `!heard("chest-pain")`)
		e.loc("l-slot").Edges = e.loc("l-slot").Edges[:2]
	},
	"a sign is never heard where the patient is waited for": func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `!heard("fever")`)
		e.loc("q-note").Edges = []machine.Edge{{Guard: e.loc("q-note").Edges[0].Guard, To: "r-ok"}}
		e.loc("r-ok").Do = []machine.Action{say("You said {note}.")}
	},
	"as many attempts as there can be": func(e edit) {
		e.guard("attempts > 2", "attempts <= 3")
		e.guard(`note == "stop" || heard("booking")`, "attempts <= 2")
		e.guard(`heard("fever")`, "attempts == 0")
		l := e.loc("c-verify")
		l.Edges = slices.Delete(slices.Clone(l.Edges), 1, 2)
		e.loc("q-note").Edges = []machine.Edge{{Guard: e.loc("q-note").Edges[0].Guard, To: "r-ok"}}
		e.loc("r-ok").Do = []machine.Action{say("You said {note}.")}
		e.loc("l-book").Edges[1].Guard, e.loc("l-slot").Edges = e.loc("l-slot").Edges[1].Guard, slices.Delete(slices.Clone(e.loc("l-slot").Edges), 1, 2)
	},
	"who is verified is verified": func(e edit) {
		l := e.loc("c-verify")
		l.Edges = slices.DeleteFunc(slices.Clone(l.Edges), func(x machine.Edge) bool { return x.On == machine.OnVerified && x.Guard == nil })
	},
	"a channel stays": func(e edit) {
		n := len(e.m.Guards)
		e.m.Guards = append(e.m.Guards, machine.Guard{Source: `channel == "web-chat"`})
		e.loc("b-phone").Edges = []machine.Edge{{Guard: &n, To: "c-verify"}, {To: "z-later"}}
		l := e.loc("c-verify")
		l.Edges[slices.IndexFunc(l.Edges, func(x machine.Edge) bool { return x.On == machine.OnUnreachable })].Guard = &n
		if err := guard.Complete(e.m); err != nil {
			panic(err)
		}
	},
	"everything after a code": func(e edit) {
		e.m.Policy.Requires, e.m.Topics[3].Route = []string{"authenticated"}, "z-later"
	},
	"a type is permitted that its class is not": func(e edit) {
		at := slices.IndexFunc(e.m.Policy.Permits, func(p machine.Permit) bool { return p.Class == "identifier" && p.Type == "" })
		e.m.Policy.Permits = append(e.m.Policy.Permits, machine.Permit{Class: "identifier", Type: "date-of-birth"})
		e.m.Policy.Permits[at].Requires = []string{"human-approval"}
	},
	"a secure channel": func(e edit) {
		e.m.Flow.Channels, e.m.Policy.Requires = []string{"portal-chat"}, []string{"secure-channel"}
	},
	"no agreement is needed for so little": func(e edit) {
		e.m.Policy.Classes = append(e.m.Policy.Classes, machine.Class{Name: "secret", Above: []string{"health"}})
		e.m.Policy.VendorFloor, e.m.Practice.Vendors[0].Agreement = "secret", nil
	},
	"a channel that the policy permits, and rules of keeping in another order": func(e edit) {
		e.m.Policy.Channels = []string{"sms", "web-chat", "portal-chat"}
		e.m.Policy.Keep = slices.Clone(e.m.Policy.Keep)
		slices.Reverse(e.m.Policy.Keep)
		at := slices.IndexFunc(e.m.Policy.Keep, func(k machine.Keep) bool { return k.Class == "health" })
		e.m.Policy.Keep[0], e.m.Policy.Keep[at] = e.m.Policy.Keep[at], e.m.Policy.Keep[0]
	},
	"an agreement that begins today": func(e edit) {
		a := e.m.Practice.Vendors[0].Agreement
		a.Effective, a.Signed = "2026-11-22", "2026-11-22"
	},
	"an agreement that ends with the horizon": func(e edit) {
		e.m.Practice.Vendors[0].Agreement.Expires = today.AddDate(0, 0, e.m.Policy.Horizon).Format(time.DateOnly)
	},
	"a topic that is offered where nobody comes, too": func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}, {Name: "aging", Treat: machine.Handle}}, e.m.Topics...)
		e.loc("j-offer").Choices[0].Topic = "acne"
		l := e.loc("k-listen")
		l.Edges = append([]machine.Edge{{On: "aging", To: l.Edges[0].To}}, l.Edges...)
		e.m.Locations = append(e.m.Locations,
			machine.Location{ID: "zz", State: "zz", Kind: machine.Offer, Choices: []machine.Choice{{Label: text("Acne"), Topic: "acne"}}, Edges: []machine.Edge{{On: "1", To: "z-end"}}},
			machine.Location{ID: "zzz", State: "zzz", Kind: machine.Listen, Edges: []machine.Edge{{On: "aging", To: "z-end"}}})
	},
	"declassified until today":  func(e edit) { e.m.Policy.Declassify[0].Until = "2026-11-22" },
	"reviewed today":            func(e edit) { e.m.Flow.Reviewed = "2026-11-22" },
	"reviewed for the last day": func(e edit) { e.m.Flow.Reviewed = today.AddDate(0, 0, -e.m.Policy.ReviewEvery).Format(time.DateOnly) },
	"within the ranges just so": func(e edit) {
		s, p := &e.m.Session, &e.m.Policy
		p.Timeout, p.Retries = machine.Range{Min: int64(s.Timeout), Max: int64(s.Timeout)}, machine.Range{Min: int64(s.Retries), Max: int64(s.Retries)}
	},
	"a topic that is listened for, and one that is offered": func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}, {Name: "aging", Treat: machine.Handle}}, e.m.Topics...)
		e.loc("j-offer").Choices[0].Topic = "acne"
		l := e.loc("k-listen")
		l.Edges = append([]machine.Edge{{On: "aging", To: l.Edges[0].To}}, l.Edges...)
	},
	"tested to go on alike, where a topic leads elsewhere": func(e edit) {
		e.loc("f-mark").Edges[0].To = "g-topic"
		e.loc("i-late").Do = []machine.Action{say("You said {mark}.")}
	},
	"as many consents as can be counted": func(e edit) { e.consents(59) },
	"nobody tries where nobody is asked": func(e edit) { e.between("b-phone", 0, "b-tried", "attempts == 0") },
	"what an offer takes for an answer leads nowhere else": func(e edit) {
		e.m.Start = "j-offer"
		l := e.loc("j-offer")
		for n := range l.Edges {
			l.Edges[n].To = "z-end"
		}
		e.m.Topics[0].Answer, e.m.Topics[0].Route = nil, "z-office"
		e.m.Topics[1].Answer, e.m.Topics[3].Route = text("At nine."), "z-end"
	},
	"no topic leads away from a booking": func(e edit) {
		for n := range e.loc("l-book").Edges {
			e.loc("l-book").Edges[n].To = "m-send"
		}
	},
	"no time passes where nobody waits":         func(e edit) { e.between("i-day", 0, "i-far", `day < "2027-01-01" && days(day) > 3`) },
	"what was listened for was heard":           func(e edit) { e.between("k-listen", 1, "k-hours", `heard("hours")`) },
	"nothing is heard before the first message": func(e edit) { e.between("a-spanish", 0, "a-still", `!heard("booking")`) },
	"no notice asked for":                       func(e edit) { e.m.Policy.Notices, e.m.Notice = nil, text("Hello.") },
	"any guard":                                 func(e edit) { e.guard("verified", "verified ? true : false || !true") },
	"two questions after one consent":           func(e edit) { e.m.Fields[0].Class = "health" },
	"ages ahead":                                func(e edit) { e.guard(`day < "2027-01-01" && days(day) > 3`, "age(day) < -1") },
	"a day that has drawn near": func(e edit) {
		e.loc("i-hour").Edges = slices.Clone(e.loc("i-day").Edges)
		e.loc("i-hour").Edges[0].To = "i-late"
	},
	"heard at once": func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `heard("chest-pain") || note in ["stop", "no"]`)
	},
	"ages and days that go together": func(e edit) { e.guard("age(born) >= 18", "age(born) >= 18 && days(born) < -6500") },
	"heard as listened":              func(e edit) { e.guard("practice.open", `practice.open && heard("hours")`) },
	"the nearest fallback":           func(e edit) { e.m.Practice.Teams[1].Fallback = "office"; e.m.Practice.Teams[2].Fallback = "always" },
}

func TestProvable(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	for name, change := range provable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edit{m: clone(t, m)}
			change(e)
			if err := e.m.Validate(); err != nil {
				t.Fatal(err)
			}
			if err := kernel.Check(e.m, kernel.Conjure(e.m, today), today); err != nil {
				t.Error(err)
			}
			if report, _ := verify.Check(e.m, verify.Options{AsOf: today}); report.Certificate != nil {
				if err := kernel.Check(e.m, report.Certificate, today); err != nil {
					t.Errorf("with the verifier's proof: %v", err)
				}
			}
		})
	}
}

func TestUnprovable(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	for name, x := range unprovable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edit{m: clone(t, m)}
			x.change(e)
			if err := e.m.Validate(); err != nil {
				t.Fatal(err)
			}
			err := kernel.Check(e.m, kernel.Conjure(e.m, today), today)
			var r *kernel.Refusal
			if !errors.As(err, &r) || r.Obligation != x.obligation || !strings.Contains(err.Error(), x.reason) {
				t.Errorf("got %v, want %s: …%s…", err, x.obligation, x.reason)
			}
			if x.much && kernel.Check(e.m, kernel.ConjureMuch(e.m, today), today) == nil {
				t.Error("whoever claims to know more gets it admitted")
			}
		})
	}
}
