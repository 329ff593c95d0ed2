package server

import "testing"

// TestAccents: words in any practice's colour can be read on every ground of the page, and on the colour itself.
func TestAccents(t *testing.T) {
	t.Parallel()
	const least = 4.5
	for r := 0; r < 256; r += 17 {
		for g := 0; g < 256; g += 17 {
			for b := 0; b < 256; b += 17 {
				c := rgb{uint8(r), uint8(g), uint8(b)}.String()
				light, dark := accents(c)
				for _, pair := range [][2]rgb{{light, paperLight}, {light, cardLight}, {white, light}, {dark, paperDark}, {dark, cardDark}, {inkDark, dark}} {
					if got := contrast(pair[0], pair[1]); got < least {
						t.Errorf("%s: %s on %s has %.2f", c, pair[0], pair[1], got)
					}
				}
			}
		}
	}
	if light, dark := accents("#0f5c4d"); light != ownAccent || dark == ownAccent {
		t.Errorf("a colour that can be read becomes %s and %s", light, dark)
	}
}
