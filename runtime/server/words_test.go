package server //nolint:testpackage // the sentences have no public face but the page

import (
	"reflect"
	"testing"
)

// TestWords looks for a sentence that a language lacks, or has from another.
func TestWords(t *testing.T) {
	t.Parallel()
	english := reflect.ValueOf(wording["en"])
	for lang, w := range wording {
		if languages[lang] == "" {
			t.Errorf("%s has no name", lang)
		}
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			name, text := v.Type().Field(i).Name, v.Field(i).String()
			if text == "" || lang != "en" && text == english.Field(i).String() {
				t.Errorf("%s: %s is %q", lang, name, text)
			}
		}
	}
}
