package server

import (
	"testing"
	"unicode/utf8"
)

// FuzzDecode holds that the short way to read a body takes nothing that encoding/json would not, and reads the same in it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"client_id":"1","text":"hello"}`, ` { "client_id" : "1" , "human" : true , "seen" : 12 } `, `{}`, `{ }`, `{"text":"ñ"}`,
		`{"text":"a","text":"b"}`, `{"text":"\u0041"}`, `{"seen":01}`, `{"seen":0}`, `{"seen":-1}`, `{"seen":1.0}`, `{"seen":1e3}`,
		`{"human":null}`, `{"human":truex}`, `{"text":"a",}`, `{"text":"a"}}`, `{"text":"a"} {}`, `{"text" "a"}`, `{"seen":}`, "{\"text\":\"\x01\"}",
		`{"text":{"a":1}}`, `{"text":["a"]}`, `[]`, `{"Text":"a"}`, `{"other":1}`, "{\"text\":\"\xff\"}", "\ufeff{}", `{"text":"\ud800"}`, ``, `{`, `{"text`,
		`{"seen":99999999999999999999}`, `{"text":"a"` + "\v}", `{"text":"a` + "\u2028" + `"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var short, long postBody
		if !utf8.Valid(body) || !decodePlain(body, membersOf(&short)) {
			return
		}
		if err := decodeAny(body, membersOf(&long)); err != nil || short != long {
			t.Errorf("%q: the short way reads %+v, the long way %+v, %v", body, short, long, err)
		}
	})
}

func TestDecodePlainTakesOrdinaryBodies(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]postBody{
		`{"client_id":"1","text":"¿Qué?"}`:                             {ClientID: "1", Text: "¿Qué?"},
		" {\n\t\"client_id\": \"1\", \"human\": true,\r\n\"seen\":12}": {ClientID: "1", Human: true, Seen: 12},
	} {
		var got postBody
		if !decodePlain([]byte(body), membersOf(&got)) || got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}
