package text

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Tiers of a trigger, most pressing first.
const (
	TierEmergency = "emergency"
	TierUrgent    = "urgent-clinical"
	TierRoutine   = "routine"
)

// MaxPhrases bounds the phrases of all triggers of a machine together.
const MaxPhrases = 5000

// Phrase is a pattern (of a trigger) or an example (of a topic) in one language: "en" or "es".
type Phrase struct {
	Lang    string `json:"lang"`
	Pattern string `json:"pattern"`
}

// TriggerSpec names what a patient may say that must be passed on at once. Phrases raise it. An Except phrase that
// overlaps what was found takes it back.
type TriggerSpec struct {
	Name     string   `json:"name"`
	Tier     string   `json:"tier"`
	Category string   `json:"category"`
	Phrases  []Phrase `json:"phrases"`
	Except   []Phrase `json:"except,omitempty"`
}

// Triggers finds all phrases of a set of triggers in one pass. It is safe for concurrent use.
type Triggers struct {
	specs     []TriggerSpec
	phrases   []phraseRef // by the automaton's phrase number
	automaton *automaton
	heard     []int  // by class of the detector: the spec it raises, or -1; empty if it can raise none
	scoped    []bool // by spec: the judge of findings may take its findings back
}

type phraseRef struct {
	spec   int
	lang   string
	except bool
	denies bool // the phrase itself speaks of something that is not so ("can't breathe")
	text   string
}

// Hit is a trigger found in a message. Span is in bytes of the original text.
type Hit struct {
	Name, Tier, Category, Lang string
	Span                       Span
	Negated                    bool // suppressed because the patient says that it is not so
	Why                        Why  // why the hit does not count; Counts if it does

	// Phrase is the pattern that was met. It is empty when the detector judged the message as a whole; Score is then how
	// sure it was, in hundredths of what it takes.
	Phrase string
	Score  int
}

// Why is the reason for which a hit is left out.
type Why string

// Counts is the Why of a hit that is raised.
const (
	Counts       Why = ""
	Negation     Why = "negation"     // "no chest pain"
	History      Why = "history"      // "had a stroke in 2015"
	Hypothetical Why = "hypothetical" // "if I ever had chest pain"
	Question     Why = "question"     // "do you call 911 if a patient has chest pain?"
	Education    Why = "education"    // "a paper about strokes", "the burn clinic"
	Idiom        Why = "idiom"        // "nearly fainted when I saw the price"
	Animal       Why = "animal"       // "the hamster isn't breathing"
	Excepted     Why = "except"       // an except phrase of the trigger
	NotMeant     Why = "not meant"    // what stands around it tells that nothing of the kind is so (scope.go)
)

// CompileTriggers builds the matcher. The error names the trigger and wraps the *PatternError of the first faulty phrase.
func CompileTriggers(specs []TriggerSpec) (*Triggers, error) {
	t := &Triggers{specs: specs}
	b := newBuilder()
	for i, s := range specs {
		if tierRank(s.Tier) < 0 {
			return nil, fmt.Errorf("trigger %s: unknown tier `%s`", s.Name, s.Tier)
		}
		if err := t.addPhrases(b, i, s.Phrases, false); err != nil {
			return nil, err
		}
		if err := t.addPhrases(b, i, s.Except, true); err != nil {
			return nil, err
		}
	}
	t.automaton = b.finish()
	t.heard = builtinDetector().raises(specs)
	t.scoped = builtinDetector().knows(specs)
	return t, nil
}

func (t *Triggers) addPhrases(b *builder, spec int, phrases []Phrase, except bool) error {
	for _, p := range phrases {
		if p.Lang != "en" && p.Lang != "es" {
			return fmt.Errorf("trigger %s: unknown language `%s`", t.specs[spec].Name, p.Lang)
		}
		n, err := parsePattern(p.Pattern)
		if err != nil {
			return fmt.Errorf("trigger %s, phrase `%s`: %w", t.specs[spec].Name, p.Pattern, err)
		}
		if len(t.phrases) == MaxPhrases || !b.add(int32(len(t.phrases)), n, p.Lang) {
			return errors.New("too many trigger phrases")
		}
		t.phrases = append(t.phrases, phraseRef{spec: spec, lang: p.Lang, except: except, denies: denies(n), text: p.Pattern})
	}
	return nil
}

func denies(n *node) bool {
	if n.kind == wordNode && inherentNegation.has(n.word.text) {
		return true
	}
	return slices.ContainsFunc(n.subs, denies)
}

// tiers, most pressing first.
var tiers = []string{TierEmergency, TierUrgent, TierRoutine}

