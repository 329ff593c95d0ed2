package text_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestScopeModelIsCurrent trains the judge of findings again and compares; TACET_UPDATE=1 writes it.
func TestScopeModelIsCurrent(t *testing.T) {
	const file = "lexicon/scope.bin"
	want := text.TrainScope(t, standardModules(t).triggers)
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text.ScopeData(), want) {
		t.Errorf("%s is not what its data gives (%d bytes, want %d); run go generate", file, len(text.ScopeData()), len(want))
	}
}

// TestReportScopeFolds measures the judge on findings that it was not trained on.
func TestReportScopeFolds(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	text.ReportScopeFolds(t, standardModules(t).triggers)
}

// TestReportTriggerWriters measures the triggers on each independent writer with models that never saw that writer; the bars
// are chosen here.
func TestReportTriggerWriters(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	text.ReportWriters(t, standardModules(t).triggers)
}

// TestWhatIsSaidPlainlyCounts says that something is wrong, within what people write around it: nothing of that may take it
// back. None of it was trained on.
func TestWhatIsSaidPlainlyCounts(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	for _, wrong := range []string{
		"my chest is killing me", "I have chest pain", "I think I'm having a stroke", "can't catch my breath", "my tongue is swelling", "i dont want to live anymore",
		"she passed out and won't wake up", "my boyfriend choked me", "I was raped", "my stitches popped open",
		"me aprieta el pecho", "no puedo respirar", "quiero matarme", "mi mamá se desmayó y no responde", "me sale mucha sangre de la herida", "mi novio me pega",
	} {
		for _, before := range []string{"", "Dear front desk, ", "Re: tomorrow's visit - ", "Buenas, le escribe Tere; ", "Booked w/ Jen at 2. "} {
			for _, after := range []string{
				"", ", call Zephyrine at 312-555-0199", ", put me down for Thursday please", ". insurance is Blue Cross 8837261", ", the code is 4482", ", zip 94110",
				", pick up at Walgreens on 5th", ", sent from my iphone", ", cc my sister lena@mail.com", ", llamen a mi hija Rosa al 55 1234 5678",
			} {
				said := before + wrong + after
				if len(std.triggers.Match(text.Normalise(said))) == 0 {
					t.Errorf("nothing is heard in %q", said)
				}
			}
		}
	}
}
