package text_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/text"
)

// seeds are texts that the readers of bytes have to survive.
var seeds = []string{
	"", " ", "I have chest pain", "c h e s t p a i n", "ch3st p4in", "¿Me duele el pecho?", "no fever, chills, or chest pain",
	"ｃｈｅｓｔ ｐａｉｎ", "сhеst раin", "c\u200bhest pa\u00adin", "chest\u0301 pa\u0308in", "\xff\xfe\x80 chest", "𝐜𝐡𝐞𝐬𝐭 𝓹𝓪𝓲𝓷", "ﷺ ﬁ ½ ① Ⅷ",
	"my ssn is 536-22-8471", "jane dot doe at gmail dot com", "@@@@ a@b.c @x", "4111 1111 1111 1111", "+1 (212) 555-0142 x33", "born 3/14/1985",
	"''''", "don't won't 'tis rock'n'roll", "k!ll my$elf s*icide", strings.Repeat("a", 9000), strings.Repeat("no ", 3000), strings.Repeat("1-", 3000),
	strings.Repeat("\u0301", 200), "مرحبا 你好 🩸🔫", "I'm @jane", "http://", "::1 :: 1::2", "at", "@", "PO Box", "calle", "dob", "name:", "soy",
}

func checkSpan(t *testing.T, s string, sp text.Span) {
	t.Helper()
	if sp.Start < 0 || sp.End > len(s) || sp.Start >= sp.End {
		t.Fatalf("span %v outside %q", sp, s)
	}
	if utf8.ValidString(s) && !utf8.ValidString(s[sp.Start:sp.End]) {
		t.Fatalf("span %v of %q cuts a character", sp, s)
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := text.Normalise(s)
		if m.Text != s {
			t.Fatalf("Text = %q, want %q", m.Text, s)
		}
		at := text.Span{}
		for _, w := range text.Words(m) {
			checkSpan(t, s, w)
			if w.Start < at.Start || w.End < at.End {
				t.Fatalf("words of %q go back from %v to %v", s, at, w)
			}
			at = w
		}
		again := text.Words(text.Normalise(s))
		if len(again) != len(text.Words(m)) {
			t.Fatalf("two readings of %q differ", s)
		}
	})
}

func FuzzMatch(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	std := standardModules(f)
	f.Fuzz(func(t *testing.T, s string) {
		m := text.Normalise(s)
		all := std.triggers.MatchAll(m)
		counted := 0
		for _, h := range all {
			checkSpan(t, s, h.Span)
			if h.Why == text.Counts {
				counted++
			}
		}
		if got := len(std.triggers.Match(m)); got != counted {
			t.Fatalf("Match(%q) has %d hits, MatchAll %d that count", s, got, counted)
		}
		if sp, ok := text.WantsHuman(m); ok {
			checkSpan(t, s, sp)
		}
		text.AsksIfBot(m)
		for _, sc := range std.model.Classify(m) {
			if sc.Score < 0 || sc.Score > 1000 {
				t.Fatalf("Classify(%q): score %d", s, sc.Score)
			}
		}
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"chest (pain|pressure)", "{a, b}", "tight* ... chest", "[a] b", "((((", "...", "* ", "{x}", "a|b", "[a]", "(a|[b])"} {
		f.Add(s, "chest pain")
	}
	f.Fuzz(func(t *testing.T, pattern, msg string) {
		err := text.CheckPattern(pattern)
		specs := []text.TriggerSpec{{Name: "x", Tier: text.TierEmergency, Phrases: []text.Phrase{{Lang: "en", Pattern: pattern}}}}
		triggers, compileErr := text.CompileTriggers(specs)
		if (err == nil) != (compileErr == nil) {
			t.Fatalf("CheckPattern(%q) = %v, CompileTriggers = %v", pattern, err, compileErr)
		}
		if err == nil {
			triggers.MatchAll(text.Normalise(msg))
			return
		}
		if at := err.(*text.PatternError).Offset; at < 0 || at > len(pattern) {
			t.Fatalf("CheckPattern(%q): offset %d", pattern, at)
		}
	})
}

func FuzzDetectPHI(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "")
		f.Add(s, "phone")
	}
	f.Fuzz(func(t *testing.T, s, expect string) {
		found := text.DetectPHI(text.Normalise(s), expect)
		var spans []text.Span
		for i, p := range found {
			checkSpan(t, s, p.Span)
			if p.Type == "" || p.Class == "" || p.Action != text.ActionMask && p.Action != text.ActionFlag {
				t.Fatalf("%q: incomplete finding %+v", s, p)
			}
			if i > 0 && compareSpans(found[i-1].Span, p.Span) > 0 {
				t.Fatalf("%q: findings out of order: %v", s, found)
			}
			spans = append(spans, p.Span)
		}
		masked := text.Mask(s, spans)
		if len(found) > 0 && !strings.Contains(masked, "▮") {
			t.Fatalf("Mask(%q) masks nothing of %v", s, spans)
		}
	})
}

func FuzzDecodeTopics(f *testing.F) {
	std := standardModules(f)
	good, err := json.Marshal(std.model)
	if err != nil {
		f.Fatal(err)
	}
	small, err := json.Marshal(text.TrainTopics(std.topics[:1]))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[:2000])
	f.Add(small)
	f.Add([]byte(packed([]int{1, 5, 9, 1, 0, 2}, []int{1, 7, 0})))
	f.Add([]byte(packed([]int{1, 5, 9, 1, 9, 2}, nil)))
	f.Add([]byte(`{"version":4,"topics":[],"bias":[],"bar":0,"words":"","features":"","said":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := text.DecodeTopics(data)
		if err != nil {
			return
		}
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := text.DecodeTopics(out)
		if err != nil {
			t.Fatalf("DecodeTopics of what was encoded from %q: %v", data, err)
		}
		if out2, _ := json.Marshal(again); !bytes.Equal(out, out2) {
			t.Fatalf("encoding is not stable: %s, %s", out, out2)
		}
		m.Classify(text.Normalise("where can I park x"))
	})
}
