package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// maxFactsSize and maxDepth bound what is read: facts and rules are written by people.
const (
	maxFactsSize = 1 << 20
	maxDepth     = 16
)

// document is a YAML file as nodes, with the diagnostics so far and the nodes that they blame: what is blamed once is
// read as absent from then on, so that one slip gives one message.
type document struct {
	file    *source.File
	root    *yaml.Node
	starts  []int // byte offset of each line, 0-based
	blamed  map[*yaml.Node]bool
	diags   diag.List
	within  map[*yaml.Node]string // the path of a node in the author's words: hours: monday
	flagged bool                  // something was blamed that makes the whole unusable
}

// read turns bytes into nodes. When the document is unusable, root is nil and the reason is in diags.
func read(f *source.File) *document {
	d := &document{file: f, blamed: map[*yaml.Node]bool{}, within: map[*yaml.Node]string{}}
	if !d.plain() {
		return d
	}
	d.index()
	if d.tabs() {
		return d
	}
	root, err := parseYAML(f.Bytes)
	switch {
	case errors.Is(err, io.EOF):
		d.diags.Add(diag.FactsEmpty.At(f.Span(0, 0), "this file holds no facts").
			Help("start from the file that `tacet init` writes"))
	case errors.Is(err, errDocuments):
		at := d.secondDocument()
		d.diags.Add(diag.YAMLFeature.At(at, "the file holds more than one document").
			Help("delete the line `---`, or put its parts into files of their own"))
	case err != nil:
		d.syntax(err)
	default:
		d.adopt(root)
	}
	return d
}

var errDocuments = errors.New("more than one document")

// parseYAML reads the one document of a file. io.EOF means that there is none.
func parseYAML(b []byte) (root *yaml.Node, err error) {
	// yaml.v3 panics on some malformed input that its scanner lets through; for us that is a syntax error like any other.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	var more yaml.Node
	switch err := dec.Decode(&more); {
	case err == nil:
		return nil, errDocuments
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, io.EOF
	}
	return doc.Content[0], nil
}

// plain checks size, encoding and characters before anything else looks at the bytes.
func (d *document) plain() bool {
	if len(d.file.Bytes) > maxFactsSize {
		d.diags.Add(diag.FactsTooLarge.At(d.file.Span(0, 0), "this file has %d bytes; at most %d are read", len(d.file.Bytes), maxFactsSize).
			Help("check that this is the right file"))
		return false
	}
	if at := d.file.FirstInvalidUTF8(); at >= 0 {
		d.diags.Add(diag.FactsNotText.At(d.file.Span(at, at+1), "this character cannot be read: the file is not UTF-8").
			Help("save the file with the encoding UTF-8 and retype this character"))
		return false
	}
	if at, end, what := d.unseen(); what != "" {
		d.diags.Add(diag.FactsNotText.At(d.file.Span(at, end), "there is %s here", what).
			Mend(false, "delete it", diag.Edit{Span: d.file.Span(at, end)}))
		return false
	}
	return true
}

// unseen finds the first character that a person cannot see or that YAML would take for a line break of its own.
func (d *document) unseen() (start, end int, what string) {
	for i := 0; i < len(d.file.Bytes); {
		r, n := utf8.DecodeRune(d.file.Bytes[i:])
		switch {
		case r == '\uFEFF' && i == 0, r == '\n', r == '\t':
		case r == '\r' && i+1 < len(d.file.Bytes) && d.file.Bytes[i+1] == '\n':
		case r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
			what = "a line break that many programs do not show"
		case r < ' ', r >= 0x7f && r < 0xa0:
			what = fmt.Sprintf("a control character (U+%04X)", r)
		case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f', r == '\uFEFF', r == '\u00ad':
			what = fmt.Sprintf("a character that cannot be seen (U+%04X)", r)
		case r == '\u00a0', r == '\u202f', r == '\u2007', r == '\u3000':
			what = fmt.Sprintf("a space of another kind (U+%04X)", r)
		case r >= 0xfff0 && r <= 0xffff, r >= 0xe000 && r <= 0xf8ff:
			what = fmt.Sprintf("a character without meaning (U+%04X)", r)
		}
		if what != "" {
			return i, i + n, what
		}
		i += n
	}
	return 0, 0, ""
}

func (d *document) index() {
	d.starts = []int{0}
	for i, b := range d.file.Bytes {
		if b == '\n' {
			d.starts = append(d.starts, i+1)
		}
	}
}

// tabs reports indentation by tabs, which YAML refuses with a message about tokens. Only the first is reported.
func (d *document) tabs() bool {
	for i, start := range d.starts {
		line := d.file.Line(i + 1)
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		at := strings.IndexByte(indent, '\t')
		if at < 0 || strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		span := d.file.Span(start+at, start+len(indent))
		d.diags.Add(diag.YAMLTab.At(span, "this line is indented with a tab").
			Mend(false, "use two spaces for each step", diag.Edit{Span: d.file.Span(start, start+len(indent)), Text: strings.ReplaceAll(indent, "\t", "  ")}))
		return true
	}
	return false
}

func (d *document) secondDocument() source.Span {
	seen := false
	for i, start := range d.starts {
		line := d.file.Line(i + 1)
		mark := strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")
		if mark && seen {
			return d.file.Span(start, start+3)
		}
		text := strings.TrimSpace(line)
		seen = seen || text != "" && !strings.HasPrefix(text, "#") && !mark
	}
	return d.file.Span(0, 0)
}

