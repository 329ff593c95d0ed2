package connect_test

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-vcard"

	"github.com/tacet-lang/tacet/runtime/connect"
)

// hostileLines is the corpus of spec/hostile.txt.
func hostileLines(t *testing.T) (list []string) {
	t.Helper()
	b, err := os.ReadFile("../../spec/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		var line string
		if strings.HasPrefix(s.Text(), `"`) && json.Unmarshal(s.Bytes(), &line) == nil {
			list = append(list, line)
		}
	}
	if len(list) < 400 {
		t.Fatalf("the corpus has %d lines", len(list))
	}
	return list
}

// TestHostileCSV: a spreadsheet reads as many rows and columns as were written, with the values in them as text.
func TestHostileCSV(t *testing.T) {
	t.Parallel()
	var contacts []connect.Contact
	for _, line := range hostileLines(t) {
		contacts = append(contacts, connect.Contact{ID: "c-1", Fields: []connect.Field{{"name", "name", line}, {"topic", "choice", line}}})
	}
	var b bytes.Buffer
	if err := connect.WriteCSV(&b, contacts); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll() // every row has as many columns
	if err != nil || len(rows) != len(contacts)+1 {
		t.Fatalf("%d rows, %v, want %d", len(rows), err, len(contacts)+1)
	}
	for i, row := range rows[1:] {
		for _, cell := range row[1:] {
			if first := strings.TrimLeft(cell, " \t\r\n"); first != "" && strings.ContainsAny(first[:1], "=+-@") {
				t.Errorf("a spreadsheet calculates %q", cell)
			}
			if want := flat(contacts[i].Fields[0].Value); flat(strings.TrimPrefix(cell, "'")) != want && flat(cell) != want {
				t.Errorf("got %q, want %q", cell, want)
			}
		}
	}
}

// flat is a text without what ends lines: CSV has one end of line for all.
func flat(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }

// TestHostileVCard: an address book reads as many cards as were written, with the properties that were, whatever it takes for the
// end of a line.
func TestHostileVCard(t *testing.T) {
	t.Parallel()
	for _, line := range hostileLines(t) {
		var b bytes.Buffer
		c := connect.Contact{ID: "c-1", Fields: []connect.Field{{"name", "name", line}, {"phone", "phone", line}, {"mail", "email", line}, {"what", "text", line}}}
		if err := connect.WriteVCards(&b, []connect.Contact{c}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ReplaceAll(b.String(), "\r\n", ""), "\r") || strings.Contains(strings.ReplaceAll(b.String(), "\r\n", ""), "\n") {
			t.Errorf("%q leaves half an end of a line: %q", line, b.String())
			continue
		}
		d := vcard.NewDecoder(&b)
		card, err := d.Decode()
		if err != nil {
			t.Errorf("%q cannot be read: %v", line, err)
			continue
		}
		for name := range card {
			if !slices.Contains([]string{"VERSION", "UID", "FN", "N", "TEL", "EMAIL", "NOTE"}, name) {
				t.Errorf("%q makes a property %s", line, name)
			}
		}
		for _, name := range []string{"FN", "TEL", "EMAIL"} {
			if len(card[name]) > 1 {
				t.Errorf("%q makes %d of %s", line, len(card[name]), name)
			}
		}
		if _, err := d.Decode(); err != io.EOF {
			t.Errorf("%q makes a second card: %v", line, err)
		}
	}
}
