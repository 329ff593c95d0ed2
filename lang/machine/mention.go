package machine

import (
	"regexp"
	"slices"
	"strings"
)

// emergencyNumbers are numbers of three digits that may stand beside each other: “911, 988”.
var emergencyNumbers = []string{"911", "988", "112"}

var (
	// numeral is a number as it is written: groups of digits, with what joins the groups of one telephone number.
	numeral = regexp.MustCompile(`\+?[0-9]+(?:[-. ()/]{1,2}[0-9]+)*`)
	digits  = regexp.MustCompile(`[0-9]+`)
	// denied is what ends right before a number that is not to be called: “do not call”, “instead of 911”, “no llame al”.
	denied = regexp.MustCompile(`(?:^|[^\pL])(?:(?:not|[a-z]+n['’]?t|never|cannot|no need to|without|instead of|rather than|no|nunca|jamás|en vez de|en lugar de|sin)` +
		`(?: (?:call|calling|dial|dialing|dialling|text|texting|phone|phoning|ring|use|using|contact|contacting|` +
		`llame|llamen|llames|llamar|marque|marquen|marques|marcar|use|usar))?(?: (?:the|to|on|al|a|el))?) $`)
)

// GivesNumber reports whether a text tells to call a number of three digits (911, 988): it stands there by itself, not as a
// part of a longer number, and not only where the text says not to call it.
func GivesNumber(s, number string) bool {
	low := strings.ToLower(s)
	for _, at := range numeral.FindAllStringIndex(low, -1) {
		groups := digits.FindAllString(low[at[0]:at[1]], -1)
		if !slices.Contains(groups, number) || slices.ContainsFunc(groups, partOfLonger) {
			continue
		}
		if !denied.MatchString(low[:at[0]]) {
			return true
		}
	}
	return false
}

// partOfLonger reports whether a group of digits makes what stands beside it a telephone number.
func partOfLonger(group string) bool {
	return len(group) > 2 && !slices.Contains(emergencyNumbers, group)
}
