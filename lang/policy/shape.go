package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/spec/schema"
)

// shape is a JSON Schema, compiled and as data: the sentences for people stand in it as annotations.
type shape struct {
	schema *jsonschema.Schema
	data   map[string]any
}

var (
	practiceShape = sync.OnceValue(func() *shape { return newShape("practice.schema.json", schema.Practice) })
	packShape     = sync.OnceValue(func() *shape { return newShape("policy.schema.json", schema.Policy) })
)

// newShape compiles a schema of ours; that it compiles is a promise kept by the tests.
func newShape(name string, text []byte) *shape {
	c := jsonschema.NewCompiler()
	c.LoadURL = func(s string) (io.ReadCloser, error) { return nil, fmt.Errorf("%s is not part of the program", s) }
	if err := c.AddResource(name, bytes.NewReader(text)); err != nil {
		panic(fmt.Sprintf("policy: schema %s: %v", name, err))
	}
	s := &shape{schema: c.MustCompile(name)}
	if err := json.Unmarshal(text, &s.data); err != nil {
		panic(fmt.Sprintf("policy: schema %s: %v", name, err))
	}
	return s
}

// check compares the document with the shape and reports every place that does not fit, once each.
func (d *document) check(s *shape) {
	var bad *jsonschema.ValidationError
	switch err := s.schema.Validate(d.plainValue(d.root)); {
	case err == nil:
		return
	case !errors.As(err, &bad):
		panic(fmt.Sprintf("policy: %v", err)) // our schemas have no loops and plainValue no foreign types
	}
	for _, m := range s.mismatches(bad) {
		d.mismatch(m)
	}
}

// mismatch is one keyword of the schema that one value does not meet.
type mismatch struct {
	at      []string       // path of the value
	keyword string         // type, pattern, required, …
	schema  map[string]any // the schema that the keyword stands in
	key     bool           // it is the key that does not fit
	example string         // a value of this key that fits; may be empty
	root    map[string]any
}

func (s *shape) mismatches(e *jsonschema.ValidationError) []mismatch {
	if len(e.Causes) > 0 {
		var out []mismatch
		for _, c := range e.Causes {
			out = append(out, s.mismatches(c)...)
		}
		return out
	}
	_, fragment, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	path := pointer(fragment)
	m := mismatch{at: pointer(e.InstanceLocation), root: s.data, key: strings.Contains(e.KeywordLocation, "/propertyNames/")}
	var owner any = s.data
	for i, step := range path {
		if in, ok := owner.(map[string]any); ok && i < len(path) {
			if sub, ok := in[step].(map[string]any); ok && step != "dependentRequired" {
				owner = sub
				continue
			}
			m.keyword = step
		}
		break
	}
	m.schema, _ = owner.(map[string]any)
	m.example = m.exampleAt(pointer(e.KeywordLocation))
	return []mismatch{m}
}

// exampleAt returns the example nearest to a keyword on the way to it, references followed.
func (m mismatch) exampleAt(path []string) string {
	out := ""
	at := m.root
	for _, step := range path {
		next, ok := at[step].(map[string]any)
		if ref, isRef := at[step].(string); isRef && step == "$ref" {
			next, ok = m.resolve(ref), true
		}
		if !ok {
			break
		}
		at = next
		if _, isProps := at["properties"]; isProps {
			out = "" // an example of the block is none of its parts
		}
		if examples, has := at["examples"].([]any); has && len(examples) > 0 {
			out = fmt.Sprint(examples[0])
		}
	}
	return out
}

// inWords says what to write: an example of the key where there is one, else what the schema says.
func (m mismatch) inWords(otherwise string) string {
	if m.example != "" {
		return fmt.Sprintf("write it like this: %s", m.example)
	}
	return m.help(otherwise)
}

// pointer splits a JSON pointer as jsonschema/v5 writes it: with percent escapes on top of ~0 and ~1.
func pointer(p string) []string {
	var out []string
	for step := range strings.SplitSeq(strings.TrimPrefix(p, "/"), "/") {
		if step == "" && p == "" {
			continue
		}
		if s, err := url.PathUnescape(step); err == nil {
			step = s
		}
		out = append(out, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
	}
	return out
}

// plainValue turns nodes into what jsonschema validates. Blamed nodes become nil; what is said about them is dropped.
func (d *document) plainValue(n *yaml.Node) any {
	switch {
	case d.blamed[n]:
		return nil
	case n.Kind == yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; !d.blamed[key] {
				out[key.Value] = d.plainValue(n.Content[i+1])
			}
		}
		return out
	case n.Kind == yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			out[i] = d.plainValue(c)
		}
		return out
	}
	return scalar(n)
}

func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case "!!int":
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil && strconv.FormatInt(i, 10) == n.Value {
			return json.Number(n.Value)
		}
		return numberLike(n.Value)
	case "!!float":
		return numberLike(n.Value)
	default: // texts, and days such as 2026-12-25, which YAML would turn into an instant
		return n.Value
	}
}

// numberLike stands for a number that is no plain whole number (1e3, 0x1F, 007, .inf): it fits no type that facts have.
func numberLike(string) any { return json.Number("0.5") }
