package policy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// mismatch reports m in words.
func (d *document) mismatch(m mismatch) {
	key, n := d.at(m.at)
	if n == nil || d.blamed[n] || d.blamedAbove(m.at) {
		return
	}
	if m.key {
		d.badKey(key, n, m)
		return
	}
	switch m.keyword {
	case "additionalProperties":
		d.unknownKeys(n, m)
	case "required":
		d.missingKeys(key, n, m)
	case "dependentRequired":
		d.missingDependents(key, n, m)
	case "minProperties", "minItems":
		d.blame(n, diag.KeyMissing.At(d.span(n), "nothing is listed here").Help("%s", m.help("add at least one")))
	case "maxProperties", "maxItems":
		d.blame(n, diag.ValueRefused.At(d.span(n), "there are %d entries here; at most %v are read", entries(n), m.schema[m.keyword]).
			Help("split the list"))
	case "type":
		d.wrongType(key, n, m)
	case "enum", "const":
		d.notAmong(n, m)
	default:
		d.refused(n, m)
	}
}

func entries(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return len(n.Content) / 2
	}
	return len(n.Content)
}

// at returns the node at a path and the key it stands under.
func (d *document) at(path []string) (key, n *yaml.Node) {
	n = d.root
	for _, step := range path {
		key, n = child(n, step)
		if n == nil {
			return nil, nil
		}
	}
	return key, n
}

func child(n *yaml.Node, step string) (key, value *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(n.Content) {
			return nil, n.Content[i]
		}
	}
	return nil, nil
}

func (d *document) blamedAbove(path []string) bool {
	for i := range path {
		if _, n := d.at(path[:i]); d.blamed[n] {
			return true
		}
	}
	return false
}

func (d *document) badKey(key, n *yaml.Node, m mismatch) {
	if key == nil {
		return
	}
	d.within[key] = ""
	d.blame(key, d.mended(diag.ValueRefused.At(d.span(key), "`%s` %s", shown(key.Value), m.text("x-error", "cannot be a name here")), key, m))
	d.blamed[n] = true
}

// unknownKeys reports every key the schema does not have.
func (d *document) unknownKeys(n *yaml.Node, m mismatch) {
	known := sortedKeys(m.properties())
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.Contains(known, key.Value) || d.blamed[key] {
			continue
		}
		what := diag.KeyUnknown.At(d.span(key), "`%s` is not known here", shown(key.Value))
		if meant := m.meant(key.Value, known); meant != "" {
			what.Mend(false, fmt.Sprintf("did you mean `%s`?", meant), diag.Edit{Span: d.span(key), Text: meant})
		} else {
			what.Help("what can stand here: %s", strings.Join(known, ", "))
		}
		if path := d.within[n]; path != "" {
			what.In("`%s`", path)
		}
		d.within[key] = ""
		d.blame(key, what)
		d.blamed[n.Content[i+1]] = true
	}
}

// meant returns the key that somebody who wrote key probably meant.
func (m mismatch) meant(key string, known []string) string {
	if also, ok := m.schema["x-also"].(map[string]any); ok {
		if name, ok := also[strings.ToLower(key)].(string); ok {
			return name
		}
	}
	folded := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(key))
	for _, k := range known {
		if strings.NewReplacer("-", "_").Replace(k) == folded {
			return k
		}
	}
	return diag.Near(key, known)
}

func (m mismatch) properties() map[string]any {
	p, _ := m.schema["properties"].(map[string]any)
	return p
}

// missingKeys reports every required key that is not there, unless a misspelt one stands for it.
func (d *document) missingKeys(key, n *yaml.Node, m mismatch) {
	required, _ := m.schema["required"].([]any)
	for _, r := range required {
		name, _ := r.(string)
		if has, _ := child(n, name); has == nil && !d.misspelt(n, name, m) {
			d.missing(key, n, name, m)
		}
	}
}

func (d *document) misspelt(n *yaml.Node, name string, m mismatch) bool {
	known := sortedKeys(m.properties())
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i].Value; !slices.Contains(known, k) && m.meant(k, known) == name {
			return true
		}
	}
	return false
}

func (d *document) missingDependents(key, n *yaml.Node, m mismatch) {
	all, _ := m.schema["dependentRequired"].(map[string]any)
	for _, has := range slices.Sorted(maps.Keys(all)) {
		if k, _ := child(n, has); k == nil {
			continue
		}
		needs, _ := all[has].([]any)
		for _, r := range needs {
			name, _ := r.(string)
			if k, _ := child(n, name); k == nil && !d.misspelt(n, name, m) {
				d.missing(key, n, name, m)
			}
		}
	}
}

