package syntax

import (
	"fmt"
	"reflect"
	"strings"
)

// Equal reports whether two files say the same in the same order, comments included, wherever it stands.
func Equal(a, b *File) bool { return Dump(a) == Dump(b) }

// Dump writes a tree as an s-expression, for people and for comparing: every field of every node in order, without spans.
// A part that is absent is `-`.
func Dump(f *File) string {
	var b strings.Builder
	for _, d := range f.Decls {
		dump(&b, reflect.ValueOf(d), 0)
		b.WriteByte('\n')
	}
	for _, c := range f.Comments {
		fmt.Fprintf(&b, "(Comment %q)\n", c.Text)
	}
	return b.String()
}

// dump writes one value; depth is the number of indents of the line it stands on.
func dump(b *strings.Builder, v reflect.Value, depth int) {
	switch n := v.Interface().(type) {
	case Ident:
		dumpName(b, n.Name)
		return
	case String:
		dumpString(b, n)
		return
	case LangString:
		if n.Lang != nil {
			b.WriteString(n.Lang.Name + " ")
		}
		dumpString(b, n.String)
		return
	case Target:
		b.WriteString("-> ")
		dumpName(b, n.Name.Name)
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteByte('-')
			return
		}
		dump(b, v.Elem(), depth)
	case reflect.Slice:
		dumpList(b, v, depth)
	case reflect.Struct:
		dumpStruct(b, v, depth)
	case reflect.String:
		fmt.Fprintf(b, "%q", v.String())
	default:
		fmt.Fprint(b, v.Interface())
	}
}

func dumpName(b *strings.Builder, name string) {
	if name == "" {
		name = "-"
	}
	b.WriteString(name)
}

func dumpString(b *strings.Builder, s String) {
	if s.Block {
		b.WriteString("block")
	}
	fmt.Fprintf(b, "%q", s.Value)
}

func dumpStruct(b *strings.Builder, v reflect.Value, depth int) {
	b.WriteString("(" + v.Type().Name())
	for i := range v.NumField() {
		if v.Type().Field(i).Name == "Span" {
			continue
		}
		b.WriteByte(' ')
		dump(b, v.Field(i), depth)
	}
	b.WriteByte(')')
}

// dumpList writes names and texts side by side, anything bigger on lines of its own.
func dumpList(b *strings.Builder, v reflect.Value, depth int) {
	b.WriteByte('[')
	for i := range v.Len() {
		switch v.Index(i).Interface().(type) {
		case Ident, String, LangString:
			if i > 0 {
				b.WriteByte(' ')
			}
		default:
			b.WriteString("\n" + strings.Repeat("  ", depth+1))
		}
		dump(b, v.Index(i), depth+1)
	}
	b.WriteByte(']')
}
