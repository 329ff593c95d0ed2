package syntax

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/source"
)

func (p *printer) decl(d Decl) {
	switch d := d.(type) {
	case *FlowDecl:
		p.line(d, "flow "+p.quoted(d.Name))
	case *PurposeDecl:
		p.line(d, "purpose "+d.Name.Name)
	case *UseDecl:
		p.list(d, "", "use", p.stringItems(d.Modules), "")
	case *LanguagesDecl:
		p.list(d, "", "languages", identItems(d.Names), "")
	case *ChannelDecl:
		p.list(d, "", "channel", identItems(d.Names), "")
	case *ScopeDecl:
		p.open(d, d.Span.Start.Offset, "scope")
		for i := range d.Items {
			it := &d.Items[i]
			p.list(it, "scope", it.Verb.Name, identItems(it.Topics), "")
		}
		p.close(d)
	case *FieldDecl:
		p.field(d)
	case *DeclassifyDecl:
		p.line(d, fmt.Sprintf("declassify %s to %s because %s by %s until %s",
			d.Field.Name, d.Class.Name, p.quoted(d.Reason), p.quoted(d.Owner), d.Until.Value))
	case *AllowDecl:
		p.line(d, fmt.Sprintf("allow %s because %s until %s", d.Code.Name, p.quoted(d.Reason), d.Until.Value))
	case *SessionDecl:
		p.session(d)
	case *NoticeDecl:
		p.lineOf(d, row{cells: []string{"notice"}, gaps: []int{1}, last: p.textCell(d.Text)})
	case *TextDecl:
		p.lineOf(d, row{kind: "text", cells: []string{"text " + d.Name.Name}, gaps: []int{1}, last: p.textCell(d.Text)})
	case *StartDecl:
		p.line(d, "start "+d.State.Name)
	default:
		p.blockDecl(d)
	}
}

func (p *printer) blockDecl(d Decl) {
	switch d := d.(type) {
	case *StateDecl:
		p.state(d)
	case *EscalationDecl:
		p.open(d, d.Name.Span.End, "escalation "+d.Name.Name)
		p.stmts(d.Body)
		p.close(d)
	case *TopicDecl:
		p.topic(d)
	case *TriggerDecl:
		p.trigger(d)
	case *FragmentDecl:
		p.fragment(d)
	case *TestDecl:
		p.open(d, d.Name.Span.End, "test "+p.quoted(d.Name))
		for i := range d.Steps {
			p.step(&d.Steps[i])
		}
		p.close(d)
	default:
		panic(fmt.Sprintf("syntax: unhandled declaration %T", d))
	}
}

func (p *printer) field(d *FieldDecl) {
	tail := ""
	if d.For != nil {
		tail = " for " + p.quoted(*d.For)
	}
	if d.Class != nil {
		tail += " class " + d.Class.Name
	}
	name, typ := "field "+d.Name.Name, p.typeRef(d.Type)
	if n := len(d.Type.Options); n > 0 {
		first, last := d.Type.Options[0].Span, d.Type.Options[n-1].Span
		p.comments(first.Start.Offset)
		if p.commentIn(first.Start.Offset, last.End) {
			p.list(d, "", name+" one of", p.optionItems(d.Type.Options), tail)
			return
		}
		if len(name)+1+width(typ)+width(tail) > lineWidth {
			p.lineOf(d, row{kind: "field", cells: []string{name}, gaps: []int{1}, last: fixedCell(p.optionLines(d.Type.Options, tail))})
			return
		}
	}
	r := row{kind: "field", cells: []string{name}, gaps: []int{1}, last: fixedCell(typ)}
	if tail != "" {
		r.cells, r.gaps, r.last = append(r.cells, typ), append(r.gaps, 3), fixedCell(tail[1:])
	}
	p.lineOf(d, r)
}

// optionLines is a `one of` too long for its line: one option a line, or as many as fit where none has a label.
func (p *printer) optionLines(options []Option, tail string) string {
	const indent = 4
	items := p.optionItems(options)
	labelled := slices.ContainsFunc(options, func(o Option) bool { return o.Label != nil })
	text := wrap(items, indent, "")
	if labelled {
		lines := make([]string, len(items))
		for i, it := range items {
			lines[i] = it.text
		}
		text = strings.Join(lines, ",\n"+strings.Repeat(" ", indent))
	}
	out := "one of\n" + strings.Repeat(" ", indent) + text
	if tail != "" {
		out += "\n " + tail
	}
	return out
}

