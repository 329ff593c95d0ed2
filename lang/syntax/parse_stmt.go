package syntax

import "slices"

var (
	sayGrammar       = build[sayUnit]()
	askGrammar       = build[askUnit]()
	offerGrammar     = build[offerUnit]()
	listenGrammar    = build[listenUnit]()
	sendGrammar      = build[sendUnit]()
	bookGrammar      = build[bookUnit]()
	verifyGrammar    = build[verifyUnit]()
	consentGrammar   = build[consentUnit]()
	runGrammar       = build[runUnit]()
	firstGrammar     = build[firstUnit]()
	whenGrammar      = build[whenUnit]()
	otherwiseGrammar = build[otherwiseUnit]()
	gotoGrammar      = build[gotoUnit]()
	endGrammar       = build[endUnit]()
	handoffGrammar   = build[handoffUnit]()
	tierGrammar      = build[tierUnit]()
	onGrammar        = build[onUnit]()
	caseGrammar      = build[caseUnit]()
	choiceGrammar    = build[choiceUnit]()
	outcomeGrammar   = build[outcomeUnit]()
)

// statement returns what reads one statement of a block that allows these, onto body.
func (p *parser) statement(body *[]Stmt, allowed []string) func(int) bool {
	return func(i int) bool {
		if !slices.Contains(allowed, p.word()) || p.toks[i].kind == kindString {
			return false
		}
		if s := p.stmt(i); s != nil {
			*body = append(*body, s)
		}
		return true
	}
}

// stmt reads the statement at the current word, or reports why it cannot and returns nil.
func (p *parser) stmt(from int) Stmt {
	switch p.word() {
	case "say":
		return p.say(from)
	case "ask":
		if u := match(p, askGrammar); u != nil {
			s := &AskStmt{Field: p.field(u.Field), Prompt: p.message(u.Text), Span: p.since(from)}
			if len(u.None) > 0 {
				t := p.target(u.None)
				s.None = &t
			}
			return s
		}
	case "send":
		if u := match(p, sendGrammar); u != nil {
			return &SendStmt{Fields: p.fields(u.Fields), To: p.ident(u.To), Span: p.since(from)}
		}
	case "when":
		if u := match(p, whenGrammar); u != nil {
			g := at(u.Guard, 0)
			return &WhenStmt{Guard: Guard{Source: p.text(g), Span: p.tokenSpan(g, g)}, Target: p.target(u.Target), Span: p.since(from)}
		}
	case "otherwise":
		if u := match(p, otherwiseGrammar); u != nil {
			return &OtherwiseStmt{Target: p.target(u.Target), Span: p.since(from)}
		}
	case "->":
		if u := match(p, gotoGrammar); u != nil {
			return &GotoStmt{Target: p.target(u.Target), Span: p.since(from)}
		}
	case "first":
		match(p, firstGrammar)
		return &FirstStmt{Span: p.since(from)}
	case "end":
		if u := match(p, endGrammar); u != nil {
			return &EndStmt{Outcome: p.ident(u.Outcome), Span: p.since(from)}
		}
	case "handoff":
		u := match(p, handoffGrammar)
		return &HandoffStmt{Team: p.optIdent(u.Team), Span: p.since(from)}
	case "tier":
		if u := match(p, tierGrammar); u != nil {
			return &TierStmt{Tier: p.ident(u.Tier), Span: p.since(from)}
		}
	case "on":
		if u := match(p, onGrammar); u != nil {
			return &OnStmt{Names: p.idents(u.Names), Span: p.since(from)}
		}
	default:
		return p.act(from)
	}
	p.failed(from)
	return nil
}

// act reads a statement that has a block.
func (p *parser) act(from int) Stmt {
	switch word := p.word(); word {
	case "offer":
		u := match(p, offerGrammar)
		s := &OfferStmt{}
		if u != nil {
			s.Prompt = p.optMessage(u.Prompt)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Choices = p.choices(from)
		s.Span = p.since(from)
		return s
	case "listen":
		u := match(p, listenGrammar)
		s := &ListenStmt{}
		if u != nil {
			s.Prompt = p.optMessage(u.Prompt)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Routes = p.outcomes(from)
		s.Span = p.since(from)
		return s
	case "book":
		u := match(p, bookGrammar)
		s := &BookStmt{}
		if u != nil {
			s.Field = p.field(u.Field)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Outcomes = p.outcomes(from)
		s.Span = p.since(from)
		return s
	case "verify":
		u := match(p, verifyGrammar)
		s := &VerifyStmt{}
		if u != nil {
			s.Field, s.Prompt = p.field(u.Field), p.message(u.Prompt)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Outcomes = p.outcomes(from)
		s.Span = p.since(from)
		return s
	case "consent":
		u := match(p, consentGrammar)
		s := &ConsentStmt{}
		if u != nil {
			s.Name, s.For, s.Prompt = p.ident(u.Name), p.idents(u.For), p.message(u.Prompt)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Outcomes = p.outcomes(from)
		s.Span = p.since(from)
		return s
	case "run":
		u := match(p, runGrammar)
		s := &RunStmt{}
		if u != nil {
			s.Fragment, s.Args = p.ident(u.Fragment), p.fields(u.Args)
		} else if !p.enterBlock(from) {
			return nil
		}
		s.Outcomes = p.outcomes(from)
		s.Span = p.since(from)
		return s
	default:
		panic("syntax: no statement begins with " + word)
	}
}

// say reads `say "…"` or `say by …`.
func (p *parser) say(from int) Stmt {
	u := match(p, sayGrammar)
	switch {
	case u == nil && p.text(min(from+1, p.end)) != "by":
		p.failed(from)
		return nil
	case u == nil && !p.enterBlock(from):
		return nil
	case u != nil && len(u.By) == 0:
		return &SayStmt{Text: p.message(u.Text), Span: p.since(from)}
	}
	s := &SayByStmt{}
	if u != nil {
		s.Field = p.field(u.By)
	}
	p.block(from, nil, func(i int) bool {
		if p.toks[i].kind != kindIdent {
			return false
		}
		if u := match(p, caseGrammar); u != nil {
			s.Cases = append(s.Cases, SayCase{Value: p.ident(u.Value), Text: p.message(u.Text), Span: p.since(i)})
			return true
		}
		p.failed(i)
		return true
	})
	s.Span = p.since(from)
	return s
}

// choices reads the block of an offer.
func (p *parser) choices(from int) []OfferChoice {
	var out []OfferChoice
	p.block(from, nil, func(i int) bool {
		if p.toks[i].kind != kindString {
			return false
		}
		if u := match(p, choiceGrammar); u != nil {
			out = append(out, OfferChoice{Label: p.message(u.Label), Topic: p.optIdent(u.Topic), Target: p.target(u.Target), Span: p.since(i)})
			return true
		}
		p.failed(i)
		return true
	})
	return out
}

// outcomes reads a block of named results and where they go.
func (p *parser) outcomes(from int) []Outcome {
	var out []Outcome
	p.block(from, nil, func(i int) bool {
		if p.toks[i].kind != kindIdent {
			return false
		}
		if u := match(p, outcomeGrammar); u != nil {
			out = append(out, Outcome{Name: p.ident(u.Name), Target: p.target(u.Target), Span: p.since(i)})
			return true
		}
		p.failed(i)
		return true
	})
	return out
}
