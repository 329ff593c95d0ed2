package heldtest_test

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/speech"
)

// pack is what the report needs of the standard policy pack.
type pack struct {
	Purposes map[string]struct {
		Channels []string
		Collect  []struct {
			Class, Type string
			Requires    []string
		}
	}
}

func readPack(t *testing.T) pack {
	t.Helper()
	data, err := os.ReadFile("../../../stdlib/std/hipaa.policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var p pack
	if err := yaml.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// place is where an author's text is judged: a flow of the purpose, before anything was proven or agreed to on a
// public channel; after all that behind the portal's login.
func (p pack) place(t *testing.T, purpose, style, words string) speech.Context {
	t.Helper()
	rules, ok := p.Purposes[purpose]
	if !ok {
		t.Fatalf("the standard policy has no purpose %q", purpose)
	}
	portal := len(rules.Channels) == 1 && rules.Channels[0] == "portal-chat"
	c := speech.Context{
		Permits: map[string]bool{},
		Prompt:  style == "elliptical" || strings.HasSuffix(words, "?") || strings.HasSuffix(words, ":"),
	}
	for _, kind := range speech.Kinds() {
		for _, line := range rules.Collect {
			if (line.Class == kind.Class || line.Type == kind.Type) && (portal || len(line.Requires) == 0) {
				c.Permits[kind.Type] = true
			}
		}
	}
	return c
}

func measureAuthors(t *testing.T, b *strings.Builder) []target {
	policy := readPack(t)
	rejected, kind, accepted := sliced{}, sliced{}, sliced{}
	for _, row := range rows(t, "author/held.tsv", "lang", "purpose", "expect", "class", "style", "text") {
		lang, purpose, expect, class, style, words := row[0], row[1], row[2], row[3], row[4], row[5]
		oneOf(t, expect, speech.Solicitation, speech.Advice, "ok")
		in := append(slicesOf(t, lang, style, words), "purpose "+purpose, "class "+expect+": "+class, "language in expect "+expect+" "+lang)
		got := speech.Judge(words, lang, policy.place(t, purpose, style, words))
		if expect == "ok" {
			accepted.add(len(got) == 0, in...)
			continue
		}
		in = append(in, "expect "+expect)
		rejected.add(len(got) > 0, in...)
		if len(got) > 0 {
			kind.add(has(got, expect), in...)
		}
	}
	b.WriteString("## What authors write\n\nRejected: a text that asks for what its purpose may not, or that gives advice, had a finding. Kind: of those, the finding was of the right kind. Accepted: a sound text had none.\n\n")
	columns := []column{{"rejected", rejected}, {"kind", kind}, {"accepted", accepted}}
	for _, k := range []string{"all", "lang", "language in expect", "class", "purpose", "style", "wording"} {
		table(b, k, columns...)
	}
	measureFurtherAuthors(t, b, policy)
	return []target{
		{"risky texts rejected", rejected["all all"], 0.95, false},
		{"solicitation rejected", rejected["expect solicitation"], 0.95, false},
		{"advice rejected", rejected["expect advice"], 0.95, false},
		{"risky texts rejected, Spanish", rejected["lang es"], 0.95, false},
		{"sound texts accepted", accepted["all all"], 0.97, false},
	}
}

// furtherSets are what two more people wrote who had not seen the rules; each put half or more of it aside to train on.
var furtherSets = []string{"second", "third"}

// measureFurtherAuthors adds what is found in the halves that are there to be measured only.
func measureFurtherAuthors(t *testing.T, b *strings.Builder, policy pack) {
	b.WriteString("Two further sets, by two further people, who sought uncommon ways to say things (`author/*-measure.tsv`; the other parts of what they wrote are trained on):\n\n")
	rejected, accepted := sliced{}, sliced{}
	for _, set := range furtherSets {
		for _, row := range rows(t, "author/"+set+"-author-measure.tsv", "lang", "purpose", "expect", "class", "style", "text") {
			lang, purpose, expect, style, words := row[0], row[1], row[2], row[4], row[5]
			oneOf(t, expect, speech.Solicitation, speech.Advice, "ok")
			c := policy.place(t, purpose, style, words)
			c.Prices = style == "answered"
			if style == "permitted" {
				for _, k := range speech.Kinds() {
					c.Permits[k.Type] = true
				}
			}
			found := len(speech.Judge(words, lang, c)) > 0
			in := []string{"set " + set, "further " + set + " " + expect + " " + lang, "manner " + set + " " + style}
			if expect == "ok" {
				accepted.add(!found, in...)
			} else {
				rejected.add(found, in...)
			}
		}
	}
	for _, k := range []string{"set", "further", "manner"} {
		table(b, k, column{"rejected", rejected}, column{"accepted", accepted})
	}
}

func has(findings []speech.Finding, kind string) bool {
	for _, f := range findings {
		if f.Kind == kind {
			return true
		}
	}
	return false
}