func (p *printer) typeRef(t TypeRef) string {
	switch {
	case t.Name == "one of":
		var options []string
		for _, o := range p.optionItems(t.Options) {
			options = append(options, o.text)
		}
		return "one of " + strings.Join(options, ", ")
	case t.Name == "date" && (t.Min != nil || t.Max != nil):
		return "date " + dayBound(t.Min) + ".." + dayBound(t.Max)
	case t.Min != nil && t.Max != nil:
		return fmt.Sprintf("%s %d..%d", t.Name, t.Min.Value, t.Max.Value)
	default:
		return t.Name
	}
}

// dayBound is a day as it stands in the type of a date, counted from today.
func dayBound(n *Number) string {
	switch {
	case n == nil:
		return ""
	case n.Value == 0:
		return "today"
	}
	return strconv.FormatInt(n.Value, 10)
}

func (p *printer) session(d *SessionDecl) {
	items := make([]string, len(d.Items))
	for i, it := range d.Items {
		items[i] = it.Key.Name
		if it.For != nil {
			items[i] += " " + it.For.Name
		}
		items[i] += fmt.Sprintf(" %d", it.Value.Value)
		if it.Unit != nil {
			items[i] += " " + unitFor(it.Value.Value, it.Unit.Name)
		}
	}
	p.brace(d, d.Span.Start.Offset)
	line := "session { " + strings.Join(items, "  ") + " }"
	if len(items) > 0 && len(line) <= lineWidth && !p.commentIn(d.Span.Start.Offset, d.Span.End) {
		p.line(d, line)
		return
	}
	p.open(d, d.Span.Start.Offset, "session")
	for i := range d.Items {
		p.line(&d.Items[i], items[i])
	}
	p.close(d)
}

func unitFor(n int64, unit string) string {
	if n == 1 {
		return strings.TrimSuffix(unit, "s")
	}
	return unit
}

// state prints a state; one that only leads on stands on one line.
func (p *printer) state(d *StateDecl) {
	p.brace(d, d.Name.Span.End)
	if len(d.Body) == 1 && !p.commentIn(d.Span.Start.Offset, d.Span.End) {
		if text := p.short(d.Body[0]); text != "" {
			p.line(d, "state "+d.Name.Name+" { "+text+" }")
			return
		}
	}
	p.open(d, d.Name.Span.End, "state "+d.Name.Name)
	p.stmts(d.Body)
	p.close(d)
}

// short returns a statement that a state may have on its own line, or "".
func (p *printer) short(s Stmt) string {
	switch s := s.(type) {
	case *GotoStmt:
		return "-> " + s.Target.Name.Name
	case *EndStmt:
		return "end " + s.Outcome.Name
	case *HandoffStmt:
		if s.Team != nil {
			return "handoff " + s.Team.Name
		}
		return "handoff"
	default:
		return ""
	}
}

func (p *printer) topic(d *TopicDecl) {
	p.open(d, d.Name.Span.End, "topic "+d.Name.Name)
	p.inOrder(len(d.Like), func(i int) Node { return &d.Like[i] }, func(i int) {
		p.phrases("like", &d.Like[i])
	}, optional(d.Answer, func() {
		p.textLine(d.Answer, "answer", *d.Answer)
	}), optional(d.Route, func() {
		p.line(d.Route, "-> "+d.Route.Name.Name)
	}))
	p.close(d)
}

func (p *printer) trigger(d *TriggerDecl) {
	p.open(d, d.Name.Span.End, "trigger "+d.Name.Name)
	all := make([]*Phrases, 0, len(d.Phrases)+len(d.Except))
	for i := range d.Phrases {
		all = append(all, &d.Phrases[i])
	}
	for i := range d.Except {
		all = append(all, &d.Except[i])
	}
	p.inOrder(len(all), func(i int) Node { return all[i] }, func(i int) {
		if i < len(d.Phrases) {
			p.phrases("", all[i])
		} else {
			p.phrases("except", all[i])
		}
	}, optional(d.Tier, func() {
		p.line(d.Tier, "tier "+d.Tier.Name)
	}), optional(d.Category, func() {
		p.line(d.Category, "category "+d.Category.Name)
	}))
	p.close(d)
}

func (p *printer) phrases(word string, ph *Phrases) {
	head := word
	if ph.Lang.Name != "" {
		head = strings.TrimSpace(word + " " + ph.Lang.Name)
	}
	p.list(ph, "", head, p.stringItems(ph.Lines), "")
}