func (d *document) missing(key, n *yaml.Node, name string, m mismatch) {
	what := diag.KeyMissing.At(d.keySpan(key, n), "`%s` is missing", name)
	if path := d.within[n]; path != "" {
		what.In("`%s`", path)
	}
	d.diags.Add(what.Help("%s", m.howToAdd(name)))
}

// keySpan is where a block begins for a reader: its key, or its first line.
func (d *document) keySpan(key, n *yaml.Node) source.Span {
	switch {
	case key != nil:
		return d.span(key)
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		return d.span(n.Content[0])
	}
	return d.span(n)
}

// howToAdd says how a missing key is written, from the examples and helps of the schema.
func (m mismatch) howToAdd(name string) string {
	prop, _ := m.properties()[name].(map[string]any)
	for range 4 { // our references are not nested deeper
		if examples, ok := prop["examples"].([]any); ok && len(examples) > 0 {
			return fmt.Sprintf("add `%s: %v`", name, examples[0])
		}
		if help, ok := prop["x-help"].(string); ok {
			return fmt.Sprintf("add `%s:` and %s", name, help)
		}
		if values, ok := prop["enum"].([]any); ok {
			return fmt.Sprintf("add `%s:` and write %s", name, oneOf(values))
		}
		ref, ok := prop["$ref"].(string)
		if !ok {
			break
		}
		prop = m.resolve(ref)
	}
	return fmt.Sprintf("add a line `%s: …`", name)
}

func (m mismatch) resolve(ref string) map[string]any {
	var n any = m.root
	for _, step := range pointer(strings.TrimPrefix(ref, "#")) {
		in, _ := n.(map[string]any)
		n = in[step]
	}
	out, _ := n.(map[string]any)
	return out
}

func (m mismatch) text(name, otherwise string) string {
	if s, ok := m.schema[name].(string); ok {
		return s
	}
	return otherwise
}

func (m mismatch) help(otherwise string) string { return m.text("x-help", otherwise) }

