package server

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour of the screen (sRGB).
type rgb struct{ r, g, b uint8 }

// The grounds of the page, as in chat.css, and what a practice's colour is mixed with.
var (
	white      = rgb{0xff, 0xff, 0xff}
	black      = rgb{0, 0, 0}
	paperLight = rgb{0xf6, 0xf7, 0xf5}
	cardLight  = white
	paperDark  = rgb{0x14, 0x18, 0x16}
	cardDark   = rgb{0x1e, 0x24, 0x21}
	inkDark    = rgb{0x06, 0x25, 0x1e}
	ownAccent  = rgb{0x0f, 0x5c, 0x4d}
)

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// luminance is relative luminance (WCAG 2.2).
func (c rgb) luminance() float64 {
	part := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c.r) + 0.7152*part(c.g) + 0.0722*part(c.b)
}

// contrast is the contrast ratio of two colours (WCAG 2.2): 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// mix is n hundredths of a colour, the rest of another.
func (c rgb) mix(with rgb, n int) rgb {
	part := func(a, b uint8) uint8 { return uint8((int(a)*n + int(b)*(100-n)) / 100) } //nolint:gosec // between two bytes
	return rgb{part(c.r, with.r), part(c.g, with.g), part(c.b, with.b)}
}

// readable is the colour moved towards another as little as makes text of it readable on every ground (WCAG 2.2 1.4.3).
func (c rgb) readable(towards rgb, grounds ...rgb) rgb {
	const least = 4.5
	for n := 100; n > 0; n -= 2 {
		out, ok := c.mix(towards, n), true
		for _, g := range grounds {
			ok = ok && contrast(out, g) >= least
		}
		if ok {
			return out
		}
	}
	return towards
}

// accents are a practice's colour as it can be read on light and on dark ground; of "", the page's own.
func accents(color string) (light, dark rgb) {
	c := ownAccent
	if n, err := strconv.ParseUint(color[min(1, len(color)):], 16, 32); err == nil && len(color) == 7 {
		c = rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)} //nolint:gosec // six digits
	}
	return c.readable(black, paperLight, cardLight), c.readable(white, paperDark, cardDark, inkDark)
}

// theme is the style sheet that lays a practice's colour over the page's own.
func theme(color string) string {
	light, dark := accents(color)
	return fmt.Sprintf(":root{--accent:%s;--on-accent:%s;--own:%s}\n"+
		"@media (prefers-color-scheme:dark){:root{--accent:%s;--on-accent:%s;--own:%s}}\n",
		light, white, light.mix(cardLight, 14), dark, inkDark, dark.mix(cardDark, 20))
}