// adopt checks the nodes for what facts may not use and remembers the path of each. It does not descend into what it blames.
func (d *document) adopt(root *yaml.Node) {
	d.root = root
	d.node(root, "", 1)
	if d.flagged {
		d.root = nil
	}
}

func (d *document) node(n *yaml.Node, path string, depth int) {
	d.within[n] = path
	switch {
	case depth > maxDepth:
		d.within[n] = "" // a path of that many entries tells nothing
		d.blame(n, diag.YAMLDeep.At(d.span(n), "this stands %d levels deep; facts have at most %d", depth, maxDepth).
			Help("check the indentation and the brackets"))
		d.flagged = true
		return
	case n.Kind == yaml.AliasNode:
		d.blame(n, diag.YAMLFeature.At(d.span(n), "`*%s` repeats a value from elsewhere", n.Value).
			Help("write the value out; put a text that begins with `*` in quotes"))
		return
	case n.Anchor != "":
		d.blame(n, diag.YAMLFeature.At(d.span(n), "`&%s` gives this value a name to repeat it by", n.Anchor).
			Help("delete `&%s` and write the value out where it is needed; put a text that begins with `&` in quotes", n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		d.blame(n, diag.YAMLFeature.At(d.span(n), "`%s` changes how this value is read", n.Tag).
			Help("delete it; put a text that begins with `!` in quotes"))
	}
	switch n.Kind {
	case yaml.MappingNode:
		d.mapping(n, path, depth)
	case yaml.SequenceNode:
		for i, c := range n.Content {
			d.node(c, joinPath(path, fmt.Sprintf("entry %d", i+1)), depth+1)
		}
	}
}

func (d *document) mapping(n *yaml.Node, path string, depth int) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0:
			d.blame(key, diag.YAMLFeature.At(d.span(key), "this key is not a word").
				Help("write a plain word before the colon; put a text that begins with a bracket in quotes"))
			d.blamed[value] = true
			continue
		case key.Tag == "!!merge" || key.Value == "<<":
			d.blame(key, diag.YAMLFeature.At(d.span(key), "`<<` copies another block into this one").
				Help("write the lines out"))
			d.blamed[value] = true
			continue
		}
		if before := first[key.Value]; before != nil {
			d.blame(key, diag.YAMLTwice.At(d.span(key), "`%s` stands here twice", key.Value).
				Note(d.span(before), "the first one").Help("delete one of the two"))
			d.blamed[value] = true
			continue
		}
		first[key.Value] = key
		d.node(value, joinPath(path, key.Value), depth+1)
		d.within[key] = d.within[value]
	}
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + ": " + key
}

// blame reports d about a node once, and takes the node out of what is read further.
func (d *document) blame(n *yaml.Node, what *diag.Diagnostic) {
	if d.blamed[n] {
		return
	}
	d.blamed[n] = true
	if path := d.within[n]; path != "" && what.Within == "" {
		what.Within = "`" + path + "`"
	}
	d.diags.Add(what)
}

// offset returns the byte offset of a 1-based line and code point column.
func (d *document) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(d.starts) {
		return len(d.file.Bytes)
	}
	at := d.starts[line-1]
	if line == 1 {
		at += len(d.file.Bytes) - len(bytes.TrimPrefix(d.file.Bytes, []byte("\uFEFF")))
	}
	for i := 1; i < column && at < len(d.file.Bytes) && d.file.Bytes[at] != '\n'; i++ {
		_, n := utf8.DecodeRune(d.file.Bytes[at:])
		at += n
	}
	return at
}

// span returns where a node stands: a scalar with its quotes, a block to its last value.
func (d *document) span(n *yaml.Node) source.Span {
	start := d.offset(n.Line, n.Column)
	return d.file.Span(start, max(d.end(n, start), start))
}

func (d *document) end(n *yaml.Node, start int) int {
	switch {
	case n.Kind == yaml.ScalarNode:
		return d.scalarEnd(n, start)
	case n.Kind == yaml.AliasNode:
		return start + 1 + len(n.Value)
	case len(n.Content) == 0:
		return min(start+2, len(d.file.Bytes)) // [] or {}
	}
	last := n.Content[len(n.Content)-1]
	end := d.end(last, d.offset(last.Line, last.Column))
	if n.Style&yaml.FlowStyle != 0 {
		return d.closing(n, end)
	}
	return end
}

// closing finds the bracket that closes a flow collection whose last value ends at end.
func (d *document) closing(n *yaml.Node, end int) int {
	bracket := byte(']')
	if n.Kind == yaml.MappingNode {
		bracket = '}'
	}
	if i := bytes.IndexByte(d.file.Bytes[end:], bracket); i >= 0 {
		return end + i + 1
	}
	return end
}

func (d *document) scalarEnd(n *yaml.Node, start int) int {
	rest := d.file.Bytes[start:]
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return start + quotedEnd(rest, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return start + quotedEnd(rest, '\'')
	case bytes.HasPrefix(rest, []byte(n.Value)) && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0:
		return start + len(n.Value)
	}
	line := rest
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		line = rest[:i]
	}
	return start + len(bytes.TrimRight(line, " \r"))
}

// quotedEnd returns the length of a quoted scalar, quotes included: "" escapes with \, ” doubles its quote.
func quotedEnd(b []byte, quote byte) int {
	for i := 1; i < len(b); i++ {
		switch {
		case quote == '"' && b[i] == '\\':
			i++
		case b[i] != quote:
		case quote == '\'' && i+1 < len(b) && b[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(b)
}

// sortedDiags returns what was found, by place.
func (d *document) sortedDiags() diag.List { return slices.Clip(d.diags.Sorted()) }
