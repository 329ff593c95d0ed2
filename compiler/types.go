package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// The field types that the language itself gives a meaning.
const (
	typeText    = "text"
	typeName    = "name"
	typePhone   = "phone"
	typeEmail   = "email"
	typeDate    = "date"
	typeTime    = "time"
	typeBirth   = "date-of-birth"
	typeZip     = "zip"
	typeNumber  = "number"
	typeYesNo   = "yes-no"
	typeChoice  = "choice"
	typeSlot    = "slot"
	typeMessage = "message"
)

// fieldType is the type of a field or parameter.
type fieldType struct {
	name     string // as the policy knows it: has-insurance
	input    string // as patients are asked for it, and as in machine.Field.Type: yes-no
	options  []string
	min, max *int64
}

// types is what check found out about the tree: the types of fields, their classes, and the guards.
type types struct {
	refs    map[*syntax.TypeRef]fieldType
	classes map[string]string // field → class, after raising and lowering
	linked  map[string]string // field → the class that it has only beside another field
	declass map[string]*syntax.DeclassifyDecl
	treat   map[string]string // topic → handle, escalate or refuse
	raised  map[string]string // topic or trigger → escalation
	guards  map[*syntax.WhenStmt]*guard.Expr
	agreed  map[string]*syntax.ConsentStmt // consent → where it is asked for first
}

// typeOfRef reads a type as written. Words that the language does not know are the policy's to judge; it also knows the
// other spellings of a type.
func (c *compilation) typeOfRef(t *syntax.TypeRef) fieldType {
	if known, ok := c.types.refs[t]; ok {
		return known
	}
	out := fieldType{name: t.Name, input: t.Name}
	if info, ok := c.facts.policy.FieldType(t.Name); ok {
		out.name, out.input = info.Name, asked(info)
		out.min, out.max = info.Min, info.Max
	}
	if t.Name == "one of" {
		out.name, out.input = typeChoice, typeChoice
	}
	for _, o := range t.Options {
		out.options = append(out.options, o.Name.Name)
	}
	if t.Min != nil {
		out.min = &t.Min.Value
	}
	if t.Max != nil {
		out.max = &t.Max.Value
	}
	if out.input == typeDate {
		out.min, out.max = dayBounds(out.min, out.max)
	}
	if c.types.refs == nil {
		c.types.refs = map[*syntax.TypeRef]fieldType{}
	}
	c.types.refs[t] = out
	return out
}

// asked is the type that patients are asked for: what a policy's type says of its input, or itself. Text of a policy's
// type keeps its name, by which what stands in it is judged; free times and messages have types of their own.
func asked(info policy.TypeInfo) string {
	switch info.Input {
	case typeText, typeSlot, typeMessage:
		return info.Name
	}
	return info.Input
}

// dayBounds completes what a date may be, in days from today: as far back or ahead as anybody means, and from today on
// where nothing is said.
func dayBounds(low, high *int64) (from, to *int64) {
	today, back, ahead := int64(0), int64(-machine.DaysBack), int64(machine.DaysAhead)
	switch {
	case low == nil && high == nil:
		return &today, &ahead
	case low == nil:
		return &back, high
	case high == nil:
		return low, &ahead
	}
	return low, high
}

// typeOf returns the type of a field or parameter that resolve found.
func (c *compilation) typeOf(b body, name string) fieldType {
	if b.frag != nil {
		if p := b.frag.params[name]; p != nil {
			return c.typeOfRef(&p.Type)
		}
	}
	return c.typeOfRef(&c.names.fields[name].Type)
}

// fits says why a field of this type cannot be given for a parameter of type want; empty if it can.
func (t fieldType) fits(want fieldType) string {
	switch {
	case t.name != want.name:
		return fmt.Sprintf("it is %s, not %s", t.written(), want.written())
	case t.name == typeChoice && !sameSet(t.options, want.options):
		return fmt.Sprintf("its options are %s, not %s", list(t.options), list(want.options))
	case want.min != nil && (t.min == nil || *t.min < *want.min), want.max != nil && (t.max == nil || *t.max > *want.max):
		return fmt.Sprintf("its range is not within %s", want.written())
	}
	return ""
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// written is the type as an author writes it.
func (t fieldType) written() string {
	switch t.name {
	case typeChoice:
		return "one of " + strings.Join(t.options, ", ")
	case typeBirth:
		return "date of birth"
	case typeNumber:
		if t.min != nil && t.max != nil {
			return fmt.Sprintf("number %d..%d", *t.min, *t.max)
		}
	case typeDate:
		return t.writtenDate()
	}
	return t.name
}

// writtenDate leaves out what nobody needs to write.
func (t fieldType) writtenDate() string {
	low, high := day(*t.min), day(*t.max)
	if *t.min == -machine.DaysBack {
		low = ""
	}
	if *t.max == machine.DaysAhead {
		high = ""
	}
	if low == "today" && high == "" {
		return typeDate
	}
	return typeDate + " " + low + ".." + high
}

func day(n int64) string {
	if n == 0 {
		return "today"
	}
	return fmt.Sprint(n)
}

// kind is what a field of this type is in a guard.
func (t fieldType) kind() guard.Kind {
	switch t.input {
	case typeYesNo:
		return guard.Bool
	case typeNumber:
		return guard.Int
	case typeChoice:
		return guard.Choice
	case typeDate, typeBirth:
		return guard.Date
	case typeTime:
		return guard.Time
	}
	return guard.String
}

// shown reports whether a text may repeat a value of this type to the patient.
func (t fieldType) shown() bool {
	switch t.name {
	case typeText, typeName, typePhone, typeEmail, typeDate, typeTime, typeBirth, typeZip, typeNumber, typeYesNo, typeChoice, typeSlot:
		return true
	}
	return false
}
