package connect_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-vcard"

	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/spec/hostile"
)

// TestHostileCSV: a spreadsheet reads as many rows and columns as were written, with the values in them as text.
func TestHostileCSV(t *testing.T) {
	t.Parallel()
	var contacts []connect.Contact
	for _, line := range hostile.Lines() {
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
	for _, line := range hostile.Lines() {
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

// TestHostileMail: whatever stands in a subject, a text or an address, a mail server gets one letter to one address, with that subject and
// that text, or none.
func TestHostileMail(t *testing.T) {
	t.Parallel()
	m, p := mailServer(t)
	lines := hostile.Lines()
	refused := 0
	for i, line := range lines {
		to, subject := "desk@lakeside.example", line
		if i%3 == 0 {
			to, subject = line, "Somebody is waiting"
		}
		err := m.Send(t.Context(), to, subject, line)
		got := p.sent
		p.sent = nil
		if err != nil {
			refused++
			if len(got) > 0 {
				t.Errorf("%q: refused (%v), and yet sent %q", line, err, got)
			}
			continue
		}
		if len(got) != 1 {
			t.Errorf("%q: %d letters", line, len(got))
			continue
		}
		rcpt, raw, _ := strings.Cut(got[0], "\n")
		letter, err := netmail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		for name, list := range letter.Header {
			if len(list) != 1 || name == "Bcc" || name == "Cc" || name == "Reply-To" {
				t.Errorf("%q makes a header %s: %q", line, name, list)
			}
		}
		addresses, err := letter.Header.AddressList("To")
		if err != nil || len(addresses) != 1 || addresses[0].Address != rcpt || rcpt != to {
			t.Errorf("%q: to %q, %v, %v", line, rcpt, addresses, err)
		}
		if got, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject")); err != nil || squeezed(got) != squeezed(subject) {
			t.Errorf("%q: the subject is %q, %v", subject, got, err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(letter.Body))
		if err != nil || squeezed(string(text)) != squeezed(line) {
			t.Errorf("%q: the text is %q, %v", line, text, err)
		}
	}
	t.Logf("%d of %d were refused", refused, len(lines))
}

// squeezed is a text without white space, which mail folds.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
