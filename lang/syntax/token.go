package syntax

// kind is what sort of word a token is.
type kind uint8

const (
	kindEOF kind = iota
	kindIdent
	kindKeyword // a reserved word
	kindLang    // en, es
	kindString
	kindNumber
	kindDate
	kindCode // T5203
	kindGuard
	kindPunct   // -> , { } ( ) ..
	kindIllegal // already reported by the scanner
)

// token is one word of the file. Offsets fit: a file is at most source.MaxFileSize bytes.
type token struct {
	start, end uint32 // bytes, half open
	line       uint32 // 1-based
	col        uint32 // code points, 1-based
	indent     uint32 // blanks before the first word of its line
	kind       kind
	first      bool // nothing but white space before it on its line
}

// Declarations, by the word that opens them. The words topic, text and channel are not reserved, because fields are
// called so; they open a declaration only where one can stand.
var declWords = []string{
	"allow", "channel", "declassify", "escalation", "field", "flow", "fragment", "languages", "notice", "purpose",
	"scope", "session", "start", "state", "test", "text", "topic", "trigger", "use",
}

// Statements of a state, by the word that opens them.
var stateWords = []string{
	"->", "ask", "book", "consent", "end", "first", "handoff", "listen", "offer", "otherwise", "run", "say", "send",
	"verify", "when",
}

// Statements of an escalation.
var escalationWords = []string{"handoff", "on", "say", "send", "tier"}

// reserved holds every structural word; none of them can be a name.
var reserved = wordKinds(kindKeyword,
	"flow", "purpose", "use", "languages", "scope", "field", "declassify", "allow", "session", "notice", "start", "state",
	"escalation", "trigger", "fragment", "test", "say", "ask", "offer", "listen", "send", "book", "verify", "consent",
	"run", "first", "when", "otherwise", "end", "handoff", "tier", "on", "handle", "escalate", "refuse", "to", "by",
	"for", "expect", "true", "false", "null", "in", "and", "or", "not", "is", "if", "else")

// structural holds the reserved words that open a declaration or a statement: where one of them starts a line, the line
// before it has ended.
var structural = wordKinds(kindKeyword,
	"flow", "purpose", "use", "languages", "scope", "field", "declassify", "allow", "session", "notice", "start", "state",
	"escalation", "trigger", "fragment", "test", "say", "ask", "offer", "listen", "send", "book", "verify", "consent",
	"run", "first", "when", "otherwise", "end", "handoff", "tier", "on", "handle", "escalate", "refuse", "expect")

func wordKinds(k kind, words ...string) map[string]kind {
	m := make(map[string]kind, len(words)+2)
	for _, w := range words {
		m[w] = k
	}
	m["en"], m["es"] = kindLang, kindLang
	return m
}
