package session

import "strings"

// Attribution is where a patient came from, as the address by which they came says it (utm_source, utm_medium, utm_campaign): the name
// of a newsletter, never of a person. Nothing is kept on the device for it. It stands sealed in the conversation's first turn, so that
// it ends with the conversation, and is counted, never shown beside a conversation.
type Attribution struct {
	Source   string `json:"source,omitempty"`
	Medium   string `json:"medium,omitempty"`
	Campaign string `json:"campaign,omitempty"`
}

// The bounds of a name that an address may give.
const (
	attributionLength = 40
	attributionDigits = 6 // a date of birth, a telephone number and a record's number have more
)

// OtherAttribution stands for a name that is not kept, because it could be more than the name of a newsletter.
const OtherAttribution = "other"

// Clean is what is kept of an address: names of at most 40 small letters, digits, points, underscores and hyphens, with at most six digits.
// Anything else is OtherAttribution.
func (a Attribution) Clean() Attribution {
	return Attribution{cleanAttribution(a.Source), cleanAttribution(a.Medium), cleanAttribution(a.Campaign)}
}

func cleanAttribution(given string) string {
	if len(given) > 4*attributionLength { // of what is far too long nothing is looked at
		return OtherAttribution
	}
	name, digits := strings.Join(strings.Fields(strings.ToLower(given)), "-"), 0
	for _, c := range name {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z', c == '.', c == '_', c == '-':
		default:
			return OtherAttribution
		}
	}
	if len(name) > attributionLength || digits > attributionDigits {
		return OtherAttribution
	}
	return name
}
