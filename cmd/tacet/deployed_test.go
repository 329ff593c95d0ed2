package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// counting is a log that counts.
type counting struct{ warnings, errors int }

func (c *counting) Write(line []byte) (int, error) {
	var level string
	for _, l := range []string{"WARN", "ERROR"} {
		if string(line[len(`level=`):len(`level=`)+len(l)]) == l {
			level = l
		}
	}
	switch level {
	case "WARN":
		c.warnings++
	case "ERROR":
		c.errors++
	}
	return len(line), nil
}

// TestAgreementEnds lets the days before and after the end of an agreement pass.
func TestAgreementEnds(t *testing.T) {
	t.Parallel()
	var now time.Time
	told := &counting{}
	log := slog.New(slog.NewTextHandler(told, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	d := &deployed{log: log, now: func() time.Time { return now }}
	f := loadedFlow{expires: "2026-06-30", Flow: session.Flow{Machine: &machine.Machine{}}}
	for _, c := range []struct {
		day              string
		want             bool
		warnings, errors int
	}{
		{"2026-05-30T12:00:00Z", true, 0, 0},
		{"2026-05-31T12:00:00Z", true, 1, 0},
		{"2026-05-31T13:00:00Z", true, 1, 0}, // once a day
		{"2026-06-29T23:59:59Z", true, 2, 0},
		{"2026-06-30T00:00:00Z", false, 2, 1},
		{"2027-01-01T00:00:00Z", false, 2, 2},
	} {
		var err error
		if now, err = time.Parse(time.RFC3339, c.day); err != nil {
			t.Fatal(err)
		}
		if got := d.inForce(&f); got != c.want || told.warnings != c.warnings || told.errors != c.errors {
			t.Errorf("%s: offered %t with %d warnings and %d errors, want %t, %d, %d", c.day, got, told.warnings, told.errors, c.want, c.warnings, c.errors)
		}
	}
	if free := (&loadedFlow{}); !d.inForce(free) {
		t.Error("a flow without agreements is not offered")
	}
}
