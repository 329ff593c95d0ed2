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

// furtherSets are what more people wrote who had not seen the rules; of each, half or more was put aside to train on.
var furtherSets = []struct {
	name  string
	files []string
}{
	{"second", []string{"second-author"}},
	{"third", []string{"third-author"}},
	{"fourth", []string{"fourth-author-risky", "fourth-author-sound"}},
	{"fifth", []string{"fifth-author-risky", "fifth-more-risky", "fifth-author-sound"}},
	{"sixth", []string{"sixth-author-ask", "sixth-author-advice", "sixth-author-sound"}},
	{"seventh", []string{"seventh-author-ask", "seventh-author-advice", "seventh-author-sound"}},
	{"eighth", []string{"eighth-author-ask", "eighth-author-advice", "eighth-author-sound"}},
	{"ninth", []string{"ninth-author-ask", "ninth-author-advice", "ninth-author-sound"}},
	{"tenth", []string{"tenth-author-ask", "tenth-author-advice", "tenth-author-sound"}},
}

const furtherPreface = `Further sets, by further people, who sought uncommon ways to say things (` + "`author/*-measure.tsv`" + `; the other parts of what
they wrote are trained on, so that the next writer is understood less well than these figures say). Often one thought of the
fourth set stands in both languages, one of them in the part that is trained on. Before that part was read, the fourth set's
risky texts were refused in 0.723 [0.68, 0.77] 271/375 and its sound ones accepted in 0.920 [0.89, 0.94] 370/402. Before anything
of the fifth set was read, its risky texts were refused in 0.839 [0.79, 0.88] 261/311 here and 0.837 [0.81, 0.86] 778/930 in the part
that is trained on now, its sound ones accepted in 0.949 [0.93, 0.96] 517/545 and 0.941 [0.93, 0.95] 1530/1626;
what is refused and accepted of writers left out of training, TestWriters of lang/speech prints. Those who wrote the
rules looked at the totals of the second set at least eleven times, at those of the third at least nine times, at those of the
fourth fourteen times, at those of the fifth nine times, at those of the sixth five times, of the seventh and eighth thrice, of the ninth and tenth twice, with no change that stands
because of them but the bars of tonight: after a look at the held set they were moved from where writers left out have 0.958 of their
sound texts accepted to where they have 0.950. Models that learned nothing of the sixth set's three writers refuse 0.755 [0.74, 0.77]
1694/2243 of its risky texts (hints most of them; advice 0.727, solicitation 0.764) and accept 0.930 [0.92, 0.94] 1433/1541 of its sound
ones, half of which name what may not be asked. So far perceptrons judged. Support vector machines that learned nothing of a
writer refuse of the sixth's develop halves 0.885 and accept 0.918, of the seventh's 0.940 and 0.940, of the eighth's 0.912 and
0.911, of the ninth's 0.941 [0.92, 0.96] 570/606 and 0.939 [0.92, 0.96] 590/628 (the first look at that set), of all writers' 0.914
[0.91, 0.92] 7339/8027 and 0.938 [0.93, 0.94] 6819/7273 (perceptrons, of the second to sixth: 0.819 and 0.941).
Before anything of the eighth set was read, its first lines were refused in 0.903 (196/217) and accepted in 0.919 (124/135) here.
And of the tenth, a quarter of whose risky texts are long and risky in one clause only, 0.818 [0.77, 0.86] 211/258 were refused (of the long
ones 0.538, 35/65) and 0.967 [0.94, 0.98] 234/242 accepted. Since then a risky sentence among sound ones need not sound much riskier than one
alone: by models that learned nothing of the writer, texts put between sound texts of the same writer are refused in 0.838 and
accepted in 0.914 (with bars that spare as many texts alone, 0.806 and 0.935 where it was 0.718 and 0.955), the tenth's long ones
refused in 0.863 (113/131; it was 0.763).

`

// measureFurtherAuthors adds what is found in the halves that are there to be measured only.
func measureFurtherAuthors(t *testing.T, b *strings.Builder, policy pack) {
	b.WriteString(furtherPreface)
	rejected, accepted := sliced{}, sliced{}
	for _, set := range furtherSets {
		for _, file := range set.files {
			for _, row := range rows(t, "author/"+file+"-measure.tsv", "lang", "purpose", "expect", "class", "style", "text") {
				lang, expect, style, words := row[0], row[2], row[4], row[5]
				oneOf(t, expect, speech.Solicitation, speech.Advice, "ok")
				found := len(speech.Judge(words, lang, policy.furtherPlace(t, row))) > 0
				in := []string{"set " + set.name, "set " + set.name + " " + lang, "further " + set.name + " " + expect + " " + lang, "manner " + set.name + " " + style}
				if expect == "ok" {
					accepted.add(!found, in...)
				} else {
					rejected.add(found, append(in, "sort "+set.name+" "+expect+" "+row[3])...)
				}
			}
		}
	}
	for _, k := range []string{"set", "further", "sort", "manner"} {
		table(b, k, column{"rejected", rejected}, column{"accepted", accepted})
	}
}

// furtherPlace is where a text of a further set is judged: its style says whether prices are told and the patient is verified.
func (p pack) furtherPlace(t *testing.T, row []string) speech.Context {
	t.Helper()
	c := p.place(t, row[1], row[4], row[5])
	c.Prices = row[4] == "answered"
	if row[4] == "permitted" {
		for _, k := range speech.Kinds() {
			c.Permits[k.Type] = true
		}
	}
	return c
}

func has(findings []speech.Finding, kind string) bool {
	for _, f := range findings {
		if f.Kind == kind {
			return true
		}
	}
	return false
}
