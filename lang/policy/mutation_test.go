package policy_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
)

// The reader must say exactly one thing about one slip. These tests make every single slip there is in a file that has
// every key: each value exchanged for one of another kind, each key misspelt, each key deleted.

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parsePractice(b []byte) (*policy.Practice, diag.List) {
	return policy.ParsePractice(source.New("practice.yaml", b))
}

func parsePack(b []byte) (*policy.Pack, diag.List) {
	return policy.ParsePack(source.New("policy.yaml", b))
}

// readers are the two kinds of file, each with one that is accepted.
var readers = []struct {
	name string
	file string
	read func([]byte) diag.List
}{
	{"practice", "testdata/practice.yaml", func(b []byte) diag.List { _, l := parsePractice(b); return l }},
	{"pack", "testdata/pack.yaml", func(b []byte) diag.List { _, l := parsePack(b); return l }},
}

// each calls visit for every node of the document, with the path to it; visit may change the node and must put it back.
func each(n *yaml.Node, path string, visit func(path string, n, parent *yaml.Node, i int)) {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		name := fmt.Sprint(i)
		if n.Kind == yaml.MappingNode {
			name = n.Content[i-1].Value
		}
		visit(path+"/"+name, c, n, i)
		each(c, path+"/"+name, visit)
	}
}

func encode(t testing.TB, n *yaml.Node) []byte {
	t.Helper()
	b, err := yaml.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func root(t testing.TB, file string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(load(t, file), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

func describe(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		fmt.Fprintf(&b, "\n  %s %s: %s", d.Span.Start, d.Code.ID, d.Message)
	}
	return b.String()
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	for _, r := range readers {
		if l := r.read(load(t, r.file)); len(l) > 0 {
			t.Errorf("%s: want no diagnostics, got%s", r.file, describe(l))
		}
	}
}

func TestOneWrongValueGivesOneDiagnostic(t *testing.T) {
	t.Parallel()
	wrong := []*yaml.Node{
		{Kind: yaml.ScalarNode, Tag: "!!int", Value: "7"},
		{Kind: yaml.ScalarNode, Tag: "!!float", Value: "1.5"},
		{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"},
		{Kind: yaml.ScalarNode, Tag: "!!null", Value: ""},
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "", Style: yaml.DoubleQuotedStyle},
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "§$%&/"},
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Repeat("x", 2000)},
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "one\ntwo", Style: yaml.LiteralStyle},
		{Kind: yaml.SequenceNode, Tag: "!!seq"},
		{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{{Kind: yaml.SequenceNode, Tag: "!!seq"}}},
		{Kind: yaml.MappingNode, Tag: "!!map"},
		{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "zz-top"}, {Kind: yaml.ScalarNode, Value: "x"}}},
	}
	for _, r := range readers {
		doc := root(t, r.file)
		silent := map[string]int{}
		seen := map[string]bool{}
		each(doc, "", func(path string, n, parent *yaml.Node, i int) {
			like := fmt.Sprintf("%p %s", parent, n.Value) // a sibling of the same value has the same rule
			if n.Kind == yaml.ScalarNode && seen[like] {
				return
			}
			seen[like] = true
			for k, w := range wrong {
				parent.Content[i] = w
				l := r.read(encode(t, doc))
				parent.Content[i] = n
				if len(l) > 1 && !missingSeveral(l) && path != "/teams" {
					t.Errorf("%s: %s = %v (%d): want one diagnostic, got%s", r.name, path, w.Value, k, describe(l))
				}
				if len(l) == 0 {
					silent[path]++
				}
			}
			// A value of its place accepts few of these: a free text takes the two odd ones and its like.
			if silent[path] > 4 {
				t.Errorf("%s: %s accepts %d of %d foreign values", r.name, path, silent[path], len(wrong))
			}
		})
	}
}

// missingSeveral allows several diagnostics where an empty block, or a block of the wrong keys, lacks several keys.
func missingSeveral(l diag.List) bool {
	for _, d := range l {
		switch d.Code {
		case diag.KeyMissing, diag.KeyUnknown, diag.TeamUnknown:
		default:
			return false
		}
	}
	return true
}

func TestMisspeltKeyGivesOneDiagnostic(t *testing.T) {
	t.Parallel()
	for _, r := range readers {
		doc := root(t, r.file)
		var visit func(n *yaml.Node, path string)
		visit = func(n *yaml.Node, path string) {
			for i, c := range n.Content {
				if n.Kind == yaml.MappingNode && i%2 == 0 {
					was := c.Value
					c.Value = was[:len(was)/2] + "q" + was[len(was)/2:]
					l := r.read(encode(t, doc))
					if freeKeys[path] || strings.HasSuffix(path, "/clauses") {
						c.Value = was
						continue
					}
					if len(l) != 1 || l[0].Code != diag.KeyUnknown || l[0].Fix == nil || !strings.Contains(l[0].Fix.Text, "`"+was+"`") {
						t.Errorf("%s: %s/%s for %s: want one diagnostic that suggests %s, got%s", r.name, path, c.Value, was, was, describe(l))
					}
					c.Value = was
					continue
				}
				name := fmt.Sprint(i)
				if n.Kind == yaml.MappingNode {
					name = n.Content[i-1].Value
				}
				visit(c, path+"/"+name)
			}
		}
		visit(doc, "")
	}
}

// freeKeys are the blocks whose keys the author chooses.
var freeKeys = map[string]bool{
	"/teams": true, "/vendors": true, "/flows": true,
	"/classes": true, "/types": true, "/purposes": true, "/channels": true, "/retention": true, "/notices": true,
	"/vendors/clauses": true, "/declassify": true, "/obligations": true,
}

func TestDeletedKeyGivesAtMostOneDiagnostic(t *testing.T) {
	t.Parallel()
	for _, r := range readers {
		doc := root(t, r.file)
		var visit func(n *yaml.Node, path string)
		visit = func(n *yaml.Node, path string) {
			for i := 0; i < len(n.Content); i++ {
				if n.Kind == yaml.MappingNode && i%2 == 0 {
					was := n.Content
					n.Content = append(append([]*yaml.Node{}, was[:i]...), was[i+2:]...)
					l := r.read(encode(t, doc))
					if len(l) > 1 && !missingSeveral(l) {
						t.Errorf("%s: %s without %s: want at most one diagnostic, got%s", r.name, path, was[i].Value, describe(l))
					}
					n.Content = was
					continue
				}
				name := fmt.Sprint(i)
				if n.Kind == yaml.MappingNode {
					name = n.Content[i-1].Value
				}
				visit(n.Content[i], path+"/"+name)
			}
		}
		visit(doc, "")
	}
}
