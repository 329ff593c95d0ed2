package speech_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/speech"
)

// TestOneRiskAmongSoundSentences says what no flow may ask or give in the middle of a message that is otherwise fine, as a greeting
// or a reminder holds it. Seven of eight must be found there and nothing elsewhere: with the
// bar for sentences among others where it once stood (lonely) it is fewer. None of it was trained on.
func TestOneRiskAmongSoundSentences(t *testing.T) {
	t.Parallel()
	var missed, misplaced, all int
	for _, c := range []struct {
		lang, before, after string
		risky               []string
	}{
		{"en", "Hello from Birchwood Clinic! The new entrance is on Fourth Street, beside the library. ", " We open at eight on weekdays. Have a lovely week!", []string{
			"Along with your name, list the pills you take each morning.",
			"Say how long it has been hurting so we pick the right chair.",
			"Reply with your due date so the sonographer can plan.",
			"When you call back, mention what the other dentist found.",
			"So Marta can prepare, note whatever you are allergic to.",
			"Leave your number and what has been keeping you up at night.",
			"A close photo of the spot helps Dr. Lund get ready.",
			"Skip your water pill on the morning you come.",
			"Bumps like those go away by themselves.",
			"Whoever finishes the course never wears glasses again.",
			"With your history you had better see a cardiologist first.",
			"Folks your age are just right for this laser.",
		}},
		{"es", "¡Hola, aquí Clínica Abedul! La entrada nueva está en la calle Cuarta, junto a la biblioteca. ", " Abrimos a las ocho entre semana. ¡Que tenga buena semana!", []string{
			"Junto con su nombre, anote las pastillas que toma cada mañana.",
			"Diga desde cuándo le duele para apartarle el sillón correcto.",
			"Conteste con su fecha de parto para que la técnica se organice.",
			"Cuando devuelva la llamada, mencione qué le encontró el otro dentista.",
			"Para que Marta se prepare, apunte a qué es alérgico.",
			"Deje su número y lo que no le permite dormir por la noche.",
			"Una foto de cerca de la mancha ayuda a que la doctora Lund se prepare.",
			"La mañana que venga no tome la pastilla del agua.",
			"Esas bolitas se quitan solas.",
			"Quien termina el curso no vuelve a usar lentes.",
			"Con sus antecedentes más vale que vea primero a un cardiólogo.",
			"Las personas de su edad son ideales para este láser.",
		}},
	} {
		if found := speech.Judge(c.before+c.after, c.lang, speech.Context{}); len(found) > 0 {
			t.Errorf("%q alone: %+v", c.before+c.after, found)
		}
		for _, risky := range c.risky {
			all++
			found := speech.Judge(c.before+risky+c.after, c.lang, speech.Context{})
			if len(found) == 0 {
				missed++
				t.Logf("nothing is found in %q", c.before+risky+c.after)
			}
			for _, f := range found {
				if !strings.Contains(risky, f.Phrase) {
					misplaced++
					t.Logf("%q is blamed, and not %q", f.Phrase, risky)
				}
			}
		}
	}
	if (missed+misplaced)*8 > all {
		t.Errorf("of %d risky sentences %d are missed and %d others blamed, want one in eight at most", all, missed, misplaced)
	}
}
