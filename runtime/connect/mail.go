package connect

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Mailer sends e-mail to a practice's own people. What it is given to send holds no patient data: it says that there is
// something to look at, and where.
type Mailer struct {
	Host     string
	Port     int
	From     string
	Username string // empty: without signing in
	Password string
	Plain    bool // without TLS, for a relay on this machine
}

// CheckAddress reports whether something can be sent to an e-mail address.
func CheckAddress(address string) error {
	if a, err := netmail.ParseAddress(address); err != nil || a.Address != address {
		return fmt.Errorf("`%s` is not an e-mail address", address)
	}
	return nil
}

const mailTime = 20 * time.Second

// Send sends one text to one address.
func (m *Mailer) Send(ctx context.Context, to, subject, text string) error {
	if strings.ContainsAny(subject, "\r\n") {
		return errors.New("a subject is one line")
	}
	msg := mail.NewMsg()
	if err := msg.From(m.From); err != nil {
		return errors.New("the sender's address is not an e-mail address")
	}
	if err := msg.To(to); err != nil {
		return errors.New("the address is not an e-mail address")
	}
	msg.Subject(subject)
	msg.SetBodyString(mail.TypeTextPlain, text)
	options := []mail.Option{mail.WithPort(m.Port), mail.WithTimeout(mailTime), mail.WithTLSPolicy(mail.TLSMandatory)}
	if m.Plain {
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if m.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.Username), mail.WithPassword(m.Password))
	}
	c, err := mail.NewClient(m.Host, options...)
	if err != nil {
		return err
	}
	return c.DialAndSendWithContext(ctx, msg)
}
