// Package hostile holds texts that nobody means well: what tests write wherever a patient, a vendor or a member of staff can.
package hostile

import (
	_ "embed"
	"encoding/json"
	"strings"
)

//go:embed corpus.txt
var corpus string

// Lines returns the texts, several hundred.
func Lines() []string {
	var list []string
	for l := range strings.Lines(corpus) {
		if !strings.HasPrefix(l, `"`) {
			continue
		}
		var text string
		if err := json.Unmarshal([]byte(l), &text); err != nil {
			panic("hostile: " + l + ": " + err.Error()) // a test reads them all
		}
		list = append(list, text)
	}
	return list
}
