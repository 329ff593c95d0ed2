package text

// role is what a word does for a reader that looks at every word of a message. A message without a word for a reader is not
// read by it.
type role uint16

const (
	atRole        role = 1 << iota // stands for the @ of an address
	digitRole                      // is read as digits
	monthRole                      // names a month
	placeRole                      // begins a postal address
	closingRole                    // closes an announcement of a name
	signatureRole                  // stands before a signature
	openRole                       // opens a statement of health
	injuryRole                     // tells of an injury
)

// addressHeads begin a postal address, besides digits.
var addressHeads = boxHeads.with(plotWords).with(lots).with(roads).with(numeralWords).with(streetWordsES).with(squares).with(wordSet("rural star rr hc c"))

// atWords stand for the sign.
var atWords = wordSet("at arroba")

// wordRoles are by the numbers of words; the last ones may be missing.
var wordRoles = func() []role {
	out := make([]role, len(wordNumbers)+1)
	for _, of := range []struct {
		role  role
		words wordBits
	}{
		{atRole, atWords}, {digitRole, digitWords}, {monthRole, monthWords}, {placeRole, addressHeads},
		{closingRole, closingWords.with(closingHeads)}, {signatureRole, signatures}, {openRole, openHeads}, {injuryRole, injuryVerbs},
	} {
		for n := range out {
			if of.words.holds(wordNumber(n)) {
				out[n] |= of.role
			}
		}
	}
	return out
}()

// takeStock notes what stands in the message at all, once its words are read.
func (d *detector) takeStock() {
	d.signs, d.roles, d.traits, d.capitals = signsOf(d.m.lower), 0, 0, false
	for i := range d.number {
		d.roles |= d.roleOf(i)
		d.traits |= d.words[i].traits
		d.capitals = d.capitals || d.tokens[i].capital
	}
}

// roleOf are the roles of token i.
func (d *detector) roleOf(i int) role {
	if n := int(d.number[i]); n < len(wordRoles) {
		return wordRoles[n]
	}
	return 0
}

// plays says whether some word of the message has one of the roles.
func (d *detector) plays(r role) bool { return d.roles&r != 0 }

// signSet holds which signs and digits a text has, of the characters below 64.
type signSet uint64

func signsOf(s string) signSet {
	set := signSet(0)
	for i := range len(s) {
		set |= 1 << s[i] // nothing for what lies above
	}
	return set
}

func (s signSet) has(set signSet) bool { return s&set != 0 }

// Signs that some readers cannot do without.
const (
	anyDigit  signSet = (1<<10 - 1) << '0'
	linkSigns signSet = 1<<'.' | 1<<':'
	pairSigns signSet = 1<<':' | 1<<'-'
)
