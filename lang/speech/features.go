package speech

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// Features of a sentence for the models: its words with what they name put in place of them, in ones and in pairs; the cues it
// holds and where they stand to what is named; what the rules said; and what stands around it.

// groups are the classes as the models see them: what follows them matters less than that they are told apart.
var groups = map[string]string{
	"preference": "<pref>", "contact": "<contact>", "interest": "<interest>", "identifier": "<id>", "record-id": "<id>", "plan-id": "<id>",
	"government-id": "<gov>", "secret": "<gov>", "biometric": "<gov>", "photo": "<photo>",
}

func groupOf(class string) string {
	if g, ok := groups[class]; ok {
		return g
	}
	return "<health>"
}

// items are the words of a sentence by stem, numbers and named things as their kind.
func (s *sentence) items() []string {
	objects := s.objects()
	out := make([]string, 0, len(s.words)+2)
	out = append(out, "^")
	lang := english
	if !s.en {
		lang = spanish
	}
	for i := 0; i < len(s.words); {
		if len(objects) > 0 && objects[0].from == i {
			out = append(out, groupOf(lexicons().concepts[objects[0].concept].class))
			i = objects[0].to
			objects = objects[1:]
			continue
		}
		if len(objects) > 0 && objects[0].from < i {
			objects = objects[1:]
			continue
		}
		out = append(out, itemOf(lang, s.words[i]))
		i++
	}
	return append(out, s.mark())
}

func itemOf(lang int, w text.Word) string {
	if c := w.Text[0]; c >= '0' && c <= '9' {
		return "<n>"
	}
	return stem(lang, w)
}

// mark is the sign that ends the sentence.
func (s *sentence) mark() string {
	switch {
	case s.question:
		return "?"
	case s.colon:
		return ":"
	}
	return "."
}

// features lists the features of sentence i, once each.
func (r *reader) features(i int) []string {
	s := &r.sentences[i]
	f := featureSet{seen: map[string]bool{}}
	items := s.items()
	for k, a := range items {
		f.add("w " + a)
		if k+1 < len(items) {
			f.add("b " + a + " " + items[k+1])
		}
		if k+2 < len(items) {
			f.add("s " + a + " " + items[k+2])
			f.add("t " + a + " " + items[k+1] + " " + items[k+2])
		}
	}
	r.templateFeatures(&f, s)
	if len(items) > 3 {
		f.add("e " + items[1] + " " + s.mark())
	}
	f.add("len " + strconv.Itoa(min(len(s.words)/3, 6)) + s.mark())
	r.cueFeatures(&f, s)
	for _, o := range s.objects() {
		v := r.judgeObject(i, o)
		g := groupOf(lexicons().concepts[o.concept].class)
		f.add("r " + g + " " + v.rule)
		f.add("r " + v.rule)
		if v.asks && g != "<contact>" && g != "<interest>" && g != "<pref>" {
			f.add("r asks")
		}
	}
	if _, ok := r.echoed(i); ok {
		f.add("r echo")
		f.add("r asks")
	}
	r.aroundFeatures(&f, i)
	return f.list
}

// templates are the cues that stand for their words in a template, those that say most first.
var templates = []string{"aesthetic", "medicine", "ailment", "condition", "body", "bodily", "treatment", "dose", "complaint", "third", "practice", "logistics", "office"}

// templateFeatures adds runs of the sentence with every word that is not a little word put as its kind, so that what is
// learned of one question holds for others built like it.
func (r *reader) templateFeatures(f *featureSet, s *sentence) {
	kinds := make([]string, len(s.words))
	for i, w := range s.words {
		switch {
		case isNumber(w):
			kinds[i] = "<n>"
		case englishWords[w.Text] || spanishWords[w.Text] || skippable[w.Text] || beforeOrderEN[w.Text]:
			kinds[i] = w.Text
		default:
			kinds[i] = "_"
		}
	}
	for t := len(templates) - 1; t >= 0; t-- {
		c := cueOf(templates[t])
		for _, m := range s.marks {
			if m.concept == c {
				cover(kinds, m, "<"+templates[t]+">")
			}
		}
	}
	for _, o := range s.objects() {
		cover(kinds, o, groupOf(lexicons().concepts[o.concept].class))
	}
	run := append([]string{"^"}, kinds...)
	run = append(run, s.mark())
	run = slices.Compact(run)
	for k := range run {
		for n := 2; n <= 4 && k+n <= len(run); n++ {
			f.add("k " + strings.Join(run[k:k+n], " "))
		}
	}
}

