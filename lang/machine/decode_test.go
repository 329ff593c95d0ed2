package machine_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
)

// machines returns the compiled machines that the compiler's tests keep, by file.
func machines(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../compiler/testdata/golden/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no machines: %v", err)
	}
	out := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		var golden struct{ Machine json.RawMessage }
		if err := json.Unmarshal(b, &golden); err != nil {
			t.Fatal(err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, golden.Machine); err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(p)] = compact.Bytes()
	}
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, b := range machines(t) {
		m, err := machine.Decode(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		back, err := m.Canonical()
		if err != nil || !bytes.Equal(b, back) {
			t.Errorf("%s: Canonical(Decode) differs, error %v", name, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	good := string(machines(t)["every-part.json"])
	for _, c := range []struct{ name, old, new, want string }{
		{"another format", `"tacet.machine/1"`, `"tacet.machine/2"`, "not a machine of format"},
		{"data after the end", good, good + "{}", "it is not JSON"},
		{"not JSON", good, `{"format":`, "it is not JSON"},
		{"not UTF-8", `"Every part`, "\"\xff", "it is not UTF-8"},
		{"an unknown key", `{"format"`, `{"extra":1,"format"`, "unknown field"},
		{"a repeated key", `{"format"`, `{"format":"x","format"`, "stands twice"},
		{"a key in capitals", `"start":`, `"Start":`, "not written plainly"},
		{"a key with an escape", `"start":`, `"\u0073tart":`, "not written plainly"},
		{"deep nesting", `"topics":[`, `"topic_model":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,"topics":[`, "levels deep"},
		{"a missing start", `"start":"welcome"`, `"start":"nowhere"`, "missing location"},
		{"a human that is no handoff", `"human":"@human"`, `"human":"finish"`, "is no handoff"},
		{"an edge to nowhere", `"to":"finish"`, `"to":"nowhere"`, "missing location"},
		{"a guard that is not there", `"guard":2`, `"guard":3`, "a guard that does not exist"},
		{"a way to a person", `"to":"finish"`, `"to":"@human"`, "only the turn protocol leads to"},
		{"a way to an escalation", `"to":"finish"`, `"to":"escalation/emergency"`, "only the turn protocol leads to"},
		{"a guard that says something else", `"name":"guests","values":["2"]`, `"name":"guests","values":["3"]`, "says `guests > 3 && !practice.open`"},
		{"a guard that reads something else", `"reads":["guests"]`, `"reads":["part"]`, "does not read"},
		{"a guard that takes what is not there", `{"op":"not"},{"op":"and"}`, `{"op":"and"},{"op":"not"},{"op":"and"}`, "takes what is not there"},
		{"a guard that leaves two results", `{"op":"not"},{"op":"and"}`, `{"op":"not"}`, "leaves 2 results"},
		{"a guard of an unknown operator", `{"op":"not"},{"op":"and"}`, `{"op":"not"},{"op":"xor"}`, "unknown"},
		{"a guard by another order", `{"op":"==","name":"ok"`, `{"op":"<","name":"ok"`, "compares \"ok\" by"},
		{"a guard with a value of another kind", `"name":"ok","values":["true"]`, `"name":"ok","values":["yes"]`, "compares \"ok\" with"},
		{"a guard with two values", `"name":"ok","values":["true"]`, `"name":"ok","values":["true","false"]`, "with 2 values"},
		{"a guard on an age of a number", `{"op":">","name":"guests"`, `{"op":">","of":"age","name":"guests"`, "unknown"},
		{"a sign of danger without a tier", `{"kind":"chest-pain","tier":"emergency"}`, `{"kind":"chest-pain","tier":"soon"}`, "sign of danger"},
		{"a field with a given name", `{"name":"guests","type"`, `{"name":"channel","type"`, "a name that is given"},
		{"a negative guard", `"guard":2`, `"guard":-1`, "a guard that does not exist"},
		{"an unhandled outcome", `"on":"taken"`, `"on":"failed"`, "after the last one"},
		{"a kind that does not exist", `"kind":"book"`, `"kind":"pray"`, ""},
		{"an unknown field asked", `"field":"guests"`, `"field":"guest"`, "unknown field"},
		{"an unknown field sent", `"fields":["name","part"`, `"fields":["nam","part"`, "unknown field"},
		{"an unknown field in a text", `Thank you, {name}.`, `Thank you, {nam}.`, "names {nam}"},
		{"a field in the notice", `Please share no medical details here.`, `{name}`, "names {name}"},
		{"a text without a language", `{"en":"What else?","es":"¿Algo más?"}`, `{"en":"What else?"}`, "in 1 languages, not 2"},
		{"an unknown team", `"team":"coordinators"`, `"team":"nobody"`, "unknown team"},
		{"an unknown vendor", `"to":"crm"`, `"to":"crn"`, "unknown vendor"},
		{"an unknown class", `"type":"choice","class":"preference"`, `"type":"choice","class":"preferense"`, "unknown class"},
		{"a topic that is handled and raises", `"on":["clinical-question"]`, `"on":["hours"]`, "not escalated"},
		{"a trigger that raises nothing", `"on":["chest-pain"]`, `"on":["wound-open"]`, `"wound-open"`},
		{"a lower tier", `"tier":"emergency","on"`, `"tier":"routine","on"`, "handoff of its tier"},
		{"an option without a case", `"cases":{"afternoon"`, `"cases":{"noon"`, "every answer"},
		{"unsorted fields", `{"name":"guests"`, `{"name":"zz"`, ""},
		{"two classes above each other", `{"name":"public"`, `{"name":"public","above":["secret"]`, "stands above itself"},
		{"an opening that ends before it begins", `"from":540,"to":1020`, `"from":1020,"to":540`, "opening"},
		{"no timeout", `"timeout":1200`, `"timeout":0`, "session"},
		{"a sentence missing", `"timeout":{"en":"We closed`, `"time-out":{"en":"We closed`, "is missing"},
	} {
		if !strings.Contains(good, c.old) {
			t.Errorf("%s: the machine holds no %s", c.name, c.old)
			continue
		}
		_, err := machine.Decode([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// TestDeletions takes out each element of each list and each key of each object in turn: no reader may panic, and what
// is still accepted must read back as itself.
func TestDeletions(t *testing.T) {
	t.Parallel()
	for name, b := range machines(t) {
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		tried := 0
		eachDeletion(&v, func() {
			damaged, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			m, err := machine.Decode(damaged)
			if err != nil {
				return
			}
			canonical, err := m.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := machine.Decode(canonical); err != nil {
				t.Errorf("%s: a machine that was accepted does not read back: %v", name, err)
			}
		})
		if tried < 100 {
			t.Errorf("%s: only %d deletions", name, tried)
		}
	}
}

// eachDeletion calls f with one part of the value taken out, for every part that is no place.
func eachDeletion(v *any, f func()) {
	switch x := (*v).(type) {
	case map[string]any:
		for k, part := range x {
			if k == "place" {
				continue
			}
			delete(x, k)
			f()
			x[k] = part
			eachDeletion(&part, func() { x[k] = part; f() })
			x[k] = part
		}
	case []any:
		for i, part := range x {
			*v = slices.Delete(slices.Clone(x), i, i+1)
			f()
			*v = x
			eachDeletion(&part, func() { x[i] = part; f() })
			x[i] = part
		}
	}
}

// TestSchemaNamesTheFields compares spec/schema/machine.schema.json with the types: the same keys, and the same of them
// optional.
func TestSchemaNamesTheFields(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../spec/schema/machine.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Properties map[string]any
		Required   []string
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	schema.Defs["machine"] = schema.object
	for def, typ := range map[string]any{
		"machine": machine.Machine{}, "flow": machine.Flow{}, "source": machine.Source{}, "place": machine.Place{},
		"practice": machine.Practice{}, "opening": machine.Opening{}, "holiday": machine.Holiday{}, "team": machine.Team{},
		"vendor": machine.Vendor{}, "agreement": machine.Agreement{}, "appointments": machine.Appointments{}, "website": machine.Website{},
		"policy": machine.Policy{}, "pack": machine.Pack{}, "sign": machine.Sign{}, "class": machine.Class{}, "permit": machine.Permit{},
		"range": machine.Range{}, "keep": machine.Keep{}, "declass": machine.Declass{}, "allowed": machine.Allowed{},
		"session": machine.Session{}, "field": machine.Field{}, "option": machine.Option{}, "guard": machine.Guard{}, "guard_step": machine.GuardStep{},
		"topic": machine.Topic{}, "trigger": machine.Trigger{}, "phrase": machine.Phrase{}, "escalation": machine.Escalation{},
		"location": machine.Location{}, "action": machine.Action{}, "choice": machine.Choice{}, "edge": machine.Edge{},
	} {
		keys, required := jsonKeys(reflect.TypeOf(typ))
		for _, k := range keys {
			if _, ok := schema.Defs[def].Properties[k]; !ok {
				t.Errorf("the schema's %s has no %s", def, k)
			}
		}
		if len(keys) != len(schema.Defs[def].Properties) {
			t.Errorf("the schema's %s has %d keys, the type has %d", def, len(schema.Defs[def].Properties), len(keys))
		}
		got := slices.Clone(schema.Defs[def].Required)
		slices.Sort(got)
		slices.Sort(required)
		if !slices.Equal(got, required) {
			t.Errorf("the schema's %s requires %v, the type writes %v always", def, got, required)
		}
	}
}

// jsonKeys returns the keys a struct is written with, and those that are always written.
func jsonKeys(t reflect.Type) (all, always []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		if f.Anonymous && tag == "" {
			inner, required := jsonKeys(f.Type)
			all, always = append(all, inner...), append(always, required...)
			continue
		}
		key, rest, _ := strings.Cut(tag, ",")
		all = append(all, key)
		if rest != "omitempty" {
			always = append(always, key)
		}
	}
	return all, always
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string // names; "!" for one that is wrong
	}{
		{"plain", nil},
		{"{name} and {practice.phone}", []string{"name", "practice.phone"}},
		{"{{literal} }", nil},
		{"{{{name}", []string{"name"}},
		{"{", []string{"!"}},
		{"{name", []string{"!"}},
		{"{a{name}", []string{"!", "name"}},
		{"{Name} {na me} {} {a.b.c} {a--b} {é}", []string{"!", "!", "!", "!", "!", "!"}},
	} {
		var got []string
		for _, p := range machine.Placeholders(c.text) {
			name := p.Name
			if p.Problem != "" {
				name = "!"
			}
			if c.text[p.Start] != '{' || p.End <= p.Start || p.End > len(c.text) {
				t.Errorf("%q: %v lies outside", c.text, p)
			}
			got = append(got, name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Placeholders(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

// FuzzDecode: whatever the bytes are, there is an error or a machine that reads back as itself.
func FuzzDecode(f *testing.F) {
	for _, b := range machines(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := machine.Decode(b)
		if err != nil {
			return
		}
		canonical, err := m.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		back, err := machine.Decode(canonical)
		if err != nil {
			t.Fatalf("Decode(Canonical): %v", err)
		}
		if again, _ := back.Canonical(); !bytes.Equal(canonical, again) {
			t.Fatal("the canonical form is not stable")
		}
	})
}
