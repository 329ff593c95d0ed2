package server

import "github.com/tacet-lang/tacet/runtime/engine"

// field says how the page's input looks for what is asked. Its type is always text: a browser would drop or refuse
// words in any other, and a patient must be able to write "chest pain" wherever something is asked.
type field struct {
	Mode         string // inputmode: which keyboard a phone shows
	Autocomplete string
	Hint         string
	Letters      bool   // the keyboard has no letters: offer them
	Long         bool   // several lines
	Pick         string // type of a picker that writes the answer for whom it suits; "" for none
}

func newField(w words, in engine.Input) field {
	f := field{Mode: "text", Autocomplete: "off", Hint: w.Placeholder}
	switch in.Kind {
	case "name":
		f.Autocomplete = "name"
	case "phone":
		f = field{Mode: "tel", Autocomplete: "tel", Hint: "(312) 555-0142", Letters: true}
	case "email":
		f = field{Mode: "email", Autocomplete: "email", Hint: "name@example.com"}
	case "zip":
		f = field{Mode: "numeric", Autocomplete: "postal-code", Hint: "60601", Letters: true}
	case "number":
		f = field{Mode: "numeric", Autocomplete: "off", Hint: span(in), Letters: true}
	case "code":
		f = field{Mode: "numeric", Autocomplete: "one-time-code", Hint: "000000", Letters: true}
	case "date-of-birth":
		f.Autocomplete, f.Pick = "bday", "date"
	case "date":
		f.Pick = "date"
	case "time":
		f.Pick = "time"
	case "message", "listen":
		f.Long = true
	}
	return f
}

// span shows the bounds of a number.
func span(in engine.Input) string {
	if in.Min == "" || in.Max == "" {
		return ""
	}
	return in.Min + "–" + in.Max
}