// wrongType reports a value of another kind than the schema wants.
func (d *document) wrongType(key, n *yaml.Node, m mismatch) {
	want, _ := m.schema["type"].(string)
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		d.noValue(key, n, m)
	case n.Kind == yaml.ScalarNode && want == "string" && !m.wouldFit(n.Value):
		d.refused(n, m)
	case n.Kind == yaml.ScalarNode && want == "integer" && wholeNumber.MatchString(n.Value):
		span := d.span(n)
		d.blame(n, diag.WrongShape.At(span, "the number `%s` stands in quotes", shown(n.Value)).
			Mend(true, "write "+n.Value+" without quotes", diag.Edit{Span: span, Text: n.Value}))
	case n.Kind == yaml.ScalarNode && want == "string":
		span := d.span(n)
		d.blame(n, diag.NeedsQuotes.At(span, "`%s` is read as %s, not as text", shown(n.Value), kindInWords(n)).
			Mend(true, fmt.Sprintf("put it in quotes: \"%s\"", n.Value), diag.Edit{Span: span, Text: `"` + n.Value + `"`}))
	case n.Kind == yaml.ScalarNode:
		d.blame(n, diag.WrongShape.At(d.span(n), "`%s` %s", shown(n.Value), m.text("x-error", "is not "+wantInWords(want))).
			Help("%s", m.help("write "+wantInWords(want))))
	default:
		span := d.span(n)
		if key != nil {
			span = d.span(key)
		}
		d.blame(n, diag.WrongShape.At(span, "%s stands where %s is meant", kindInWords(n), wantInWords(want)).
			Help("%s", m.inWords("write "+wantInWords(want))))
	}
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,8})$`)

// wouldFit reports whether the value would have the right form, were it a text.
func (m mismatch) wouldFit(value string) bool {
	pattern, ok := m.schema["pattern"].(string)
	return !ok || regexp.MustCompile(pattern).MatchString(value)
}

func (d *document) noValue(key, n *yaml.Node, m mismatch) {
	span := d.span(n)
	name := "this"
	if key != nil {
		span, name = d.span(key), "`"+key.Value+"`"
	}
	d.blame(n, diag.KeyMissing.At(span, "%s has no value", name).Help("%s", m.inWords("write the value after the colon, or delete the line")))
}

func kindInWords(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a block of further keys"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!bool":
		return "true or false"
	case n.ShortTag() == "!!int", n.ShortTag() == "!!float":
		return "a number"
	}
	return "a text"
}

func wantInWords(kind string) string {
	switch kind {
	case "object":
		return "a block of further keys"
	case "array":
		return "a list"
	case "integer":
		return "a whole number"
	case "boolean":
		return "true or false"
	}
	return "one text"
}

// notAmong reports a value outside a fixed list.
func (d *document) notAmong(n *yaml.Node, m mismatch) {
	allowed, _ := m.schema["enum"].([]any)
	if n.Kind != yaml.ScalarNode {
		d.blame(n, diag.WrongShape.At(d.span(n), "%s stands where one value is meant", kindInWords(n)).Help("%s", m.help("write "+oneOf(allowed))))
		return
	}
	if n.ShortTag() == "!!null" {
		m.schema = maps.Clone(m.schema)
		m.schema["x-help"] = m.help("write " + oneOf(allowed))
		key, _ := d.keyOf(n)
		d.noValue(key, n, m)
		return
	}
	span := d.span(n)
	what := diag.NotAmong.At(span, "`%s` is not possible here", shown(n.Value))
	if meant := meantValue(n.Value, allowed); meant != "" {
		what.Mend(false, fmt.Sprintf("write `%s`", meant), diag.Edit{Span: span, Text: meant})
	} else {
		what.Help("%s", m.help("write "+oneOf(allowed)))
	}
	d.blame(n, what)
}

// keyOf returns the key a value stands under.
func (d *document) keyOf(n *yaml.Node) (key *yaml.Node, ok bool) {
	var find func(in *yaml.Node) *yaml.Node
	find = func(in *yaml.Node) *yaml.Node {
		for i, c := range in.Content {
			if c == n && in.Kind == yaml.MappingNode && i%2 == 1 {
				return in.Content[i-1]
			}
			if k := find(c); k != nil {
				return k
			}
		}
		return nil
	}
	key = find(d.root)
	return key, key != nil
}

// saidFor are words that people write for a value.
var saidFor = map[string]string{
	"true": "yes", "false": "no", "y": "yes", "n": "no", "none": "no", "english": "en", "spanish": "es", "español": "es",
	"24/7": "always", "24h": "always", "24 hours": "always", "day and night": "always", "round the clock": "always",
}

// meantValue returns the allowed value that was probably meant: true for yes, Yes for yes, a small slip.
func meantValue(got string, allowed []any) string {
	var names []string
	for _, a := range allowed {
		names = append(names, fmt.Sprint(a))
	}
	folded := strings.ToLower(got)
	if to, ok := saidFor[folded]; ok && slices.Contains(names, to) {
		return to
	}
	if slices.Contains(names, folded) {
		return folded
	}
	return diag.Near(folded, names)
}

func oneOf(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return orList(words)
}

// orList joins words: "a", "a or b", "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// refused reports a value that does not have the form the schema wants.
func (d *document) refused(n *yaml.Node, m mismatch) {
	switch {
	case m.keyword == "minLength" || strings.TrimSpace(n.Value) == "" && n.Kind == yaml.ScalarNode:
		d.blame(n, diag.KeyMissing.At(d.span(n), "there is nothing between the quotes").Help("%s", m.inWords("write the value, or delete the line")))
	case m.keyword == "maxLength":
		d.blame(n, diag.ValueRefused.At(d.span(n), "this text has %d characters; at most %v are possible here", utf8.RuneCountInString(n.Value), m.schema["maxLength"]).
			Help("%s", m.help("make it shorter")))
	default:
		d.blame(n, d.mended(diag.ValueRefused.At(d.span(n), "`%s` %s", shown(n.Value), m.text("x-error", "cannot be read here")), n, m))
	}
}

// mended adds the way out: what was probably meant, or how such a value is written.
func (d *document) mended(what *diag.Diagnostic, n *yaml.Node, m mismatch) *diag.Diagnostic {
	if meant := suggested(m.text("x-suggest", ""), n.Value); meant != "" && m.wouldFit(meant) {
		return what.Mend(false, fmt.Sprintf("did you mean `%s`?", meant), diag.Edit{Span: what.Span, Text: meant})
	}
	return what.Help("%s", m.help("look at the example of this key in the documentation"))
}

// shown shortens a user's text for a message.
func shown(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s)[:57]) + "…"
}
