package text_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

func compile(t testing.TB, phrases ...string) *text.Triggers {
	t.Helper()
	s := text.TriggerSpec{Name: "x", Tier: text.TierEmergency}
	for _, p := range phrases {
		lang, pattern, _ := strings.Cut(p, ":")
		s.Phrases = append(s.Phrases, text.Phrase{Lang: lang, Pattern: pattern})
	}
	triggers, err := text.CompileTriggers([]text.TriggerSpec{s})
	if err != nil {
		t.Fatal(err)
	}
	return triggers
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		meets   []string
		misses  []string
	}{
		{"en:chest pain", []string{"chest pain", "chest pian", "chset pain", "chst pain", "CHEST PAINS", "my chest, really, pain"}, []string{"pain chest", "chest. pain", "chest and arm pain"}},
		{"en:chest (pain|is tight)", []string{"chest pain", "chest is tight", "chest is really tight"}, []string{"chest tight"}},
		{"en:[my] chest hurts", []string{"chest hurts", "my chest hurt", "chest hurting"}, []string{"my chest"}},
		{"en:pain ... chest", []string{"pain chest", "pain going right through chest", "pain here and also chest"}, []string{"pain one two three four five chest"}},
		{"en:{chest, pressure}", []string{"chest pressure", "pressure on chest", "pressure right on chest"}, []string{"chest", "pressure"}},
		{"en:tight* ... chest", []string{"tightness in chest", "tightening around the chest"}, []string{"tie chest"}},
		{"en:chest pain", []string{"chest\npain", "c-h-e-s-t p-a-i-n", "c..h..e..s..t pain"}, []string{"chest.\npain"}},
		{"en:can't breathe", []string{"can't breathe", "cannot breathe", "can not breathe", "cant breathe", "can’t breathe", "can´t breathe"}, []string{"can breathe"}},
		{"es:no puedo respirar", []string{"no puedo respirar", "No podía respirar", "no puede respirar"}, []string{"puedo respirar"}},
		{"es:matarme", []string{"quiero matarme", "pienso en matarse"}, []string{"materno"}},
		{"en:seizure", []string{"seizure", "seizures", "siezure", "seizzure", "s e i z u r e", "se1zure", "seizuuuure", "ｓｅｉｚｕｒｅ", "ѕеіzurе", "sei\u200bzure"}, []string{"secure", "reizure", "measure"}},
		{"en:kill myself", []string{"killmyself", "kill my self", "k i l l  m y s e l f", "k!ll myself", "kil myself"}, []string{"kill time"}},
	} {
		tr := compile(t, c.pattern)
		for _, s := range c.meets {
			if len(tr.Match(text.Normalise(s))) == 0 {
				t.Errorf("pattern %q does not meet %q", c.pattern, s)
			}
		}
		for _, s := range c.misses {
			if h := tr.MatchAll(text.Normalise(s)); len(h) > 0 {
				t.Errorf("pattern %q meets %q: %+v", c.pattern, s, h)
			}
		}
	}
}

func TestContext(t *testing.T) {
	t.Parallel()
	tr := compile(t, "en:chest pain", "en:stroke", "es:dolor de pecho", "en:can't breathe")
	for _, c := range []struct {
		msg  string
		want text.Why
	}{
		{"I have chest pain", text.Counts},
		{"my husband has chest pain", text.Counts},
		{"no chest pain", text.Negation},
		{"no fever, chills or chest pain", text.Negation},
		{"I don't have any chest pain", text.Negation},
		{"no rash but chest pain", text.Counts},
		{"No, I have chest pain", text.Counts},
		{"I can't sleep and have chest pain", text.Counts},
		{"I can't stand this chest pain", text.Counts},
		{"I can't breathe", text.Counts},
		{"chest pain went away", text.Negation},
		{"chest pain won't go away", text.Counts},
		{"I had a stroke in 2015", text.History},
		{"I had a stroke in 2015 and now chest pain", text.Counts},
		{"if I ever have chest pain, who do I call", text.Hypothetical},
		{"do you call 911 if a patient has chest pain?", text.Hypothetical},
		{"can botox cause a stroke?", text.Question},
		{"I'm writing a paper about stroke", text.Education},
		{"the stroke unit", text.Education},
		{"no tengo dolor de pecho", text.Negation},
		{"no aguanto el dolor de pecho", text.Counts},
		{"no sé si es dolor de pecho", text.Counts},
		{"tuve dolor de pecho hace años", text.History},
		{"sin dolor de pecho", text.Negation},
		{"the hamster can't breathe", text.Animal},
		{"my dog just had a stroke", text.Animal},
		{"my dog barked and now I can't breathe", text.Counts},
		{"bitten by a dog, chest pain", text.Counts},
		{"in my 20s I had a stroke", text.History},
		{"say a person has chest pain in the chair", text.Hypothetical},
		{"Chest pain? No. Any stroke? Never.", text.Negation},
		{"Chest pain? Yes.", text.Counts},
		{"Chest pain? No, it is my arm.", text.Counts},
		{"Chest pain? No relief yet.", text.Counts},
		{"Chest pain under control? No.", text.Counts},
		{"¿Ha tenido dolor de pecho? Nunca", text.Negation},
		{"chest pain: no, fever: yes", text.Negation},
		{"chest pain, no, real pain", text.Counts},
	} {
		hits := tr.MatchAll(text.Normalise(c.msg))
		if c.want == text.Counts && len(tr.Match(text.Normalise(c.msg))) > 0 {
			continue
		}
		if len(hits) == 0 || hits[0].Why != c.want {
			t.Errorf("%q: %+v, want %q", c.msg, hits, c.want)
		}
	}
}

