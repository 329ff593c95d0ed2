package compiler

import (
	"regexp"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
	"github.com/tacet-lang/tacet/lang/text"
)

// A label is what a patient says by pressing it. “I am pregnant” tells a state of health whatever the option is called,
// so it is judged as an answer (G13).

// ofOneself are words by which a label speaks for the patient.
var ofOneself = map[string]*regexp.Regexp{
	"en": regexp.MustCompile(`(?i)\b(i|i['’](m|ve)|im|my|me|myself)\b`),
	"es": regexp.MustCompile(`(?i)\b(tengo|soy|estoy|padezco|sufro|tomo|he|mis?|me)\b`),
}

// toldBy is what words tell about health, the most private first found; "" for nothing. Only what rules find refuses a flow: the
// learnt judge, for which a person reads a message once more at worst, takes a lost box for a lost health now and then.
func (c *compilation) toldBy(words string) (class string) {
	for _, f := range text.DetectPHI(text.Normalise(words), "") {
		if !f.Judged && c.facts.policy.Below(freeTextClass, f.Class) && (class == "" || c.facts.policy.Below(class, f.Class)) {
			class = f.Class
		}
	}
	return class
}

// saidOf is what a label tells about the patient who presses it, in any of its languages, and where.
func (c *compilation) saidOf(t *syntax.Text) (class string, at source.Span) {
	for i := range t.Parts {
		if own := ofOneself[c.languageOf(&t.Parts[i])]; own == nil || !own.MatchString(t.Parts[i].Value) {
			continue
		}
		if told := c.toldBy(t.Parts[i].Value); told != "" && (class == "" || c.facts.policy.Below(class, told)) {
			class, at = told, t.Parts[i].String.Span
		}
	}
	return class, at
}

// linkedOptions are the options of a choice as links judge them: one whose label tells something about health is not
// excepted, whatever it is called.
func (c *compilation) linkedOptions(t *syntax.TypeRef) []string {
	var out []string
	for i := range t.Options {
		o := &t.Options[i]
		name := o.Name.Name
		if o.Label != nil {
			for _, p := range o.Label.Parts {
				if c.toldBy(p.Value) != "" {
					name = p.Value
				}
			}
		}
		out = append(out, name)
	}
	return out
}

// checkPressed judges the answers of choices and the labels of offers.
func (c *compilation) checkPressed() {
	for _, f := range sortedBySpan(c.names.fields) {
		if c.types.classes[f.Name.Name] == "" {
			continue // refused already
		}
		for i := range f.Type.Options {
			label := f.Type.Options[i].Label
			if label == nil {
				continue
			}
			if told, at := c.saidOf(label); told != "" && !c.facts.policy.Below(told, c.classBefore(f.Name.Name)) {
				c.reportLabel(told, at, "`"+f.Name.Name+"` is of class `"+c.classBefore(f.Name.Name)+"`").
					Help("let the answer say nothing about health, or declare the field with `class %s` where the purpose permits it", told)
			}
		}
	}
	c.eachBody(func(b body, s *syntax.StateDecl) {
		for _, st := range s.Body {
			if offer, ok := st.(*syntax.OfferStmt); ok {
				c.checkOffered(b, s, offer)
			}
		}
	})
}

// checkOffered judges the choices of an offer: one that tells a state of health leads to people, unless this purpose may
// collect such a thing.
func (c *compilation) checkOffered(b body, s *syntax.StateDecl, offer *syntax.OfferStmt) {
	for i := range offer.Choices {
		ch := &offer.Choices[i]
		told, at := c.saidOf(&ch.Label)
		if told == "" || c.facts.policy.Permit(c.names.purpose.Name.Name, typeChoice, told).Allowed || c.handsOver(b, ch.Target.Name.Name) {
			continue
		}
		c.reportLabel(told, at, "what is pressed here decides how the assistant goes on").In("%s", b.in(s.Name.Name)).
			Help("lead this choice to a state that hands over to people, or let it say nothing about health")
	}
}

func (c *compilation) reportLabel(told string, at source.Span, note string) *diag.Diagnostic {
	purpose := c.names.purpose.Name.Name
	code, message := diag.AsksElse, "whoever presses this tells something of class `%s`, which a flow for `%s` holds only in a field of that class"
	if !c.facts.policy.Permit(purpose, typeChoice, told).Allowed {
		code, message = diag.AsksTooMuch, "whoever presses this tells something of class `%s`, which a flow for `%s` may not collect"
	}
	return c.report(code, at, message, told, purpose).Note(source.Span{}, "%s", note).
		Means("the answer is kept, sent and decided by as if it said nothing about health")
}

// handsOver reports whether a state of the same body only speaks and hands over to people.
func (c *compilation) handsOver(b body, name string) bool {
	s := c.stateIn(b, name)
	if s == nil || len(s.Body) == 0 {
		return false
	}
	for i, st := range s.Body {
		switch st.(type) {
		case *syntax.SayStmt:
		case *syntax.HandoffStmt:
			return i == len(s.Body)-1
		default:
			return false
		}
	}
	return false
}
