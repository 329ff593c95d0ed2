package syntax

import "github.com/tacet-lang/tacet/lang/diag"

var (
	likeGrammar     = build[likeUnit]()
	answerGrammar   = build[answerUnit]()
	categoryGrammar = build[categoryUnit]()
	phrasesGrammar  = build[phrasesUnit]()
	exceptGrammar   = build[exceptUnit]()
)

var (
	topicWords    = []string{"like", "answer", "->"}
	triggerWords  = []string{"tier", "category", "en", "es", "except"}
	fragmentWords = []string{"start", "state"}
)

func (p *parser) topic(from int) Decl {
	d := &TopicDecl{}
	if u := match(p, topicGrammar); u != nil {
		d.Name = p.ident(u.Name)
	} else if !p.enterBlock(from) {
		return nil
	} else {
		d.Name = p.guessName(from)
	}
	p.within = `topic "` + d.Name.Name + `"`
	p.block(from, topicWords, func(i int) bool { return p.topicItem(d, i) })
	d.Span = p.since(from)
	return d
}

func (p *parser) topicItem(d *TopicDecl, i int) bool {
	switch p.word() {
	case "like":
		if u := match(p, likeGrammar); u != nil && p.phrases(&d.Like, i, u.Lang, u.Line) {
			return true
		}
	case "answer":
		if u := match(p, answerGrammar); u != nil {
			p.once(i, d.Answer != nil, "`answer`")
			d.Answer = p.optMessage(u.Text)
			return true
		}
	case "->":
		if u := match(p, gotoGrammar); u != nil {
			p.once(i, d.Route != nil, "the way on")
			t := p.target(u.Target)
			d.Route = &t
			return true
		}
	default:
		return false
	}
	p.failed(i)
	return true
}

// phrases reads on after the first phrase of a list that begins at from, and adds the list to lists. If the list does not go on
// as it must, it goes back and reports false, like match.
func (p *parser) phrases(lists *[]Phrases, from int, lang, line words) bool {
	end := p.pos
	for p.is(end, ",") {
		if end++; end == p.end || p.toks[end].kind != kindString {
			p.pos, p.bad, p.want = from, end, []string{"<string>"}
			return false
		}
		end++
	}
	ph := Phrases{Lines: make([]String, 0, (end-p.pos)/2+1)}
	for i := at(line, 0); i < end; i += 2 {
		ph.Lines = append(ph.Lines, p.stringAt(i))
	}
	p.pos = end
	ph.Span = p.since(from)
	if len(lang) > 0 {
		ph.Lang = p.ident(lang)
	}
	*lists = append(*lists, ph)
	return true
}

func (p *parser) trigger(from int) Decl {
	d := &TriggerDecl{}
	if u := match(p, triggerGrammar); u != nil {
		d.Name = p.ident(u.Name)
	} else if !p.enterBlock(from) {
		return nil
	} else {
		d.Name = p.guessName(from)
	}
	p.within = `trigger "` + d.Name.Name + `"`
	p.block(from, triggerWords, func(i int) bool { return p.triggerItem(d, i) })
	d.Span = p.since(from)
	return d
}

func (p *parser) triggerItem(d *TriggerDecl, i int) bool {
	switch p.word() {
	case "tier":
		if u := match(p, tierGrammar); u != nil {
			p.once(i, d.Tier != nil, "`tier`")
			d.Tier = p.optIdent(u.Tier)
			return true
		}
	case "category":
		if u := match(p, categoryGrammar); u != nil {
			p.once(i, d.Category != nil, "`category`")
			d.Category = p.optIdent(u.Name)
			return true
		}
	case "en", "es":
		if u := match(p, phrasesGrammar); u != nil && p.phrases(&d.Phrases, i, u.Lang, u.Line) {
			return true
		}
	case "except":
		if u := match(p, exceptGrammar); u != nil && p.phrases(&d.Except, i, u.Lang, u.Line) {
			return true
		}
	default:
		return false
	}
	p.failed(i)
	return true
}

func (p *parser) fragment(from int) Decl {
	d := &FragmentDecl{}
	u := match(p, fragmentGrammar)
	if u != nil {
		d.Name, d.Exits = p.ident(u.Name), p.idents(u.Exits)
		for _, param := range u.Params {
			name, typ := p.newField(param.Name), p.typeRef(param.Type)
			d.Params = append(d.Params, Param{Name: name, Type: typ, Span: name.Span.To(typ.Span)})
		}
	} else if !p.enterBlock(from) {
		return nil
	} else {
		d.Name = p.guessName(from)
	}
	p.within = `fragment "` + d.Name.Name + `"`
	started := false
	p.block(from, fragmentWords, func(i int) bool {
		switch p.word() {
		case "start":
			p.once(i, started, "`start`")
			started = true
			if u := match(p, startGrammar); u != nil {
				d.Start = p.ident(u.State)
			} else {
				p.failed(i)
			}
		case "state":
			if s := p.state(i); s != nil {
				d.States = append(d.States, s)
			}
		default:
			return false
		}
		return true
	})
	d.Span = p.since(from)
	if !started && u != nil {
		p.report.add(diag.FragmentWithoutStart.At(d.Name.Span, "the fragment `%s` does not say which state it starts with", d.Name.Name).
			In("%s", p.within).Help("add `start` and the name of one of its states as its first line"))
	}
	return d
}
