package connect

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-vcard"
)

// Field is one field of what was sent, in clear.
type Field struct {
	Name  string
	Type  string // of lang/machine: name, phone, email, …
	Value string
}

// Contact is what one conversation has sent to a vendor.
type Contact struct {
	ID     string // stable: the conversation and its number of sending
	Fields []Field
}

// WriteCSV writes contacts as RFC 4180 does, one column for each field in the order of first appearance. A value that a
// spreadsheet would take for a formula is written behind an apostrophe (OWASP, CSV Injection).
func WriteCSV(w io.Writer, contacts []Contact) error {
	columns := []string{"id"}
	for _, c := range contacts {
		for _, f := range c.Fields {
			if !slices.Contains(columns[1:], f.Name) {
				columns = append(columns, f.Name)
			}
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(columns); err != nil {
		return err
	}
	for _, c := range contacts {
		row := make([]string, len(columns))
		row[0] = harmless(c.ID)
		for _, f := range c.Fields {
			row[1+slices.Index(columns[1:], f.Name)] = harmless(f.Value)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps spreadsheets from calculating. A phone number in E.164 is a number to them, and loses only its sign.
func harmless(s string) string {
	first := strings.TrimLeft(s, " \u00a0")
	if first != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(first)[0]) {
		return "'" + s
	}
	return s
}

// WriteVCards writes contacts as vCard 4.0 (RFC 6350). Fields that are neither name, telephone nor e-mail stand in the note.
func WriteVCards(w io.Writer, contacts []Contact) error {
	out := vcard.NewEncoder(w)
	for _, c := range contacts {
		card := vcard.Card{}
		card.SetValue(vcard.FieldUID, c.ID)
		var note []string
		name := ""
		for _, f := range c.Fields {
			f.Value = printable(f.Value)
			switch f.Type {
			case "name":
				name = strings.TrimSpace(name + " " + f.Value)
			case "phone":
				card.Add(vcard.FieldTelephone, &vcard.Field{Value: f.Value})
			case "email":
				card.Add(vcard.FieldEmail, &vcard.Field{Value: f.Value})
			default:
				note = append(note, f.Name+": "+f.Value)
			}
		}
		if name == "" {
			name = c.ID // RFC 6350 §6.2.1 wants a name
		}
		card.SetValue(vcard.FieldFormattedName, name)
		if len(note) > 0 {
			card.SetValue(vcard.FieldNote, strings.Join(note, "\n"))
		}
		vcard.ToV4(card)
		if err := out.Encode(card); err != nil {
			return err
		}
	}
	return nil
}

// printable is a text as a vCard can hold it (RFC 6350 §3.3): of control characters tabs alone, and line feeds, which are then written
// as an escape; a carriage return would be half an end of a line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
}
