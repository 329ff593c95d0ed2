package machine

import "strings"

// Website is how the chat looks on the practice's own website, and which websites may show it.
type Website struct {
	Origins []string `json:"origins,omitempty"` // https://www.lakeside.example, sorted
	Color   string   `json:"color,omitempty"`   // #rrggbb, in small letters; pages darken or lighten it until it can be read
	Logo    []byte   `json:"logo,omitempty"`    // a PNG
}

// MaxLogo is the largest logo, in bytes.
const MaxLogo = 32 << 10

// IsPNG reports whether content is a picture in the PNG format (ISO/IEC 15948), by its signature.
func IsPNG(content []byte) bool {
	return len(content) > len(pngSignature) && string(content[:len(pngSignature)]) == pngSignature
}

const pngSignature = "\x89PNG\r\n\x1a\n"

func (v *validator) website() {
	w := v.m.Practice.Website
	if w == nil {
		return
	}
	for _, o := range w.Origins {
		v.check(isOrigin(o), "`%s` is no origin of a website", o)
	}
	v.check(w.Color == "" || isColor(w.Color), "`%s` is no colour", w.Color)
	v.check(len(w.Logo) == 0 || len(w.Logo) <= MaxLogo && IsPNG(w.Logo), "the logo is no small PNG")
}

// isOrigin accepts a scheme, a host and perhaps a port, in the characters that cannot mean anything else where the origin
// is written into a header.
func isOrigin(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || scheme != "https" && scheme != "http" || rest == "" || len(s) > 200 {
		return false
	}
	for _, c := range rest {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != ':' {
			return false
		}
	}
	return true
}

func isColor(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	for _, c := range s[1:] {
		if (c < 'a' || c > 'f') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
