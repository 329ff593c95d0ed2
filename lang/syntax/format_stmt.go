package syntax

import (
	"fmt"
	"strings"
)

func (p *printer) stmts(list []Stmt) {
	for _, s := range list {
		p.stmt(s)
	}
}

func (p *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *SayStmt:
		p.textLine(s, "say", s.Text)
	case *AskStmt:
		r := row{kind: "ask", cells: []string{"ask " + s.Field.Name}, gaps: []int{1}, last: p.textCell(s.Prompt)}
		if s.None != nil {
			r.last = p.askCell(s)
		}
		p.lineOf(s, r)
	case *SendStmt:
		p.list(s, "", "send", identItems(s.Fields), " to "+s.To.Name)
	case *FirstStmt:
		p.line(s, "first")
	case *WhenStmt:
		p.when(s)
	case *OtherwiseStmt:
		p.lineOf(s, row{kind: "when", cells: []string{"otherwise"}, gaps: []int{1}, last: fixedCell("-> " + s.Target.Name.Name)})
	case *GotoStmt, *EndStmt, *HandoffStmt:
		p.line(s, p.short(s))
	case *TierStmt:
		p.line(s, "tier "+s.Tier.Name)
	case *OnStmt:
		p.list(s, "", "on", identItems(s.Names), "")
	default:
		p.act(s)
	}
}

// when prints a condition; one of several lines stays as it is and is not aligned.
func (p *printer) when(s *WhenStmt) {
	if strings.Contains(s.Guard.Source, "\n") {
		p.line(s, "when "+s.Guard.Source+" -> "+s.Target.Name.Name)
		return
	}
	p.lineOf(s, row{kind: "when", cells: []string{"when " + s.Guard.Source}, gaps: []int{1}, last: fixedCell("-> " + s.Target.Name.Name)})
}

// act prints a statement that has a block.
func (p *printer) act(s Stmt) {
	switch s := s.(type) {
	case *SayByStmt:
		p.open(s, s.Field.Span.End, "say by "+s.Field.Name)
		for i := range s.Cases {
			c := &s.Cases[i]
			p.lineOf(c, row{kind: "case", cells: []string{c.Value.Name}, gaps: []int{1}, last: p.textCell(c.Text)})
		}
	case *OfferStmt:
		p.openPrompt(s, "offer", s.Prompt)
		for i := range s.Choices {
			p.choice(&s.Choices[i])
		}
	case *ListenStmt:
		p.openPrompt(s, "listen", s.Prompt)
		p.outcomes(s.Routes)
	case *BookStmt:
		p.open(s, s.Field.Span.End, "book "+s.Field.Name)
		p.outcomes(s.Outcomes)
	case *VerifyStmt:
		p.openPrompt(s, "verify "+s.Field.Name, &s.Prompt)
		p.outcomes(s.Outcomes)
	case *ConsentStmt:
		head := "consent " + s.Name.Name
		if len(s.For) > 0 {
			head += " for " + identList(s.For)
		}
		p.openPrompt(s, head, &s.Prompt)
		p.outcomes(s.Outcomes)
	case *RunStmt:
		head, end := "run "+s.Fragment.Name, s.Fragment.Span.End
		if n := len(s.Args); n > 0 {
			head, end = head+"("+identList(s.Args)+")", s.Args[n-1].Span.End
		}
		p.open(s, end, head)
		p.outcomes(s.Outcomes)
	default:
		panic(fmt.Sprintf("syntax: unhandled statement %T", s))
	}
	p.close(s)
}

func identList(ids []Ident) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id.Name
	}
	return strings.Join(names, ", ")
}

func (p *printer) openPrompt(s Stmt, head string, prompt *Text) {
	if prompt == nil {
		p.open(s, s.Range().Start.Offset, head)
		return
	}
	col := p.depth*2 + len([]rune(head)) + 1
	text := head + " " + p.text(*prompt, col, p.depth*2, " {")
	p.open(s, prompt.Span.End, text)
}

func (p *printer) choice(c *OfferChoice) {
	label := p.inline(c.Label)
	if c.Topic != nil {
		label += " " + c.Topic.Name
	}
	r := row{kind: "choice", cells: []string{label}, gaps: []int{1}, last: fixedCell("-> " + c.Target.Name.Name)}
	if strings.Contains(label, "\n") {
		r = row{last: fixedCell(label + " -> " + c.Target.Name.Name)}
	}
	p.lineOf(c, r)
}