func cover(kinds []string, m mark, kind string) {
	for i := m.from; i < m.to; i++ {
		kinds[i] = kind
	}
}

func (r *reader) cueFeatures(f *featureSet, s *sentence) {
	l := lexicons()
	object := ""
	at := len(s.words)
	for _, o := range s.objects() {
		if g := groupOf(l.concepts[o.concept].class); object == "" || g != "<contact>" && g != "<interest>" && g != "<pref>" && g != "<photo>" {
			object, at = g, o.from
		}
	}
	var names []string
	for _, m := range s.marks {
		c := l.concepts[m.concept]
		if c.class != "" {
			f.add("o " + groupOf(c.class))
			continue
		}
		if !f.add("c " + c.name) {
			continue
		}
		f.add("c " + c.name + s.mark())
		names = append(names, c.name)
		if object == "" {
			f.add("c0 " + c.name)
			continue
		}
		side := ">"
		if m.from < at {
			side = "<"
		}
		f.add("co " + c.name + side + object)
	}
	if object == "" {
		f.add("o none" + s.mark())
	}
	address := "a " + s.address()
	f.add(address + s.mark())
	for _, name := range names {
		f.add(address + " " + name)
	}
	if s.question && s.has("you") {
		matter := "q you"
		for _, c := range []string{"logistics", "offer", "consent", "bodily", "body", "aesthetic", "inform"} {
			if s.has(c) {
				matter += " " + c
			}
		}
		f.add(matter)
		f.add(matter + " " + object)
	}
	for a := range names {
		for b := a + 1; b < len(names); b++ {
			f.add("cc " + min(names[a], names[b]) + " " + max(names[a], names[b]))
		}
	}
}

// address says whom the sentence is about: the patient, what the patient told, everybody, or nobody in particular.
func (s *sentence) address() string {
	out := ""
	for _, a := range []struct {
		name string
		is   bool
	}{
		{"you", s.has("you")}, {"third", s.has("third")}, {"this", s.startsWith(pointers)}, {"do", s.startsWith(remedyOrders)},
		{"tell", s.orders(0, len(s.words))}, {"anybody", s.has("generic")}, {"we", s.has("practice")},
	} {
		if a.is {
			out += "+" + a.name
		}
	}
	return out
}

// aroundFeatures adds what stands before and after the sentence.
func (r *reader) aroundFeatures(f *featureSet, i int) {
	s := &r.sentences[i]
	asked := s.question || s.orders(0, len(s.words))
	if i > 0 {
		for _, o := range r.sentences[i-1].objects() {
			g := groupOf(lexicons().concepts[o.concept].class)
			f.add("p " + g)
			if asked {
				f.add("p asked " + g)
			}
		}
	}
	if s.last {
		f.add("last " + s.mark())
		return
	}
	n := &r.sentences[i+1]
	f.add("n " + n.mark() + s.mark())
	if s.question && !n.question {
		f.add("q then told")
		if n.orders(0, len(n.words)) {
			f.add("q then ordered")
		}
	}
	if n.has("inform") {
		f.add("n inform" + s.mark())
	}
}

type featureSet struct {
	seen map[string]bool
	list []string
}

func (f *featureSet) add(s string) bool {
	if f.seen[s] {
		return false
	}
	f.seen[s] = true
	f.list = append(f.list, s)
	return true
}
