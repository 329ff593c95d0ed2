package syntax_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// TestFormatGeneratedTree prints random trees and reads them back: parse∘format is the identity on trees, and format is
// idempotent.
func TestFormatGeneratedTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := &syntax.File{Decls: rapid.SliceOfN(rapid.Custom(genDecl), 0, 12).Draw(t, "decls")}
		printed := syntax.Format(f)
		back, list := syntax.Parse(source.New("generated.flow", printed))
		if len(list) > 0 {
			t.Fatalf("%v: %s\n%s", list[0].Span.Start, sentence(list[0]), printed)
		}
		if !syntax.Equal(f, back) {
			t.Fatalf("want\n%s\ngot\n%s\nfrom\n%s", syntax.Dump(f), syntax.Dump(back), printed)
		}
		if again := syntax.Format(back); string(again) != string(printed) {
			t.Fatalf("formatted once\n%s\ntwice\n%s", printed, again)
		}
	})
}

var (
	genWord  = rapid.StringMatching(`[a-z][a-z0-9]{0,6}z`) // no word of the language ends in z
	genName  = rapid.StringMatching(`[a-z][a-z0-9]{0,5}z(-[a-z0-9]{1,4})?`)
	genLang  = rapid.SampledFrom([]string{"en", "es"})
	genGuard = rapid.SampledFrom([]string{
		"ok", `topic == "botox"`, `!practice.open && n >= 3`, `heard("chest -> pain") || x in ["a", 'b']`,
		"score > 3 &&\n      (a || b)", "age(dob) < 18 ? a : b", "a\n==\n\tb",
	})
	genChars = rapid.SliceOfN(rapid.SampledFrom([]rune("ab ñé¿\"\\\n\t{}#->;:'“”,.…—😀")), 0, 60)
)

func ident(t *rapid.T) syntax.Ident    { return syntax.Ident{Name: genName.Draw(t, "name")} }
func field(t *rapid.T) syntax.Ident    { return syntax.Ident{Name: genWord.Draw(t, "field")} }
func langName(t *rapid.T) syntax.Ident { return syntax.Ident{Name: genLang.Draw(t, "lang")} }

func maybe[T any](t *rapid.T, gen func(*rapid.T) T) *T {
	if !rapid.Bool().Draw(t, "present") {
		return nil
	}
	v := gen(t)
	return &v
}

func list[T any](t *rapid.T, low, high int, gen func(*rapid.T) T) []T {
	return rapid.SliceOfN(rapid.Custom(gen), low, high).Draw(t, "list")
}

func str(t *rapid.T) syntax.String {
	if rapid.IntRange(0, 9).Draw(t, "block") > 0 {
		return syntax.String{Value: string(genChars.Draw(t, "text"))}
	}
	lines := rapid.SampledFrom([]string{"", "One.", "One.\n  Two.\n\nThree.", "\nA", "A\n", "\\ \"\"\" \\n", "a\n\n\nb"})
	return syntax.String{Value: lines.Draw(t, "block text"), Block: true}
}

func message(t *rapid.T) syntax.Text {
	m := syntax.Text{Parts: []syntax.LangString{{String: str(t)}}}
	for range rapid.IntRange(0, 2).Draw(t, "languages") {
		lang := langName(t)
		m.Parts = append(m.Parts, syntax.LangString{Lang: &lang, String: str(t)})
	}
	return m
}

func number(t *rapid.T) syntax.Number {
	return syntax.Number{Value: rapid.Int64().Draw(t, "number")}
}

func date(*rapid.T) syntax.Date { return syntax.Date{Value: "2027-03-01"} }

func target(t *rapid.T) syntax.Target { return syntax.Target{Name: ident(t)} }

func typeRef(t *rapid.T) syntax.TypeRef {
	switch rapid.IntRange(0, 5).Draw(t, "type") {
	case 0:
		return syntax.TypeRef{Name: "one of", Options: list(t, 1, 9, func(t *rapid.T) syntax.Option {
			return syntax.Option{Name: ident(t), Label: maybe(t, message)}
		})}
	case 1:
		return syntax.TypeRef{Name: "date of birth"}
	case 3:
		low, high := maybe(t, number), maybe(t, number)
		return syntax.TypeRef{Name: "date", Min: low, Max: high}
	case 2:
		low, high := number(t), number(t)
		return syntax.TypeRef{Name: "number", Min: &low, Max: &high}
	default:
		return syntax.TypeRef{Name: rapid.SampledFrom([]string{"text", "date", "number", "yes-no", "member-id", "topic"}).Draw(t, "name")}
	}
}

