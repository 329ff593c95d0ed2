package machine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
)

func talk() *machine.Talk {
	return &machine.Talk{
		Flow: "follow-up", Machine: "4f1c", Code: "T2104", Shows: "nothing handles pain = 3", Lasso: true,
		Lines: []machine.TalkLine{
			{Verb: machine.TalkAt, Text: "2026-03-02 10:00"}, {Verb: machine.TalkAgain},
			{Verb: machine.TalkAssistant, Text: "Hello:\nhow strong is the pain? \\o/"}, {Verb: machine.TalkPatient, Text: " 3 "},
			{Verb: machine.TalkHuman}, {Verb: machine.TalkHolds, Text: "pain=3"},
		},
	}
}

func TestTalkRoundTrip(t *testing.T) {
	t.Parallel()
	want := talk()
	got, err := machine.ParseTalk(want.Format())
	if err != nil {
		t.Fatalf("%v\n%s", err, want.Format())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseTalkRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"", "tacet talk 2\n", "tacet talk 1\nwhat\n", "tacet talk 1\nflow: a\nflow: b\n", "tacet talk 1\nlasso: no\n",
		"tacet talk 1\n\nsing: la\n", "tacet talk 1\n\npatient: a\\\n", "tacet talk 1\n\npatient: a\\b\n", "tacet talk 1\n\npatient: \xff\n",
	} {
		if got, err := machine.ParseTalk(in); err == nil {
			t.Errorf("ParseTalk(%q) = %+v, want an error", in, got)
		}
	}
}

func FuzzParseTalk(f *testing.F) {
	f.Add(talk().Format())
	f.Add("tacet talk 1\n\n# nothing\n\nat: x\n")
	f.Fuzz(func(t *testing.T, in string) {
		first, err := machine.ParseTalk(in)
		if err != nil {
			return
		}
		again, err := machine.ParseTalk(first.Format())
		if err != nil {
			t.Fatalf("%v\n%s", err, first.Format())
		}
		if d := cmp.Diff(first, again); d != "" {
			t.Error(d)
		}
	})
}
