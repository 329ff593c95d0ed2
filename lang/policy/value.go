package policy

import (
	"iter"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/source"
)

// value is a node being read into typed form. Absent and blamed nodes are the zero value and read as empty.
type value struct {
	d    *document
	key  *yaml.Node // nil in lists and at the root
	node *yaml.Node // nil when absent
}

func (d *document) rootValue() value { return value{d: d, node: d.root} }

func (v value) isSet() bool { return v.node != nil }

func (v value) span() source.Span {
	if !v.isSet() {
		return source.Span{}
	}
	return v.d.span(v.node)
}

// get returns the value under a key.
func (v value) get(key string) value {
	if !v.isSet() || v.node.Kind != yaml.MappingNode {
		return value{d: v.d}
	}
	k, n := child(v.node, key)
	if n == nil || v.d.blamed[n] || v.d.blamed[k] {
		return value{d: v.d}
	}
	return value{d: v.d, key: k, node: n}
}

// has reports whether the key stands there, even with a value that was blamed.
func (v value) has(key string) bool {
	if !v.isSet() || v.node.Kind != yaml.MappingNode {
		return false
	}
	k, _ := child(v.node, key)
	return k != nil
}

// keys yields the keys and values of a block in the order of the file.
func (v value) keys() iter.Seq2[String, value] {
	return func(yield func(String, value) bool) {
		if !v.isSet() || v.node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			k, n := v.node.Content[i], v.node.Content[i+1]
			if v.d.blamed[k] || v.d.blamed[n] {
				continue
			}
			if !yield(String{Value: k.Value, Span: v.d.span(k)}, value{d: v.d, key: k, node: n}) {
				return
			}
		}
	}
}

// items returns the entries of a list; a single value is a list of one.
func (v value) items() []value {
	switch {
	case !v.isSet():
		return nil
	case v.node.Kind != yaml.SequenceNode:
		return []value{v}
	}
	var out []value
	for _, n := range v.node.Content {
		if !v.d.blamed[n] {
			out = append(out, value{d: v.d, node: n})
		}
	}
	return out
}

// str returns a text in Unicode NFC.
func (v value) str() String {
	if !v.isSet() || v.node.Kind != yaml.ScalarNode || v.node.ShortTag() == "!!null" {
		return String{}
	}
	return String{Value: norm.NFC.String(strings.TrimSpace(v.node.Value)), Span: v.span()}
}

func (v value) strs() []String {
	var out []String
	for _, item := range v.items() {
		if s := item.str(); s.IsSet() {
			out = append(out, s)
		}
	}
	return out
}

func (v value) yes() bool { return v.str().Value == "yes" }

func (v value) integer() Int {
	s := v.str()
	n, err := strconv.ParseInt(s.Value, 10, 64)
	if err != nil {
		return Int{}
	}
	return Int{Value: n, Span: s.Span}
}

// The units a span of time can be read in.
const (
	seconds = 1
	minutes = 60
	days    = 24 * 60 * 60
)

// unitSeconds: a month is 31 and a year 366 days where they are a minimum to be kept, so that "6 years" never falls
// short; a year by itself is long enough either way.
var unitSeconds = map[string]int64{
	"second": 1, "minute": 60, "hour": 3600, "day": days, "week": 7 * days, "month": 31 * days, "year": 366 * days,
}

// in returns a span of time such as "20 minutes" in a unit, rounded up.
func (v value) in(unit int64) Int {
	s := v.str()
	fields := strings.Fields(s.Value)
	if len(fields) != 2 {
		return Int{}
	}
	n, err := strconv.ParseInt(fields[0], 10, 64)
	size := unitSeconds[strings.TrimSuffix(fields[1], "s")]
	if err != nil || size == 0 {
		return Int{}
	}
	return Int{Value: (n*size + unit - 1) / unit, Span: s.Span}
}
