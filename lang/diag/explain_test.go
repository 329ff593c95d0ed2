package diag_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, c := range []*diag.Code{unhandled, unknownState, unused} {
		out.WriteString(diag.Explain(c) + "----\n")
	}
	golden(t, "explain.txt", out.Bytes())
}

func TestCatalogueOf(t *testing.T) {
	t.Parallel()
	fenced := &diag.Code{ID: "T9001", Title: "a | b", Text: "One.\n\nTwo.", Bad: "```\nx\n```"}
	golden(t, "catalogue.md", diag.CatalogueOf([]*diag.Code{unknownState, unhandled, unused, fenced}))
}

// The page in spec is rewritten with TACET_UPDATE=1 after a code has changed.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	page := diag.Catalogue()
	if bytes.Contains(page, []byte("\n## \n")) {
		t.Error("a code has a first digit without an area")
	}
	golden(t, "../../../spec/diagnostics.md", page)
}

// Every code has what its page needs.
func TestCodes(t *testing.T) {
	t.Parallel()
	for _, c := range diag.Codes() {
		switch {
		case len(c.ID) != 5 || c.ID[0] != 'T' || strings.Trim(c.ID[1:], "0123456789") != "":
			t.Errorf("%s: a code is T and four digits", c.ID)
		case c.Title == "" || c.Text == "":
			t.Errorf("%s: no title or no text", c.ID)
		case strings.HasSuffix(c.Title, ".") || strings.Contains(c.Title, "\n"):
			t.Errorf("%s: the title %q is not one line without a period", c.ID, c.Title)
		}
		if diag.Lookup(c.ID) != c {
			t.Errorf("%s: not found by its id", c.ID)
		}
	}
}