func (p *printer) fragment(d *FragmentDecl) {
	params := make([]string, len(d.Params))
	for i, param := range d.Params {
		params[i] = param.Name.Name + " " + p.typeRef(param.Type)
	}
	exits := make([]string, len(d.Exits))
	for i, e := range d.Exits {
		exits[i] = e.Name
	}
	head, tail := "fragment "+d.Name.Name, " exits "+strings.Join(exits, ", ")
	if len(params) > 0 {
		line := head + "(" + strings.Join(params, ", ") + ")"
		if len(line)+len(tail)+2 > lineWidth {
			line = head + "(\n  " + strings.Join(params, ",\n  ") + "\n)"
		}
		head = line
	}
	after := d.Name.Span.End
	if n := len(d.Exits); n > 0 {
		after = d.Exits[n-1].Span.End
	}
	p.open(d, after, head+tail)
	p.inOrder(len(d.States), func(i int) Node { return d.States[i] }, func(i int) {
		p.force = true
		p.state(d.States[i])
	}, optional(&d.Start, func() { p.line(&d.Start, "start "+d.Start.Name) }))
	p.close(d)
}

// part is a node that may stand anywhere among the lines of a block.
type part struct {
	node  Node
	print func()
}

func optional[T any, P node[T]](n P, print func()) part {
	if n == nil {
		return part{}
	}
	return part{n, print}
}

// inOrder prints the parts of a block in source order; parts without a place come before the n lines.
func (p *printer) inOrder(n int, at func(int) Node, print func(int), parts ...part) {
	flush := func(before int) {
		for {
			first := -1
			for i, o := range parts {
				if o.node != nil && o.node.Range().Start.Offset < before &&
					(first < 0 || o.node.Range().Start.Offset < parts[first].node.Range().Start.Offset) {
					first = i
				}
			}
			if first < 0 {
				return
			}
			parts[first].print()
			parts[first].node = nil
		}
	}
	for i := range n {
		flush(max(1, at(i).Range().Start.Offset))
		print(i)
	}
	flush(int(^uint(0) >> 1))
}

// item is one part of a list.
type item struct {
	text string
	span source.Span
}

func identItems(ids []Ident) []item {
	out := make([]item, len(ids))
	for i, id := range ids {
		out[i] = item{id.Name, id.Span}
	}
	return out
}

func (p *printer) stringItems(list []String) []item {
	out := make([]item, len(list))
	for i, s := range list {
		out[i] = item{p.quoted(s), s.Span}
	}
	return out
}

func (p *printer) optionItems(list []Option) []item {
	out := make([]item, len(list))
	for i, o := range list {
		text := o.Name.Name
		if o.Label != nil {
			text += " " + p.inline(*o.Label)
		}
		out[i] = item{text, o.Span}
	}
	return out
}

// list prints a line that ends in a list, and tail after it. With a comment inside the list every part stands on a line
// of its own.
func (p *printer) list(n Node, kind, head string, items []item, tail string) {
	start, end := n.Range().Start.Offset, n.Range().End
	if len(items) == 0 {
		p.line(n, head+tail)
		return
	}
	p.comments(items[0].span.Start.Offset)
	listEnd := items[len(items)-1].span.End
	r := row{kind: kind, cells: []string{head}, gaps: []int{1}}
	if p.commentIn(items[0].span.Start.Offset, listEnd) {
		text := p.commentedList(items)
		p.comments(end)
		r.last = func(col int) string { return hang(text, col) + tail }
	} else {
		p.comments(end)
		r.last = func(col int) string { return wrap(items, col, tail) }
	}
	p.add(start, end, r)
}

// wrap joins a list with commas, tail after it, going to the next line where the width is used up.
func wrap(items []item, col int, tail string) string {
	var b strings.Builder
	at := col
	for i, it := range items {
		text := it.text + ","
		if i == len(items)-1 {
			text = it.text + tail
		}
		switch w := width(text); {
		case i == 0:
			at += w
		case at+1+w > lineWidth:
			b.WriteString("\n" + strings.Repeat(" ", col))
			at = col + w
		default:
			b.WriteByte(' ')
			at += 1 + w
		}
		b.WriteString(text)
	}
	return b.String()
}

// commentedList takes the comments inside a list and returns its lines.
func (p *printer) commentedList(items []item) string {
	var lines []string
	for i, it := range items {
		for p.next < len(p.file.Comments) && p.file.Comments[p.next].Span.Start.Offset < it.span.Start.Offset {
			lines = append(lines, p.file.Comments[p.next].Text)
			p.next++
		}
		text := it.text
		if i < len(items)-1 {
			text += ","
			if c, ok := p.trailing(it.span.End); ok {
				text += "  " + c
			}
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// hang indents every line but the first.
func hang(text string, col int) string {
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", col))
}