func tierRank(tier string) int { return slices.Index(tiers, tier) }

// Match returns the hits that count, the most pressing tier first, then by position, then by name.
func (t *Triggers) Match(m *Message) []Hit {
	return slices.DeleteFunc(t.MatchAll(m), func(h Hit) bool { return h.Why != Counts })
}

// MatchAll returns all hits, those left out with the reason. A trigger found several times at overlapping places is
// reported once; a reading that counts wins.
func (t *Triggers) MatchAll(m *Message) []Hit {
	var hits []Hit
	h := &listening{message: m}
	read := func(tokens []token) {
		hits = t.match(h, tokens, hits)
		if repaired := t.automaton.vocabulary.repair(tokens); repaired != nil {
			hits = t.match(h, repaired, hits)
		}
	}
	read(m.tokens)
	for _, r := range m.readings {
		read(r)
	}
	return orderHits(t.detect(h, hits))
}

// maxJudged is how many findings of one reading are judged by what is said around them; further ones count. It bounds
// the work for a text made to be slow.
const maxJudged = 150

// match adds the hits in one reading of the message.
func (t *Triggers) match(h *listening, tokens []token, hits []Hit) []Hit {
	all := t.automaton.run(tokens)
	if len(all) == 0 {
		return hits
	}
	excepts := t.exceptions(all)
	seen := make(map[place]bool, len(all)) // several phrases of a trigger may meet the same words
	var around *detectorText
	for _, f := range all {
		ref := t.phrases[f.phrase]
		if ref.except {
			continue
		}
		key := place{ref.spec, f.from, f.to, ref.denies}
		if seen[key] {
			continue
		}
		seen[key] = true
		s := &t.specs[ref.spec]
		why := Counts
		if len(seen) <= maxJudged {
			why = contextOf(tokens, f.from, f.to, ref.denies)
		}
		if why == Counts && overlapsAny(excepts[ref.spec], f) {
			why = Excepted
		}
		if why == Counts && t.scoped[ref.spec] && len(seen) <= maxJudged {
			if around == nil {
				around = detectorTextOf(tokens)
			}
			if !h.meant(around.meaning(s.Category, ref.text, f.from, f.to), around, f.from, f.to) {
				why = NotMeant
			}
		}
		hits = append(hits, Hit{
			Name: s.Name, Tier: s.Tier, Category: s.Category, Lang: ref.lang, Why: why, Negated: why == Negation,
			Span: h.message.span(int(tokens[f.from].from), int(tokens[f.to-1].to)), Phrase: ref.text,
		})
	}
	return hits
}

type place struct {
	spec, from, to int
	denies         bool
}

// exceptions gathers the except phrases that were found, by trigger, in order of their ends.
func (t *Triggers) exceptions(all []found) map[int][]found {
	var out map[int][]found
	for _, f := range all {
		if ref := t.phrases[f.phrase]; ref.except {
			if out == nil {
				out = map[int][]found{}
			}
			out[ref.spec] = append(out[ref.spec], f)
		}
	}
	return out
}

func overlapsAny(excepts []found, f found) bool {
	// Only the first that ends after f begins, and those that follow it, can overlap.
	i, _ := slices.BinarySearchFunc(excepts, f.from, func(e found, from int) int {
		if e.to <= from {
			return -1
		}
		return 1
	})
	for _, e := range excepts[i:] {
		if e.from < f.to {
			return true
		}
		if e.to > f.to+longestPhrase {
			return false
		}
	}
	return false
}

// longestPhrase is more words than any phrase can span.
const longestPhrase = 10 * maxStates

func orderHits(hits []Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(rankWhy(a.Why), rankWhy(b.Why)),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(b.Span.End, a.Span.End))
	})
	kept := hits[:0]
	for _, h := range hits {
		if !overlapsSame(kept, h) {
			kept = append(kept, h)
		}
	}
	slices.SortStableFunc(kept, func(a, b Hit) int {
		return cmp.Or(
			cmp.Compare(tierRank(a.Tier), tierRank(b.Tier)),
			cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Name, b.Name))
	})
	return kept
}

func rankWhy(w Why) int {
	if w == Counts {
		return 0
	}
	return 1
}

// overlapsSame looks backwards through the hits of the same trigger that are kept already.
func overlapsSame(kept []Hit, h Hit) bool {
	for _, k := range slices.Backward(kept) {
		if k.Name != h.Name {
			return false
		}
		if k.Span.Start < h.Span.End && h.Span.Start < k.Span.End {
			return true
		}
	}
	return false
}
