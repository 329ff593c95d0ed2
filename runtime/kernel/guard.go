package kernel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is what a value is.
type kind int

const (
	boolean kind = iota + 1
	integer
	text
	option // a text of a fixed few
	day    // 2006-01-02, compared as text
	clock  // 15:04, compared as text
)

func kindOf(fieldType string) kind {
	switch fieldType {
	case "yes-no":
		return boolean
	case "number":
		return integer
	case "choice":
		return option
	case "date", dateOfBirth:
		return day
	case "time":
		return clock
	}
	return text
}

const dateOfBirth = "date-of-birth"

// subject is what a test looks at: a variable, and which side of it.
type subject struct {
	variable string // a field, "now", "channel", "language", "heard:NAME", "attempts", "verified"
	isField  bool
	side     string // "": the value; "age", "days" of a date; "open", "hour", "weekday" of now
	kind     kind
	options  []string
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// given are the names that every guard may use.
var given = map[string]subject{
	"practice.open": {variable: "now", side: "open", kind: boolean},
	"now.hour":      {variable: "now", side: "hour", kind: integer},
	"now.weekday":   {variable: "now", side: "weekday", kind: option, options: weekdays},
	"channel":       {variable: "channel", kind: option, options: []string{"web-chat", "portal-chat", "sms", "email"}},
	"language":      {variable: "language", kind: option, options: []string{"en", "es"}},
	"attempts":      {variable: "attempts", kind: integer},
	"verified":      {variable: "verified", kind: boolean},
}

// constant is a fixed value of a guard, and what a test finds in a sample.
type constant struct {
	kind kind // of a literal: boolean, integer or text
	yes  bool
	n    int64
	s    string
}

// test compares a subject with constants; "in" with any number of them, other operators with one.
type test struct {
	subject
	op     string
	values []constant
	number int    // the variable's number; -1 for attempts and verified
	truth  []bool // by cell of the variable
}

// holds decides the test for a value.
func (t *test) holds(v constant) bool {
	if t.op == "in" {
		return slices.ContainsFunc(t.values, func(c constant) bool { return t.compare(v, c) == 0 })
	}
	n := t.compare(v, t.values[0])
	switch t.op {
	case "==":
		return n == 0
	case "!=":
		return n != 0
	case "<":
		return n < 0
	case "<=":
		return n <= 0
	case ">":
		return n > 0
	default: // ">="
		return n >= 0
	}
}

func (t *test) compare(v, c constant) int {
	switch {
	case t.kind == boolean && v.yes == c.yes, t.kind == integer && v.n == c.n:
		return 0
	case t.kind == boolean, t.kind == integer && v.n > c.n:
		return 1
	case t.kind == integer:
		return -1
	}
	return strings.Compare(v.s, c.s)
}

// guard is a condition in postfix order: each operator stands after what it works on.
type guard struct {
	code     []instruction
	tested   []int   // the variables that are tested, ascending
	attempts []int64 // where tests of attempts can change
}

type instruction struct {
	op   operator
	test int
}

type operator int

const (
	pushTrue operator = iota
	pushFalse
	pushTest
	not
	and
	or
	choose
)

// eval decides a guard; holds says what becomes of each test.
func (g *guard) eval(holds func(test int) bool) bool {
	stack := make([]bool, 0, 16)
	for _, i := range g.code {
		n := len(stack)
		switch i.op {
		case pushTrue, pushFalse:
			stack = append(stack, i.op == pushTrue)
		case pushTest:
			stack = append(stack, holds(i.test))
		case not:
			stack[n-1] = !stack[n-1]
		case and:
			stack = append(stack[:n-2], stack[n-2] && stack[n-1])
		case or:
			stack = append(stack[:n-2], stack[n-2] || stack[n-1])
		case choose:
			chosen := stack[n-1]
			if stack[n-3] {
				chosen = stack[n-2]
			}
			stack = append(stack[:n-3], chosen)
		}
	}
	return stack[0]
}

// Limits of a guard.
const (
	maxGuard = 8_000 // bytes
	maxDepth = 64    // of brackets and conditionals: bounds the recursion of the parser
)

// readGuards parses every guard of the machine.
func (k *checker) readGuards() error {
	k.testOf = map[string]int{}
	for i := range k.m.Guards {
		source := k.m.Guards[i].Source
		p := &parser{k: k, rest: source}
		if len(source) > maxGuard {
			p.fail("it is longer than %d bytes", maxGuard)
		}
		p.advance()
		p.formula(p.conditional())
		if p.token != "" {
			p.fail("%q stands after its end", p.token)
		}
		slices.Sort(p.reads)
		if reads := slices.Compact(p.reads); p.failure == "" && !slices.Equal(reads, k.m.Guards[i].Reads) {
			p.fail("it reads %q, and the machine says %q", reads, k.m.Guards[i].Reads)
		}
		if p.failure != "" {
			return refuse("form", "", "the guard `%s` is outside the fragment: %s", source, p.failure)
		}
		k.guards = append(k.guards, guard{code: p.code})
	}
	return nil
}

// parser reads one guard by recursive descent. The first failure stays, and ends the input.
type parser struct {
	k       *checker
	rest    string
	token   string // empty at the end
	depth   int
	code    []instruction
	reads   []string
	failure string
}

// operand is what a part of a guard stands for: a formula whose code is written, a subject, or a literal.
type operand struct {
	formula bool
	subject *subject
	literal constant
}

func (p *parser) fail(format string, args ...any) operand {
	if p.failure == "" {
		p.failure = fmt.Sprintf(format, args...)
	}
	p.rest, p.token = "", ""
	return operand{formula: true}
}

// advance reads the next token: a word with dots, a number, a quoted text with its first quote, or a sign.
func (p *parser) advance() {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	switch {
	case p.rest == "":
		p.token = ""
	case p.rest[0] == '"' || p.rest[0] == '\'':
		p.quoted()
	case wordByte(p.rest[0]):
		p.cut(len(p.rest) - len(strings.TrimLeft(p.rest, wordBytes)))
	case len(p.rest) > 1 && slices.Contains([]string{"==", "!=", "<=", ">=", "&&", "||"}, p.rest[:2]):
		p.cut(2)
	default:
		p.cut(1)
	}
}

const wordBytes = "abcdefghijklmnopqrstuvwxyz0123456789_.ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func wordByte(b byte) bool { return strings.IndexByte(wordBytes, b) >= 0 }

func (p *parser) cut(n int) { p.token, p.rest = p.rest[:n], p.rest[n:] }

// quoted reads a quoted text and what its escapes stand for.
func (p *parser) quoted() {
	quote := p.rest[0]
	var out strings.Builder
	for i := 1; i < len(p.rest); i++ {
		b := p.rest[i]
		switch {
		case b == quote:
			p.token, p.rest = `"`+out.String(), p.rest[i+1:]
			if strings.HasPrefix(p.rest, string(quote)) {
				p.fail("a text in quotes is followed by another")
			}
			return
		case b == '\\' && i+1 < len(p.rest) && escapes[p.rest[i+1]] != 0:
			i++
			out.WriteByte(escapes[p.rest[i]])
		case b == '\\', b == '\n', b == '\r':
			p.fail("a text in quotes has an escape or a line end that is not read here")
			return
		default:
			out.WriteByte(b)
		}
	}
	p.fail("a text in quotes does not end")
}

var escapes = map[byte]byte{'"': '"', '\'': '\'', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}

func (p *parser) accept(token string) bool {
	if p.token != token {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expect(token string) {
	if !p.accept(token) {
		p.fail("%q is missing before %q", token, p.token)
	}
}

func (p *parser) emit(op operator, test int) {
	p.code = append(p.code, instruction{op: op, test: test})
}

// formula makes an operand a formula, if it is not one yet.
func (p *parser) formula(x operand) {
	switch {
	case x.formula:
	case x.subject != nil && x.subject.kind == boolean:
		p.test(*x.subject, "==", []constant{{kind: boolean, yes: true}})
	case x.subject == nil && x.literal.kind == boolean && x.literal.yes:
		p.emit(pushTrue, 0)
	case x.subject == nil && x.literal.kind == boolean:
		p.emit(pushFalse, 0)
	default:
		p.fail("a part of it is no condition")
	}
}

// conditional = disjunction [ "?" disjunction ":" conditional ] .
func (p *parser) conditional() operand {
	if p.depth++; p.depth > maxDepth {
		return p.fail("it nests more than %d levels deep", maxDepth)
	}
	defer func() { p.depth-- }()
	x := p.disjunction()
	if !p.accept("?") {
		return x
	}
	p.formula(x)
	p.formula(p.disjunction())
	p.expect(":")
	p.formula(p.conditional())
	p.emit(choose, 0)
	return operand{formula: true}
}

func (p *parser) disjunction() operand { return p.chain("||", or, p.conjunction) }

func (p *parser) conjunction() operand { return p.chain("&&", and, p.relation) }

// chain = part { sign part } .
func (p *parser) chain(sign string, op operator, part func() operand) operand {
	x := part()
	for p.accept(sign) {
		p.formula(x)
		p.formula(part())
		p.emit(op, 0)
		x = operand{formula: true}
	}
	return x
}

var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// relation = negation [ comparison negation | "in" list ] .
func (p *parser) relation() operand {
	x := p.negation()
	op := p.token
	if p.accept("in") {
		if x.subject == nil {
			return p.fail("`in` needs a name before it")
		}
		p.test(*x.subject, "in", p.list())
		return operand{formula: true}
	}
	if mirrored[op] == "" {
		return x
	}
	p.advance()
	y := p.negation()
	if x.subject == nil {
		x, y, op = y, x, mirrored[op]
	}
	if x.subject == nil || y.subject != nil || y.formula {
		return p.fail("it does not compare a name with a fixed value")
	}
	p.test(*x.subject, op, []constant{y.literal})
	return operand{formula: true}
}

// list = "[" literal { "," literal } "]" .
func (p *parser) list() []constant {
	var out []constant
	p.expect("[")
	for {
		x := p.primary()
		if x.formula || x.subject != nil {
			p.fail("a list holds something that is not fixed")
		}
		out = append(out, x.literal)
		if !p.accept(",") {
			break
		}
	}
	p.expect("]")
	return out
}

// negation = { "!" } primary .
func (p *parser) negation() operand {
	n := 0
	for p.accept("!") {
		n++
	}
	x := p.primary()
	if n == 0 {
		return x
	}
	p.formula(x)
	if n%2 == 1 {
		p.emit(not, 0)
	}
	return operand{formula: true}
}

// primary = "(" conditional ")" | literal | name | ("age" | "days") "(" field ")" | "heard" "(" text ")" .
func (p *parser) primary() operand {
	token := p.token
	p.advance()
	switch {
	case token == "":
		return p.fail("it ends too early")
	case token == "(":
		x := p.conditional()
		p.expect(")")
		return x
	case token == "true" || token == "false":
		return operand{literal: constant{kind: boolean, yes: token == "true"}}
	case token[0] == '"':
		return operand{literal: constant{kind: text, s: token[1:]}}
	case token == "-":
		token += p.token
		p.advance()
	}
	if token[0] == '-' || token[0] >= '0' && token[0] <= '9' {
		n, err := strconv.ParseInt(token, 10, 64)
		if err != nil {
			return p.fail("%q is no whole number", token)
		}
		return operand{literal: constant{kind: integer, n: n}}
	}
	if p.accept("(") {
		return p.call(token)
	}
	return p.name(token)
}

// call reads the argument of a function.
func (p *parser) call(function string) operand {
	arg := p.primary()
	p.expect(")")
	_, known := p.k.heardOf[arg.literal.s]
	switch {
	case function == "heard" && arg.literal.kind == text && known:
		p.test(subject{variable: "heard:" + arg.literal.s, kind: boolean}, "==", []constant{{kind: boolean, yes: true}})
		return operand{formula: true}
	case (function == "age" || function == "days") && arg.subject != nil && arg.subject.kind == day && arg.subject.side == "":
		return operand{subject: &subject{variable: arg.subject.variable, isField: true, side: function, kind: integer}}
	}
	return p.fail("%s of what stands in its brackets is not known", function)
}

func (p *parser) name(token string) operand {
	field, isField := p.k.fieldOf[token]
	s, isGiven := given[token]
	switch {
	case isField && isGiven:
		return p.fail("%q is both a field and a given name", token)
	case isField:
		f := &p.k.m.Fields[field]
		p.reads = append(p.reads, token)
		s = subject{variable: token, isField: true, kind: kindOf(f.Type)}
		for _, o := range f.Options {
			s.options = append(s.options, o.Value)
		}
	case !isGiven:
		return p.fail("there is no name %q", token)
	}
	return operand{subject: &s}
}

// test emits a comparison, each different one of the machine once, after looking at the kinds of both sides.
func (p *parser) test(s subject, op string, values []constant) {
	literal := s.kind
	if s.kind == option || s.kind == day || s.kind == clock {
		literal = text
	}
	for _, v := range values {
		if v.kind != literal || !s.canBe(v.s) {
			p.fail("a value that is compared with %q is not of its kind", s.variable)
		}
	}
	if ordered := op[0] == '<' || op[0] == '>'; ordered && (s.kind == boolean || s.kind == text || s.kind == option) {
		p.fail("%q has no smaller or larger", s.variable)
	}
	key := fmt.Sprintf("%s %v %s %s %#v", s.variable, s.isField, s.side, op, values)
	n, ok := p.k.testOf[key]
	if !ok {
		n = len(p.k.tests)
		p.k.testOf[key] = n
		p.k.tests = append(p.k.tests, test{subject: s, op: op, values: values, number: -1})
	}
	p.emit(pushTest, n)
}

// canBe reports whether a literal text is one that the subject can be compared with.
func (s *subject) canBe(v string) bool {
	switch s.kind {
	case option:
		return slices.Contains(s.options, v)
	case day:
		return isDay(v)
	case clock:
		t, err := time.Parse(clockForm, v)
		return err == nil && t.Format(clockForm) == v
	}
	return true
}

const clockForm = "15:04"
