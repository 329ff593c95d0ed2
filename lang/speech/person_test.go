package speech_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/speech"
)

// TestWhoWrites is about claims to be a person, and what sounds like one.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	for _, claim := range []string{
		"Hi, this is Maria, your nurse.",
		"Hi! I'm Maria, the office coordinator.",
		"My name is Dana and I am a registered nurse here.",
		"I am a real person.",
		"No, I am a real person.",
		"No, soy una persona de verdad.",
		"You are chatting with a real human.",
		"You're now talking to our receptionist.",
		"I'm not a bot, so ask away!",
		"This is not a machine.",
		"This is Dr. Lee.",
		"Rest assured that you are not talking to a robot.",
		"Hola, soy María, la enfermera.",
		"Soy una persona de verdad.",
		"Le atiende Ana Ruiz, nuestra enfermera.",
		"Usted está hablando con una persona real.",
		"Aquí Lucía, su recepcionista.",
		"No soy un robot.",
		"Está chateando con nuestra doctora.",
		"Usted no está hablando con una máquina.",
	} {
		if !pretends(claim) {
			t.Errorf("%q is no claim to be a person", claim)
		}
	}
	for _, plain := range []string{
		"Hi, I'm Luna, the automated assistant of Dr. Lee's office.",
		"This is Dr. Lee's office.",
		"Hi, I'm Luna, your scheduling assistant.",
		"Hola, soy Luna, su asistente para citas.",
		"I am not a person, but I know our opening hours.",
		"This is the nurse line of Oak Street Clinic.",
		"You can talk to a real person at any time.",
		"If you are talking to a person already, please wait.",
		"Are you talking to a person?",
		"Our nurse, Maria, answers on weekdays.",
		"A person from our team takes over.",
		"Dr. Lee is a real person with a real schedule.",
		"I am an automated assistant, not a person.",
		"This is not an emergency line.",
		"Soy Luna, la asistente virtual de la clínica.",
		"No soy una persona.",
		"Le atiende una persona mañana a las nueve.",
		"Lo atiende el doctor Machado en su cita.",
		"Soy el asistente automático de la clínica.",
		"Puede hablar con una persona cuando quiera.",
		"Está en la lista de espera de la doctora.",
		"Aquí nadie más lee lo que escribe.",
		"Habla con recepción para cambiar la cita.",
	} {
		if pretends(plain) {
			t.Errorf("%q is taken for a claim to be a person", plain)
		}
	}
}

func pretends(s string) bool {
	for _, f := range speech.Judge(s, "", speech.Context{}) {
		if f.Kind == speech.Pretence {
			return true
		}
	}
	return false
}