func TestHits(t *testing.T) {
	t.Parallel()
	specs := []text.TriggerSpec{
		{Name: "pus", Tier: text.TierUrgent, Category: "infection", Phrases: []text.Phrase{{Lang: "en", Pattern: "pus"}}},
		{Name: "pain", Tier: text.TierEmergency, Category: "cardiac", Phrases: []text.Phrase{{Lang: "en", Pattern: "chest ... pain"}, {Lang: "en", Pattern: "chest pain"}},
			Except: []text.Phrase{{Lang: "en", Pattern: "pain in the neck"}}},
	}
	tr, err := text.CompileTriggers(specs)
	if err != nil {
		t.Fatal(err)
	}
	const msg = "¡Hola! pus, then “chest\u00a0pain” and chest pain in the neck"
	var got []string
	for _, h := range tr.MatchAll(text.Normalise(msg)) {
		got = append(got, fmt.Sprintf("%s/%s/%s/%s %q %s", h.Tier, h.Category, h.Name, h.Lang, msg[h.Span.Start:h.Span.End], h.Why))
	}
	want := []string{
		"emergency/cardiac/pain/en \"chest\\u00a0pain\" ",
		"emergency/cardiac/pain/en \"chest pain\" except",
		"urgent-clinical/infection/pus/en \"pus\" ",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPatternErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern string
		offset  int
		msg     string
	}{
		{"", 0, "a word is missing"},
		{"(pain|", 6, "a word is missing"},
		{"chest (pain", 6, "`(` is not closed with `)`"},
		{"chest pain)", 10, "`)` has no matching opening bracket"},
		{"... chest", 0, "`...` needs a word before it"},
		{"chest ...", 0, "`...` needs a word before it"},
		{"a ... ... b", 6, "two `...` in a row"},
		{"pain | ache", 5, "`|` separates alternatives"},
		{"* pain", 0, "`*` stands at the end of a word"},
		{"ti* pain", 2, "at least 3 letters"},
		{"{chest}", 0, "two or three parts"},
		{"[pain]", 0, "no word that must be there"},
		{"my the", 0, "no word that must be there"},
		{"chest. pain", 5, "full stop"},
		{"chest, pain", 5, "`,` has no meaning"},
		{"(a]", 2, "expected `)`"},
		{strings.Repeat("a ", 600), 1000, "at most 1000"},
	} {
		err := text.CheckPattern(c.pattern)
		var p *text.PatternError
		if !errors.As(err, &p) || p.Offset != c.offset || !strings.Contains(p.Msg, c.msg) {
			t.Errorf("CheckPattern(%.20q) = %+v, want offset %d and %q", c.pattern, err, c.offset, c.msg)
		}
	}
	if err := text.CheckPattern("chest (pain|pressure) ... [left] arm*"); err != nil {
		t.Errorf("good pattern refused: %v", err)
	}
}

func TestCompileTriggersRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []text.TriggerSpec{
		{Name: "x", Tier: "soon", Phrases: []text.Phrase{{Lang: "en", Pattern: "a b"}}},
		{Name: "x", Tier: text.TierRoutine, Phrases: []text.Phrase{{Lang: "fr", Pattern: "mal"}}},
		{Name: "x", Tier: text.TierRoutine, Except: []text.Phrase{{Lang: "en", Pattern: "(a"}}},
	} {
		if _, err := text.CompileTriggers([]text.TriggerSpec{s}); err == nil || !strings.Contains(err.Error(), "trigger x") {
			t.Errorf("CompileTriggers(%+v) = %v", s, err)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		msg        string
		human, bot bool
	}{
		{"can I talk to a real person", true, false},
		{"I want to speak with someone", true, false},
		{"human please", true, false},
		{"agent", true, false},
		{"please call me back on 312 555 0188", false, false},
		{"¿hablan español?", false, false},
		{"I talked to my sister about it", false, false},
		{"get me a representative", true, false},
		{"quiero hablar con una persona", true, false},
		{"¿me puede comunicar con alguien?", true, false},
		{"are you a robot?", false, true},
		{"am I talking to a real person", false, true},
		{"is this a bot", false, true},
		{"¿eres un robot?", false, true},
		{"¿estoy hablando con una máquina?", false, true},
		{"I'd like to book a facial", false, false},
		{"quiero una cita", false, false},
		{"I need someone to drive me home", false, false},
		{"I'm a nice person", false, false},
	} {
		m := text.Normalise(c.msg)
		if _, human := text.WantsHuman(m); human != c.human {
			t.Errorf("WantsHuman(%q) = %v", c.msg, human)
		}
		if bot := text.AsksIfBot(m); bot != c.bot {
			t.Errorf("AsksIfBot(%q) = %v", c.msg, bot)
		}
	}
}
