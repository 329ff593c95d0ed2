package syntax

var (
	textStepGrammar     = build[textStepUnit]()
	languageStepGrammar = build[languageStepUnit]()
	nameStepGrammar     = build[nameStepUnit]()
	humanStepGrammar    = build[humanStepUnit]()
	waitStepGrammar     = build[waitStepUnit]()
	expectStepGrammar   = build[expectStepUnit]()
)

var stepWords = []string{"at", "channel", "choose", "expect", "human", "language", "patient", "wait", "world"}

func (p *parser) test(from int) Decl {
	d := &TestDecl{}
	if u := match(p, testGrammar); u != nil {
		d.Name = p.string(u.Name)
	} else if !p.enterBlock(from) {
		return nil
	}
	p.within = "test"
	if d.Name.Value != "" {
		p.within = `test "` + d.Name.Value + `"`
	}
	p.block(from, stepWords, func(i int) bool {
		s, ok := p.step(i)
		if s != nil {
			d.Steps = append(d.Steps, *s)
		}
		return ok
	})
	d.Span = p.since(from)
	return d
}

// step reads one step of a test. It reports false if none begins with the current word.
func (p *parser) step(from int) (*TestStep, bool) {
	s := &TestStep{Verb: p.identAt(from)}
	switch p.word() {
	case "at", "patient", "choose":
		if u := match(p, textStepGrammar); u != nil {
			s.Text = p.optString(u.Text)
			return p.done(s, from)
		}
	case "language":
		if u := match(p, languageStepGrammar); u != nil {
			s.Name = p.optIdent(u.Name)
			return p.done(s, from)
		}
	case "channel", "world":
		if u := match(p, nameStepGrammar); u != nil {
			s.Name = p.optIdent(u.Name)
			return p.done(s, from)
		}
	case "human":
		match(p, humanStepGrammar)
		return p.done(s, from)
	case "wait":
		if u := match(p, waitStepGrammar); u != nil {
			n := p.number(u.Amount)
			s.Amount, s.Name = &n, p.unit(at(u.Unit, 0))
			return p.done(s, from)
		}
	case "expect":
		if u := match(p, expectStepGrammar); u != nil {
			p.expectation(s, u.What)
			return p.done(s, from)
		}
	default:
		return nil, false
	}
	p.failed(from)
	return nil, true
}

func (p *parser) done(s *TestStep, from int) (*TestStep, bool) {
	s.Span = p.since(from)
	return s, true
}

// expectation takes apart what follows `expect`.
func (p *parser) expectation(s *TestStep, what words) {
	s.What = p.optIdent(what[:1])
	switch {
	case len(what) == 3:
		s.Name, s.Text = ptr(p.fieldAt(at(what, 1))), p.optString(what[2:])
	case len(what) == 2 && (what[0].Value == "say" || what[0].Value == "not"):
		s.Text = p.optString(what[1:])
	case len(what) == 2 && what[0].Value == "ask":
		s.Name = ptr(p.fieldAt(at(what, 1)))
	case len(what) == 2:
		s.Name = p.optIdent(what[1:])
	}
}

func ptr[T any](v T) *T { return &v }

func (p *parser) optString(w words) *String {
	if len(w) == 0 {
		return nil
	}
	return ptr(p.string(w))
}
