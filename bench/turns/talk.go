package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// What patients of the reference conversation type.
var (
	topics  = []string{"rhinoplasty", "facelift", "botox"}
	names   = []string{"Ana Ruiz", "Tom Baker", "Mei Chen", "Omar Haddad", "Priya Nair", "José García", "Lena Fischer", "Kofi Mensah"}
	noPhone = []string{"12345", "555-0142", "123 456 7890", "000"}
	phones  = []string{"(212) 555-0142", "312-555-0188", "+1 415 555 0136", "6465550199", "1 773 555 0111"}
	parts   = []string{"morning", "afternoon", "evening"}
)

// patient holds conversations one after the other on one connection.
type patient struct {
	c      *client
	notice string // the hash of the notice that was shown; empty for servers without
	n      int    // conversations so far
	number int
	body   []byte
}

// turn is what a patient types and what a right reply says.
type turn struct{ text, want string }

// turns are the seven after the start. No two patients of a server have the same name at the same time, so a reply
// meant for somebody else is noticed.
func (p *patient) turns() [7]turn {
	pick := func(of []string) string { return of[(p.number+p.n)%len(of)] }
	name := pick(names) + " " + letters(p.number)
	topic := pick(topics)
	return [7]turn{
		{topic, `to book a consultation`},
		{"book", "What is your name?"},
		{name, "Thanks, " + name + ". Which US phone number"},
		{pick(noPhone), ""},
		{pick(phones), "morning, afternoon or evening?"},
		{pick(parts), name},
		{"yes", "all set, " + name + "."},
	}
}

// letters writes a number as a last name.
func letters(n int) string {
	return string([]byte{'A' + byte(n/26%26), 'a' + byte(n%26), 'a'})
}

// converse holds one conversation and reports how long each turn took.
func (p *patient) converse(took func(time.Duration)) error {
	p.n++
	id := strconv.Itoa(p.number) + "-" + strconv.Itoa(p.n) + "-" + strconv.FormatInt(started, 36)
	p.body = fmt.Appendf(p.body[:0], `{"flow":"booking","client_id":"reference-conversation-%s"`, id)
	if p.notice != "" {
		p.body = fmt.Appendf(p.body, `,"notice":%q`, p.notice)
	}
	p.body = append(p.body, '}')
	begun := time.Now()
	status, reply, err := p.c.do("POST", "/api/conversations", "", p.body)
	if err != nil {
		return err
	}
	took(time.Since(begun))
	if status != 201 || !bytes.Contains(reply, []byte("I can help you book a consultation")) {
		return fmt.Errorf("start: %d %s", status, reply)
	}
	conversation, token := member(reply, "conversation"), member(reply, "token")
	if conversation == "" || token == "" {
		return errors.New("start: no conversation, or no token")
	}
	path := "/api/conversations/" + conversation + "/messages"
	for i, t := range p.turns() {
		p.body = fmt.Appendf(p.body[:0], `{"client_id":"%s-%d","text":"%s"}`, id, i, t.text)
		begun := time.Now()
		status, reply, err := p.c.do("POST", path, token, p.body)
		if err != nil {
			return err
		}
		took(time.Since(begun))
		if status != 200 || !bytes.Contains(reply, []byte(t.want)) {
			return fmt.Errorf("turn %d, %q: want %q, got %d %s", i+2, t.text, t.want, status, reply)
		}
	}
	return nil
}

// started tells runs apart, so that client ids of one are not those of another.
var started = time.Now().UnixNano()

// member cuts the text of a member out of JSON that a server here wrote.
func member(reply []byte, name string) string {
	_, rest, ok := bytes.Cut(reply, []byte(`"`+name+`":"`))
	if !ok {
		return ""
	}
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(value)
}
