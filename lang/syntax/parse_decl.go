package syntax

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

var (
	flowGrammar       = build[flowUnit]()
	purposeGrammar    = build[purposeUnit]()
	useGrammar        = build[useUnit]()
	languagesGrammar  = build[languagesUnit]()
	channelGrammar    = build[channelUnit]()
	scopeGrammar      = build[scopeUnit]()
	scopeItemGrammar  = build[scopeItemUnit]()
	fieldGrammar      = build[fieldUnit]()
	declassifyGrammar = build[declassifyUnit]()
	allowGrammar      = build[allowUnit]()
	sessionGrammar    = build[sessionUnit]()
	sessionItem       = build[sessionItemUnit]()
	noticeGrammar     = build[noticeUnit]()
	textGrammar       = build[textUnit]()
	startGrammar      = build[startUnit]()
	stateGrammar      = build[stateUnit]()
	escalationGrammar = build[escalationUnit]()
	topicGrammar      = build[topicUnit]()
	triggerGrammar    = build[triggerUnit]()
	fragmentGrammar   = build[fragmentUnit]()
	testGrammar       = build[testUnit]()
)

func (p *parser) flow(from int) Decl {
	u := match(p, flowGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &FlowDecl{Name: p.string(u.Name), Span: p.since(from)}
}

func (p *parser) purpose(from int) Decl {
	u := match(p, purposeGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &PurposeDecl{Name: p.ident(u.Name), Span: p.since(from)}
}

func (p *parser) use(from int) Decl {
	u := match(p, useGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &UseDecl{Modules: p.strings(u.Modules), Span: p.since(from)}
}

func (p *parser) languages(from int) Decl {
	u := match(p, languagesGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &LanguagesDecl{Names: p.idents(u.Names), Span: p.since(from)}
}

func (p *parser) channel(from int) Decl {
	u := match(p, channelGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &ChannelDecl{Names: p.idents(u.Names), Span: p.since(from)}
}

func (p *parser) scope(from int) Decl {
	d := &ScopeDecl{}
	p.within = "scope"
	u := match(p, scopeGrammar)
	if u == nil && !p.enterBlock(from) {
		return nil
	}
	p.block(from, []string{"handle", "escalate", "refuse"}, func(i int) bool {
		switch p.word() {
		case "handle", "escalate", "refuse":
		default:
			return false
		}
		if u := match(p, scopeItemGrammar); u != nil {
			d.Items = append(d.Items, ScopeItem{Verb: p.ident(u.Verb), Topics: p.idents(u.Topics), Span: p.since(i)})
			return true
		}
		p.failed(i)
		return true
	})
	d.Span = p.since(from)
	return d
}

func (p *parser) fieldDecl(from int) Decl {
	u := match(p, fieldGrammar)
	if u == nil {
		return p.lost(from)
	}
	d := &FieldDecl{Name: p.newField(u.Name), Type: p.typeRef(u.Type), Class: p.optIdent(u.Class), Span: p.since(from)}
	d.For = p.optString(u.For)
	if len(u.Late) > 0 {
		p.lateUse(d, u)
	}
	return d
}

// lateUse reports `for` after `class`, and reads it all the same.
func (p *parser) lateUse(d *FieldDecl, u *fieldUnit) {
	word, text := at(u.Late, 0), at(u.Late, 1)
	if len(u.Class) == 0 || d.For != nil {
		p.once(word, true, "`for`")
		return
	}
	class := at(u.Class, 0)
	s := p.stringAt(text)
	d.For = &s
	start, end := int(p.toks[class-1].start), int(p.toks[text].end)
	from := int(p.toks[class].end)
	if strings.TrimSpace(p.src[from:p.toks[word].start]) != "" {
		from = int(p.toks[word].start) // a comment stands between them, and stays
	}
	p.report.add(diag.UnexpectedWord.At(p.tokenSpan(word, text), "what a field is for comes before its class").
		Mend(true, "put `for` and its text before `class`",
			diag.Edit{Span: p.span(start, start), Text: "for " + p.text(text) + " "},
			diag.Edit{Span: p.span(from, end)}))
}

func (p *parser) declassify(from int) Decl {
	u := match(p, declassifyGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &DeclassifyDecl{Field: p.field(u.Field), Class: p.ident(u.Class), Reason: p.string(u.Reason),
		Owner: p.string(u.Owner), Until: p.date(u.Until), Span: p.since(from)}
}

func (p *parser) allow(from int) Decl {
	u := match(p, allowGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &AllowDecl{Code: p.ident(u.Code), Reason: p.string(u.Reason), Until: p.date(u.Until), Span: p.since(from)}
}

// keepWords is how many words `keep 90 days` has; with the outcome it is for it has one more.
const keepWords = 3

func (p *parser) session(from int) Decl {
	d := &SessionDecl{}
	p.within = "session"
	if u := match(p, sessionGrammar); u == nil && !p.enterBlock(from) {
		return nil
	}
	p.block(from, []string{"timeout", "keep", "retries"}, func(i int) bool {
		switch p.word() {
		case "timeout", "keep", "retries":
		default:
			return false
		}
		u := match(p, sessionItem)
		if u == nil {
			p.failed(i)
			return true
		}
		item, number := SessionItem{Key: p.identAt(i), Span: p.since(i)}, i+1
		if len(u.Length) > keepWords {
			outcome := p.identAt(number)
			item.For, number = &outcome, number+1
		}
		item.Value = p.numberAt(number)
		if len(u.Length) > 0 {
			item.Unit = p.unit(number + 1)
		}
		d.Items = append(d.Items, item)
		return true
	})
	d.Span = p.since(from)
	return d
}

func (p *parser) notice(from int) Decl {
	u := match(p, noticeGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &NoticeDecl{Text: p.message(u.Text), Span: p.since(from)}
}

func (p *parser) textDecl(from int) Decl {
	u := match(p, textGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &TextDecl{Name: p.ident(u.Name), Text: p.message(u.Text), Span: p.since(from)}
}

func (p *parser) start(from int) Decl {
	u := match(p, startGrammar)
	if u == nil {
		return p.lost(from)
	}
	return &StartDecl{State: p.ident(u.State), Span: p.since(from)}
}

func (p *parser) stateDecl(from int) Decl {
	if s := p.state(from); s != nil {
		return s
	}
	return nil
}

// state reads a state, of a flow or of a fragment.
func (p *parser) state(from int) *StateDecl {
	outer := p.within
	defer func() { p.within = outer }()
	d := &StateDecl{}
	if u := match(p, stateGrammar); u != nil {
		d.Name = p.ident(u.Name)
	} else if !p.enterBlock(from) {
		return nil
	} else {
		d.Name = p.guessName(from)
	}
	p.within = `state "` + d.Name.Name + `"`
	p.block(from, stateWords, p.statement(&d.Body, stateWords))
	d.Span = p.since(from)
	return d
}

func (p *parser) escalation(from int) Decl {
	d := &EscalationDecl{}
	if u := match(p, escalationGrammar); u != nil {
		d.Name = p.ident(u.Name)
	} else if !p.enterBlock(from) {
		return nil
	} else {
		d.Name = p.guessName(from)
	}
	p.within = `escalation "` + d.Name.Name + `"`
	p.block(from, escalationWords, p.statement(&d.Body, escalationWords))
	d.Span = p.since(from)
	return d
}

// once reports a line that stands a second time in its block.
func (p *parser) once(i int, again bool, what string) {
	if again {
		p.report.add(diag.SaidTwice.At(p.tokenSpan(i, i), "%s stands here a second time", what).
			In("%s", p.within).Help("keep one of the two"))
	}
}
