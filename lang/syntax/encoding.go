package syntax

import (
	"bytes"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// encodingSample is how many bytes show which encoding a file is in.
const encodingSample = 1024

// byteOrderMarks begin files in encodings other than UTF-8 (Unicode Standard, section 23.8). The longer come first,
// because the mark of UTF-32 begins as that of UTF-16 does.
var byteOrderMarks = []struct{ mark, encoding string }{
	{"\xff\xfe\x00\x00", "UTF-32"},
	{"\x00\x00\xfe\xff", "UTF-32"},
	{"\xff\xfe", "UTF-16"},
	{"\xfe\xff", "UTF-16"},
}

// otherEncoding reports a file that is in UTF-16 or UTF-32 as a whole, where each of its characters would be an error.
// It returns nil for every other file.
func otherEncoding(f *source.File) *diag.Diagnostic {
	encoding := encodingOf(f.Bytes)
	if encoding == "" {
		return nil
	}
	// There is no line to show: all of it would be signs for what no screen shows.
	return diag.NotUTF8.At(source.Span{Start: source.Pos{Filename: f.Name}}, "this file is saved as %s", encoding).
		Help("save it as UTF-8")
}

// encodingOf returns the encoding of the content if that is UTF-16 or UTF-32, or "".
func encodingOf(content []byte) string {
	for _, b := range byteOrderMarks {
		if bytes.HasPrefix(content, []byte(b.mark)) {
			return b.encoding
		}
	}
	// Without a mark it is shown by the zero bytes of Latin letters, of which each has one or three.
	sample := content[:min(len(content), encodingSample)]
	var zeros [4]int
	for i, b := range sample {
		if b == 0 {
			zeros[i%4]++
		}
	}
	quarter := len(sample) / 4
	most := func(i int) bool { return quarter >= 2 && zeros[i]*4 >= quarter*3 }
	switch {
	case most(1) && most(2) && most(3) && zeros[0] == 0, most(0) && most(1) && most(2) && zeros[3] == 0:
		return "UTF-32"
	case most(1) && most(3) && zeros[0]+zeros[2] == 0, most(0) && most(2) && zeros[1]+zeros[3] == 0:
		return "UTF-16"
	default:
		return ""
	}
}
