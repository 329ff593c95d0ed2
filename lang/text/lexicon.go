package text

import (
	"embed"
	"strings"
	"sync"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// lexicon reads an embedded word list: words or phrases separated by white space or, with sep, by sep; '#' begins a
// comment line.
func lexicon(name, sep string) []string {
	data, err := lexiconFiles.ReadFile("lexicon/" + name)
	if err != nil {
		panic("text: embedded lexicon " + name + " is missing")
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if sep == "" {
			out = append(out, strings.Fields(line)...)
			continue
		}
		for part := range strings.SplitSeq(line, sep) {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// commonWords are everyday words that the speller must not correct.
var commonWords = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool)
	for _, w := range lexicon("common.txt", "") {
		out[w] = true
	}
	return out
})