func (p *printer) outcomes(list []Outcome) {
	for i := range list {
		o := &list[i]
		p.lineOf(o, row{kind: "outcome", cells: []string{o.Name.Name}, gaps: []int{1}, last: fixedCell("-> " + o.Target.Name.Name)})
	}
}

func (p *printer) step(s *TestStep) {
	words := []string{s.Verb.Name}
	if s.What != nil {
		words = append(words, s.What.Name)
	}
	if s.Amount != nil {
		words = append(words, fmt.Sprint(s.Amount.Value), unitFor(s.Amount.Value, s.Name.Name))
	} else if s.Name != nil {
		words = append(words, s.Name.Name)
	}
	if s.Text != nil {
		words = append(words, p.quoted(*s.Text))
	}
	p.line(s, strings.Join(words, " "))
}

// textLine prints a line that is a word and a text.
func (p *printer) textLine(n Node, head string, t Text) {
	p.lineOf(n, row{cells: []string{head}, gaps: []int{1}, last: p.textCell(t)})
}

// textCell prints a text, every language on a line of its own if they do not fit on one.
func (p *printer) textCell(t Text) func(int) string {
	indent := p.depth * 2
	return func(col int) string { return p.text(t, col, indent, "") }
}

// askCell prints a prompt and where to go when there is nothing to choose.
func (p *printer) askCell(s *AskStmt) func(int) string {
	indent, tail := p.depth*2, "none -> "+s.None.Name.Name
	return func(col int) string {
		text := p.text(s.Prompt, col, indent, " "+tail)
		if strings.Contains(text, "\n") {
			return text + "\n" + strings.Repeat(" ", indent+2) + tail
		}
		return text + " " + tail
	}
}

// text returns a text that begins at column col on a line of this indent, with room for tail after it.
func (p *printer) text(t Text, col, indent int, tail string) string {
	one := p.inlineAt(t, indent)
	if len(t.Parts) < 2 || strings.Contains(one, "\n") || col+len([]rune(one+tail)) <= lineWidth {
		return one
	}
	var b strings.Builder
	for i, part := range t.Parts {
		if i > 0 {
			b.WriteString("\n" + strings.Repeat(" ", indent+2) + part.Lang.Name + " ")
		}
		b.WriteString(p.quotedAt(part.String, indent))
	}
	return b.String()
}

// inline returns a text on one line, its blocks indented as lines of the current block.
func (p *printer) inline(t Text) string { return p.inlineAt(t, p.depth*2) }

func (p *printer) inlineAt(t Text, indent int) string {
	var b strings.Builder
	for i, part := range t.Parts {
		if i > 0 {
			b.WriteString(" " + part.Lang.Name + " ")
		}
		b.WriteString(p.quotedAt(part.String, indent))
	}
	return b.String()
}

func (p *printer) quoted(s String) string { return p.quotedAt(s, p.depth*2) }

// quotedAt returns a text with its quotes, as it was written if it stands in the source, its lines indented anew.
func (p *printer) quotedAt(s String, indent int) string {
	raw := ""
	if s.Span.End <= len(p.src) && s.Span.Start.Offset+2 <= s.Span.End {
		raw = p.src[s.Span.Start.Offset:s.Span.End]
		if v, block := unquote(raw); v != s.Value || block != s.Block {
			raw = ""
		}
	}
	switch {
	case !s.Block && raw != "":
		return raw
	case !s.Block:
		return `"` + escaper.Replace(s.Value) + `"`
	}
	body := blockEscaper.Replace(s.Value)
	if raw != "" {
		body = dedent(raw[3 : len(raw)-3])
	}
	margin := strings.Repeat(" ", indent)
	if body == "" {
		return triple + "\n" + margin + triple
	}
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = margin + "  " + l
		}
	}
	return triple + "\n" + strings.Join(lines, "\n") + "\n" + margin + triple
}

var (
	escaper      = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)
	blockEscaper = strings.NewReplacer(`\`, `\\`, triple, `\"\"\"`)
)
