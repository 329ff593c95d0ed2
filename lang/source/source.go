// Package source holds the bytes of a file together with its line table, and the places in it.
//
// Every diagnostic, tree node and machine location points back through a [Span], so the unit and base of its numbers are
// fixed here once: offsets are bytes from 0, lines are counted from 1, columns are Unicode code points from 1.
package source

import (
	"fmt"
	"sort"
	"unicode/utf8"
)

// MaxFileSize is the largest file Tacet reads, in bytes. A flow of 10 000 states is about 3 MiB.
const MaxFileSize = 16 << 20

// Pos is a place in a source file. The zero Pos is no position.
type Pos struct {
	Filename string
	Offset   int // bytes from the start, 0-based
	Line     int // 1-based; 0 means no position
	Column   int // Unicode code points, 1-based
}

// IsValid reports whether p points anywhere.
func (p Pos) IsValid() bool { return p.Line > 0 }

func (p Pos) String() string {
	switch {
	case !p.IsValid() && p.Filename == "":
		return "-"
	case !p.IsValid():
		return p.Filename
	default:
		return fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
	}
}

// Span is a half-open range of bytes in one file: [Start.Offset, End).
type Span struct {
	Start Pos
	End   int // byte offset just past the last byte
}

// IsValid reports whether s points anywhere.
func (s Span) IsValid() bool { return s.Start.IsValid() }

// To returns the span from the start of s to the end of t.
func (s Span) To(t Span) Span {
	if !s.IsValid() {
		return t
	}
	if t.End < s.End {
		return s
	}
	return Span{Start: s.Start, End: t.End}
}

// File is one source file: its name as the user knows it, its bytes and where its lines start.
type File struct {
	Name  string
	Bytes []byte
	lines []int // byte offset of the first byte of each line
}

// New indexes a file. It does not judge the bytes; [File.FirstInvalidUTF8] and [MaxFileSize] are for the reader to check.
func New(name string, content []byte) *File {
	f := &File{Name: name, Bytes: content, lines: []int{0}}
	for i, b := range content {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// FirstInvalidUTF8 returns the offset of the first byte that is not valid UTF-8, or -1.
func (f *File) FirstInvalidUTF8() int {
	for i := 0; i < len(f.Bytes); {
		r, n := utf8.DecodeRune(f.Bytes[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// Pos returns the position of a byte offset; offsets outside the file are clamped to it.
func (f *File) Pos(offset int) Pos {
	offset = min(max(offset, 0), len(f.Bytes))
	line := sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	start := f.lines[line-1]
	return Pos{Filename: f.Name, Offset: offset, Line: line, Column: utf8.RuneCount(f.Bytes[start:offset]) + 1}
}

// Span returns the span of the bytes [start, end).
func (f *File) Span(start, end int) Span {
	return Span{Start: f.Pos(start), End: min(max(end, start), len(f.Bytes))}
}

// Text returns the bytes of a span as text.
func (f *File) Text(s Span) string {
	start := min(max(s.Start.Offset, 0), len(f.Bytes))
	return string(f.Bytes[start:min(max(s.End, start), len(f.Bytes))])
}

// Lines returns the number of lines; a file that ends in a newline has an empty last line.
func (f *File) Lines() int { return len(f.lines) }

// Line returns the text of a 1-based line without its line end, or "" outside the file.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	start, end := f.lines[n-1], len(f.Bytes)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	if end > start && f.Bytes[end-1] == '\r' {
		end--
	}
	return string(f.Bytes[start:end])
}
