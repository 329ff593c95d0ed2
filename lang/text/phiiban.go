package text

import "strings"

// ibanLengths are the lengths of International Bank Account Numbers by country (ISO 13616, the registry of SWIFT).
var ibanLengths = func() map[string]int {
	out := map[string]int{}
	for entry := range strings.FieldsSeq(`ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 br29 by28 ch21 cr22 cy28 cz24 de22 dk18 do28 ee20 eg29 es24 fi18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28
 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ma28 mc27 md24 me22 mk19 mt31 mu30 nl18 no15 pk24 pl28 ps29 pt25 qa29 ro24 rs22 sa24 sc31 se24 si19 sk24 sm27 sv28 tn24 tr26 ua29 va22 vg24 xk20`) {
		out[entry[:2]] = number(entry[2:])
	}
	return out
}()

// ibans finds International Bank Account Numbers, as printed in groups or as one word, by their check digits.
func (d *detector) ibans() {
	s := d.m.lower
	for i := 0; i+4 <= len(s); i++ {
		if !isDigit(s[i+3]) || !isDigit(s[i+2]) || i > 0 && isWordByte(s[i-1]) {
			continue
		}
		want := ibanLengths[s[i:i+2]]
		if want == 0 {
			continue
		}
		if to := d.ibanEnd(i, want); to > i {
			d.report("account", i, to, rankChecked, ActionMask)
			i = to
		}
	}
}

// ibanEnd is where the account number of so many characters that begins at from ends, or 0 if it is none: single spaces
// or dashes may part it, and the remainder of the whole by 97 is one (ISO/IEC 7064).
func (d *detector) ibanEnd(from, size int) int {
	s := d.m.lower
	bare := make([]byte, 0, size)
	to := from
	for ; to < len(s) && len(bare) < size; to++ {
		switch c := s[to]; {
		case isWordByte(c) && c != other:
			bare = append(bare, c)
		case c != ' ' && c != '-' || to+1 == len(s) || !isWordByte(s[to+1]):
			return 0
		}
	}
	if len(bare) < size || to < len(s) && isWordByte(s[to]) {
		return 0
	}
	rest := 0
	for k := range bare {
		switch c := bare[(k+4)%size]; {
		case isDigit(c):
			rest = (rest*10 + int(c-'0')) % 97
		default:
			rest = (rest*100 + int(c-'a') + 10) % 97
		}
	}
	if rest != 1 {
		return 0
	}
	return to
}
