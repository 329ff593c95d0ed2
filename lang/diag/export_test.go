package diag

// Visible is what printers make of one line of text.
var Visible = visible

// CatalogueOf is the page of any codes.
var CatalogueOf = catalogueOf

// Columns returns how wide a line is, in columns.
func Columns(line string) int { return lineWidth(cells([]byte(line))) }

// HasHidden reports whether s has a character that is never printed as it is.
func HasHidden(s string) bool {
	prev := rune(0)
	for _, r := range s {
		if isHidden(r, prev) {
			return true
		}
		prev = r
	}
	return false
}
