package jsonwriter_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/jsonwriter"
)

// FuzzString holds that a text is written as encoding/json writes it.
func FuzzString(f *testing.F) {
	for _, s := range []string{
		"", "book", `"\<>&`, "¿Qué?\u2028\u2029", "line\n\r\t\b\f\x00\x1f\x7f", "日本", "\U0001F600", "\xff\xc0\x80a\xed\xa0\x80", "\ufffd",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := jsonwriter.Writer{}
		w.String(s)
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if string(w.B) != string(want) {
			t.Errorf("%q: got %s, want %s", s, w.B, want)
		}
	})
}

func TestWriter(t *testing.T) {
	t.Parallel()
	type item struct {
		ID string `json:"id,omitempty"`
	}
	type all struct {
		Text   string    `json:"text,omitempty"`
		Bytes  []byte    `json:"bytes,omitempty"`
		Number int64     `json:"number,omitempty"`
		Flag   bool      `json:"flag,omitempty"`
		Bool   bool      `json:"bool"`
		At     time.Time `json:"at,omitzero"`
		Texts  []string  `json:"texts,omitempty"`
		Items  []item    `json:"items"`
	}
	for _, v := range []all{
		{Items: []item{}},
		{
			Text: "a", Bytes: []byte{1, 2}, Number: -7, Flag: true, Bool: true, At: time.Date(2026, 3, 1, 9, 0, 0, 5000, time.UTC),
			Texts: []string{"b", ""}, Items: []item{{}, {"c"}},
		},
	} {
		var w jsonwriter.Writer
		w.Object(func() {
			w.Text("text", v.Text)
			w.Bytes("bytes", v.Bytes)
			w.Number("number", v.Number)
			w.Flag("flag", v.Flag)
			w.Bool("bool", v.Bool)
			w.Time("at", v.At)
			w.Texts("texts", v.Texts)
			w.Name("items")
			w.List(len(v.Items), func(i int) { w.Object(func() { w.Text("id", v.Items[i].ID) }) })
		})
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(w.B)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