func phrases(lang bool) func(*rapid.T) syntax.Phrases {
	return func(t *rapid.T) syntax.Phrases {
		p := syntax.Phrases{Lines: list(t, 1, 9, str)}
		if lang || rapid.Bool().Draw(t, "tagged") {
			p.Lang = langName(t)
		}
		return p
	}
}

func outcome(t *rapid.T) syntax.Outcome { return syntax.Outcome{Name: ident(t), Target: target(t)} }

func genDecl(t *rapid.T) syntax.Decl {
	switch rapid.IntRange(0, 18).Draw(t, "decl") {
	case 0:
		return &syntax.FlowDecl{Name: str(t)}
	case 1:
		return &syntax.PurposeDecl{Name: ident(t)}
	case 2:
		return &syntax.UseDecl{Modules: list(t, 1, 8, str)}
	case 3:
		return &syntax.LanguagesDecl{Names: list(t, 1, 3, langName)}
	case 4:
		return &syntax.ChannelDecl{Names: list(t, 1, 20, ident)}
	case 5:
		return &syntax.ScopeDecl{Items: list(t, 0, 4, func(t *rapid.T) syntax.ScopeItem {
			verb := rapid.SampledFrom([]string{"handle", "escalate", "refuse"}).Draw(t, "verb")
			return syntax.ScopeItem{Verb: syntax.Ident{Name: verb}, Topics: list(t, 1, 20, ident)}
		})}
	case 6:
		return &syntax.FieldDecl{Name: field(t), Type: typeRef(t), For: maybe(t, str), Class: maybe(t, ident)}
	case 7:
		return &syntax.DeclassifyDecl{Field: field(t), Class: ident(t), Reason: str(t), Owner: str(t), Until: date(t)}
	case 8:
		return &syntax.AllowDecl{Code: syntax.Ident{Name: "T5203"}, Reason: str(t), Until: date(t)}
	case 9:
		return &syntax.SessionDecl{Items: list(t, 0, 4, sessionItem)}
	case 10:
		return &syntax.NoticeDecl{Text: message(t)}
	case 11:
		return &syntax.TextDecl{Name: ident(t), Text: message(t)}
	case 12:
		return &syntax.StartDecl{State: ident(t)}
	case 13:
		return genState(t)
	case 14:
		return &syntax.EscalationDecl{Name: ident(t), Body: list(t, 0, 5, escalationStmt)}
	case 15:
		return &syntax.TopicDecl{Name: ident(t), Like: list(t, 0, 3, phrases(false)), Answer: maybe(t, message), Route: maybe(t, target)}
	case 16:
		return &syntax.TriggerDecl{Name: ident(t), Tier: maybe(t, ident), Category: maybe(t, ident),
			Phrases: list(t, 0, 3, phrases(true)), Except: list(t, 0, 2, phrases(true))}
	case 17:
		return &syntax.FragmentDecl{Name: ident(t), Exits: list(t, 1, 9, ident), Start: ident(t),
			Params: list(t, 0, 4, func(t *rapid.T) syntax.Param { return syntax.Param{Name: field(t), Type: typeRef(t)} }),
			States: list(t, 0, 3, genState)}
	default:
		return &syntax.TestDecl{Name: str(t), Steps: list(t, 0, 6, step)}
	}
}

func sessionItem(t *rapid.T) syntax.SessionItem {
	key := rapid.SampledFrom([]string{"timeout", "keep", "retries"}).Draw(t, "key")
	it := syntax.SessionItem{Key: syntax.Ident{Name: key}, Value: number(t)}
	if key != "retries" {
		it.Unit = unit(t)
	}
	if key == "keep" && rapid.Bool().Draw(t, "for an outcome") {
		outcome := ident(t)
		it.For = &outcome
	}
	return it
}

func unit(t *rapid.T) *syntax.Ident {
	return &syntax.Ident{Name: rapid.SampledFrom([]string{"minutes", "hours", "days"}).Draw(t, "unit")}
}

func genState(t *rapid.T) *syntax.StateDecl {
	return &syntax.StateDecl{Name: ident(t), Body: list(t, 0, 6, stmt)}
}

