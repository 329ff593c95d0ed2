package text_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"Chest PAIN", "chest pain"},
		{"c\u200bhe\u00adst\u2060 \u202epain\u202c", "chest pain"},
		{"ｃｈｅｓｔ 𝐩𝐚𝐢𝐧 ﬁre", "chest pain fire"},
		{"сhеst раіn", "chest pain"},
		{"corazón niño ÀÉÎÕÜ straße", "corazon nino aeiou strase"},
		{"cora\u0301zo\u0301n", "corazon"},
		{"I can't, won't, don’t, she'll, I've", "i can not will not do not she will i have"},
		{"cant dont im gonna u", "can not do not i am going to you"},
		{"paaaain soooo good", "pain so good"},
		{"٣ ５ ½", "3 5 1 2"},
		{"a\tb\r\nc", "a b c"},
		{"¿qué?", "que"},
		{"chest🫀pain", "chest heart pain"},
		{"so much 🩸🩸", "so much blood blood"},
		{"love it 😍👍🏽", "love it"},
		{"🇭🇪🇱🇵 🅷🅴🅻🅿", "help help"},
		{"ᴄʜᴇꜱᴛ", "chest"},
	} {
		if got := strings.Join(text.Texts(text.Normalise(c.in)), " "); got != c.want {
			t.Errorf("Normalise(%q) reads %q, want %q", c.in, got, c.want)
		}
	}
}

func TestWordsMapToTheOriginal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Me duele el corazo\u0301n, ¿no?", "Me|duele|el|corazo\u0301n|no"},
		{"c\u200bhest\u00a0pain", "c\u200bhest|pain"},
		{"ﬁre ①", "ﬁre|①"},
		{"don't", "don't|don't"},
		{"a🩸b", "a|🩸|b"},
	} {
		var got []string
		for _, sp := range text.Words(text.Normalise(c.in)) {
			got = append(got, c.in[sp.Start:sp.End])
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("words of %q: %q, want %q", c.in, s, c.want)
		}
	}
}
