package input_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
)

// now is the Friday that every table refers to.
var now = time.Date(2026, 11, 20, 10, 0, 0, 0, time.FixedZone("EST", -5*3600))

var procedures = []input.Option{
	{Value: "rhinoplasty", Labels: map[string]string{"en": "Rhinoplasty", "es": "Rinoplastia"}, Also: []string{"nose job", "nose", "nariz"}},
	{Value: "facelift", Labels: map[string]string{"en": "Facelift", "es": "Lifting facial"}, Also: []string{"face lift"}},
	{Value: "botox", Labels: map[string]string{"en": "Botox", "es": "Bótox"}},
	{Value: "other", Labels: map[string]string{"en": "Something else", "es": "Otra cosa"}, Also: []string{"other", "otro"}},
}

var parts = []input.Option{
	{Value: "morning", Labels: map[string]string{"en": "Morning", "es": "Mañana"}},
	{Value: "afternoon", Labels: map[string]string{"en": "Afternoon", "es": "Tarde"}},
	{Value: "evening", Labels: map[string]string{"en": "Evening", "es": "Noche"}},
}

var fillers = []input.Option{
	{Value: "lip", Labels: map[string]string{"en": "Lip filler", "es": "Relleno de labios"}},
	{Value: "cheek", Labels: map[string]string{"en": "Cheek filler", "es": "Relleno de pómulos"}},
	{Value: "two", Labels: map[string]string{"en": "2 syringes", "es": "2 jeringas"}},
}

var optionSets = map[string][]input.Option{"": procedures, "part": parts, "filler": fillers}

// A tableCase is one line of a table: kind | conversation | text | result.
type tableCase struct {
	line             int
	kind, text, want string
	c                input.Context
}

func readTable(t testing.TB, path string) []tableCase {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []tableCase
	scanner := bufio.NewScanner(f)
	for line := 1; scanner.Scan(); line++ {
		if s := scanner.Text(); s != "" && s[0] != '#' {
			cases = append(cases, parseCase(t, line, s))
		}
	}
	return cases
}

func parseCase(t testing.TB, line int, s string) tableCase {
	t.Helper()
	cols := strings.Split(s, " | ")
	if len(cols) != 4 {
		t.Fatalf("line %d: %q has %d columns, want 4", line, s, len(cols))
	}
	kind := strings.Fields(cols[0])
	conv := append(strings.Split(strings.TrimSpace(cols[1]), "/"), "", "")
	tc := tableCase{line: line, kind: kind[0], text: cols[2], want: strings.TrimSpace(cols[3])}
	tc.c = input.Context{Lang: conv[0], Country: conv[1], DateOrder: conv[2], Now: now, Options: procedures}
	if strings.HasPrefix(tc.text, `"\`) {
		text, err := strconv.Unquote(tc.text)
		if err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		tc.text = text
	}
	switch {
	case tc.kind == "choice" && len(kind) > 1:
		tc.c.Options = optionSets[kind[1]]
	case tc.kind == "number" && len(kind) == 3:
		tc.c.HasRange = true
		tc.c.Min, _ = strconv.ParseInt(kind[1], 10, 64)
		tc.c.Max, _ = strconv.ParseInt(kind[2], 10, 64)
	}
	return tc
}

// got renders a result in the words of the table.
func got(r input.Result) string {
	switch r.Status {
	case input.OK:
		return "ok " + r.Value
	case input.Ambiguous:
		return "ambiguous " + strings.Join(r.Choices, " ")
	default:
		return fmt.Sprintf("%v %s", r.Status, r.Reason)
	}
}

// meets reports whether a result is what the table wants.
func meets(r input.Result, want string) bool {
	status, rest, _ := strings.Cut(want, " ")
	switch status {
	case "ask":
		return r.Status == input.Ambiguous || r.Status == input.Unclear
	case "ok":
		return r.Status == input.OK && r.Value == rest
	case "ambiguous":
		choices := strings.Fields(rest)
		have := slices.Clone(r.Choices)
		slices.Sort(choices)
		slices.Sort(have)
		return r.Status == input.Ambiguous && (rest == "" || slices.Equal(choices, have))
	default:
		return r.Status.String() == status && (rest == "" || r.Reason == rest)
	}
}

func TestHeldOut(t *testing.T) {
	t.Parallel()
	testTable(t, "testdata/heldout.txt")
	testTable(t, "testdata/heldout2.txt")
	testTable(t, "testdata/heldout3.txt")
	testTable(t, "testdata/heldout4.txt")
}

func testTable(t *testing.T, path string) {
	wrong, guessed := 0, 0
	cases := readTable(t, path)
	for _, tc := range cases {
		r := input.Parse(tc.kind, tc.text, tc.c)
		if !meets(r, tc.want) {
			wrong++
			if r.Status == input.OK {
				guessed++
			}
			t.Errorf("%s:%d: Parse(%s, %q) = %s, want %s", path, tc.line, tc.kind, tc.text, got(r), tc.want)
		}
	}
	t.Logf("%s: %d cases, %d differ, %d of them taken as a value", path, len(cases), wrong, guessed)
}

func TestWorked(t *testing.T) {
	t.Parallel()
	testTable(t, "testdata/worked.txt")
}