func stmt(t *rapid.T) syntax.Stmt {
	switch rapid.IntRange(0, 14).Draw(t, "stmt") {
	case 0:
		return &syntax.SayStmt{Text: message(t)}
	case 1:
		return &syntax.SayByStmt{Field: field(t), Cases: list(t, 0, 4, func(t *rapid.T) syntax.SayCase {
			return syntax.SayCase{Value: ident(t), Text: message(t)}
		})}
	case 2:
		return &syntax.AskStmt{Field: field(t), Prompt: message(t), None: maybe(t, target)}
	case 3:
		return &syntax.OfferStmt{Prompt: maybe(t, message), Choices: list(t, 0, 4, func(t *rapid.T) syntax.OfferChoice {
			return syntax.OfferChoice{Label: message(t), Topic: maybe(t, ident), Target: target(t)}
		})}
	case 4:
		return &syntax.ListenStmt{Prompt: maybe(t, message), Routes: list(t, 0, 4, outcome)}
	case 5:
		return &syntax.SendStmt{Fields: list(t, 1, 20, field), To: ident(t)}
	case 6:
		return &syntax.BookStmt{Field: field(t), Outcomes: list(t, 0, 4, outcome)}
	case 7:
		return &syntax.VerifyStmt{Field: field(t), Prompt: message(t), Outcomes: list(t, 0, 4, outcome)}
	case 8:
		return &syntax.ConsentStmt{Name: ident(t), For: list(t, 0, 3, ident), Prompt: message(t), Outcomes: list(t, 0, 4, outcome)}
	case 9:
		return &syntax.RunStmt{Fragment: ident(t), Args: list(t, 0, 3, field), Outcomes: list(t, 0, 4, outcome)}
	case 10:
		return &syntax.FirstStmt{}
	case 11:
		return &syntax.WhenStmt{Guard: syntax.Guard{Source: genGuard.Draw(t, "guard")}, Target: target(t)}
	case 12:
		return &syntax.OtherwiseStmt{Target: target(t)}
	case 13:
		return &syntax.GotoStmt{Target: target(t)}
	default:
		return lastStmt(t)
	}
}

func lastStmt(t *rapid.T) syntax.Stmt {
	if rapid.Bool().Draw(t, "end") {
		return &syntax.EndStmt{Outcome: ident(t)}
	}
	return &syntax.HandoffStmt{Team: maybe(t, ident)}
}

func escalationStmt(t *rapid.T) syntax.Stmt {
	switch rapid.IntRange(0, 4).Draw(t, "stmt") {
	case 0:
		return &syntax.TierStmt{Tier: ident(t)}
	case 1:
		return &syntax.OnStmt{Names: list(t, 1, 9, ident)}
	case 2:
		return &syntax.SayStmt{Text: message(t)}
	case 3:
		return &syntax.SendStmt{Fields: list(t, 1, 3, field), To: ident(t)}
	default:
		return &syntax.HandoffStmt{Team: maybe(t, ident)}
	}
}

func word(name string) *syntax.Ident { return &syntax.Ident{Name: name} }

func step(t *rapid.T) syntax.TestStep {
	verb := rapid.SampledFrom([]string{"at", "patient", "choose", "language", "channel", "world", "human", "wait", "expect"}).Draw(t, "verb")
	s := syntax.TestStep{Verb: syntax.Ident{Name: verb}}
	switch verb {
	case "at", "patient", "choose":
		s.Text = maybe(t, str)
		if s.Text == nil {
			s.Text = &syntax.String{Value: "x"}
		}
	case "language":
		s.Name = word("es")
	case "channel", "world":
		s.Name = word(genName.Draw(t, "name"))
	case "wait":
		n := number(t)
		s.Amount, s.Name = &n, unit(t)
	case "expect":
		expected(t, &s)
	}
	return s
}

func expected(t *rapid.T, s *syntax.TestStep) {
	what := rapid.SampledFrom([]string{"say", "not", "ask", "state", "escalation", "handoff", "end", "send", "field", "silence", "reprompt"}).Draw(t, "what")
	s.What = word(what)
	switch what {
	case "silence", "reprompt":
	case "say", "not":
		text := str(t)
		s.Text = &text
	case "field":
		text := str(t)
		s.Name, s.Text = word(genWord.Draw(t, "field")), &text
	default:
		s.Name = word(genWord.Draw(t, "name"))
	}
}
