package session

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// TestEncoder fills whatever fields the types have, so that a field that is new and not written is noticed.
func TestEncoder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var s sealedTurn
		fill(t, reflect.ValueOf(&s).Elem())
		e := encoder{}
		e.turn(&s)
		var got, want sealedTurn
		roundTrip(t, e.B, &got)
		b, err := json.Marshal(&s)
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, b, &want)
		clearEmpty(reflect.ValueOf(&want).Elem())
		clearEmpty(reflect.ValueOf(&got).Elem())
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\nsays something else than encoding/json (-want +got):\n%s", e.B, d)
		}
		var sent, read []engine.FieldValue
		fill(t, reflect.ValueOf(&sent).Elem())
		e = encoder{}
		e.fields(sent)
		roundTrip(t, e.B, &read)
		clearEmpty(reflect.ValueOf(&sent).Elem())
		clearEmpty(reflect.ValueOf(&read).Elem())
		if d := cmp.Diff(sent, read); d != "" {
			t.Errorf("fields (-want +got):\n%s", d)
		}
		var a Entry
		fill(t, reflect.ValueOf(&a).Elem())
		a.Detail = map[string]string{}
		for _, k := range rapid.SliceOfN(rapid.SampledFrom([]string{"tier", "team", "vendor"}), 0, 3).Draw(t, "keys") {
			a.Detail[k] = text(t)
		}
		lines := EncodeEntries([]Entry{a, a})
		block := Block{First: 7, Count: 2, Entries: lines}
		block.Hash = Chain("p", 7, block.Prev, lines)
		list, err := block.Open("p")
		if err != nil || len(list) != 2 || list[1].Number != 8 {
			t.Fatalf("%s: %+v, %v", lines, list, err)
		}
		list[1].Number = a.Number
		clearEmpty(reflect.ValueOf(&a).Elem())
		clearEmpty(reflect.ValueOf(&list[1]).Elem())
		if d := cmp.Diff(a, list[1]); d != "" {
			t.Errorf("entry (-want +got):\n%s", d)
		}
	})
}

func roundTrip(t *rapid.T, b []byte, into any) {
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
}

func text(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "a", "book", `"\<>&`, "¿Qué?\u2028", "line\n\x00\x7f", "日本", string([]rune{0x1F600})}).Draw(t, "text")
}

var timeType = reflect.TypeFor[time.Time]()

// fill draws a value of any type that a stored turn is made of.
func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text(t))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(-3, 1<<40).Draw(t, "number"))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Byte().Draw(t, "byte")))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "pointer") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem())
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "length")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(t, v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == timeType {
			if micros := rapid.Int64Range(0, 1<<51).Draw(t, "time"); micros > 0 {
				v.Set(reflect.ValueOf(time.UnixMicro(micros).UTC()))
			}
			return
		}
		for i := range v.NumField() {
			if tag := v.Type().Field(i).Tag.Get("json"); tag != "-" {
				fill(t, v.Field(i))
			}
		}
	case reflect.Map: // drawn by the test itself
	default:
		t.Fatalf("cannot draw a %s", v.Type())
	}
}

// clearEmpty makes nil of what is empty.
func clearEmpty(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			v.SetZero()
			return
		}
		if v.Kind() == reflect.Slice {
			for i := range v.Len() {
				clearEmpty(v.Index(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			clearEmpty(v.Elem())
		}
	case reflect.Struct:
		if v.Type() != timeType {
			for i := range v.NumField() {
				clearEmpty(v.Field(i))
			}
		}
	default:
	}
}
