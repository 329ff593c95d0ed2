package people

import (
	"crypto/sha256"
	_ "embed" // for the set below
	"sort"
	"strings"
)

// breached holds, in order, the first four bytes of the SHA-256 of each password of twelve and more characters, in lower case, among
// the million that people used most in breaches up to 2015: 43 940 of "10 million password list, top 1 000 000" as OWASP's SecLists
// has it. It holds no password; one in 100 000 others has the digits of one of them by chance, and is refused too.
//
//go:embed breached.bin
var breached string

const breachedSize = 4 // bytes of each

// isBreached reports whether a password, however it is capitalised, is among those that guessers try from a list.
func isBreached(password string) bool {
	sum := sha256.Sum256([]byte(strings.ToLower(password)))
	want := string(sum[:breachedSize])
	n := len(breached) / breachedSize
	at := func(i int) string { return breached[i*breachedSize : (i+1)*breachedSize] }
	i := sort.Search(n, func(i int) bool { return at(i) >= want })
	return i < n && at(i) == want
}
