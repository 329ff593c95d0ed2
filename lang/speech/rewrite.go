package speech

// Rewrite offers a text to say instead of what a finding quotes, in the language of the text; it passes the same judgement in
// the same context. Empty if there is none.
func Rewrite(f Finding, lang string, c Context) string {
	for _, text := range rewrites(f, lang) {
		if len(Judge(text, lang, c)) == 0 {
			return text
		}
	}
	return ""
}

func rewrites(f Finding, lang string) []string {
	l := english
	if lang == "es" {
		l = spanish
	}
	var out []string
	if f.Kind == Pretence {
		return []string{personInstead[l]}
	}
	if f.Kind == Advice {
		if f.Class == Price {
			return []string{priceInstead[l]}
		}
		return []string{adviceInstead[l]}
	}
	if byType, ok := askInstead[f.Type]; ok {
		out = append(out, byType[l])
	}
	if groupOf(f.Class) == ofHealth {
		out = append(out, healthInstead[l])
	}
	return append(out, anythingInstead[l])
}

// What is said instead, in English and Spanish.
var (
	priceInstead    = [languages]string{"Prices depend on the treatment; our team explains them.", "Los precios dependen del tratamiento; nuestro equipo se los explica."}
	personInstead   = [languages]string{"This is the automated assistant of {practice.name}. You can ask for a person at any time.", "Este es el asistente automático de {practice.name}. Puede pedir hablar con una persona en cualquier momento."}
	adviceInstead   = [languages]string{"That is a question for our clinicians, so I am passing it to them.", "Esa es una pregunta para nuestro equipo médico, así que se la paso."}
	healthInstead   = [languages]string{"Please do not share medical details here. Our team talks about them with you in person.", "Por favor, no comparta detalles médicos aquí. Nuestro equipo habla de ellos con usted en persona."}
	anythingInstead = [languages]string{"A person from our team will help you with that.", "Una persona de nuestro equipo le ayudará con eso."}
	askInstead      = map[string][languages]string{
		"photo":         {"Please do not send photos here. They are taken at your visit.", "Por favor, no envíe fotos aquí. Se toman en su cita."},
		"date-of-birth": {"There is no need to share your date of birth here.", "Aquí no hace falta dar su fecha de nacimiento."},
		"ssn":           {"Please never send your Social Security number in this chat.", "Por favor, nunca envíe su número de seguro social en este chat."},
		"card":          {"Please never send a card number in this chat.", "Por favor, nunca envíe el número de su tarjeta en este chat."},
		"member-id":     {"Please bring your insurance card to your visit.", "Traiga su tarjeta del seguro a su cita, por favor."},
		"license":       {"Please bring a photo ID to your visit.", "Traiga una identificación con foto a su cita, por favor."},
		"name":          {"Our team is happy to answer at {practice.phone}.", "Nuestro equipo le atiende en el {practice.phone}."},
		"phone":         {"You can reach us at {practice.phone}.", "Puede llamarnos al {practice.phone}."},
		"email":         {"You can reach us at {practice.phone}.", "Puede llamarnos al {practice.phone}."},
	}
)
