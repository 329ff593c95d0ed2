package enginetest

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/text"
)

// Same is a text that is the same in English and Spanish.
func Same(s string) machine.Text { return Both(s, s) }

// Both is a text in English and Spanish.
func Both(en, es string) machine.Text { return machine.Text{"en": en, "es": es} }

// G makes a guard index for an edge.
func G(i int) *int { return &i }

// Texts are the standard sentences in English and Spanish.
func Texts() map[string]machine.Text {
	return map[string]machine.Text{
		"ask-again":     Both("Back to my question:", "Volviendo a mi pregunta:"),
		"bot":           Both("I am an automated assistant, not a person. You can ask for a person at any time.", "Soy un asistente automático, no una persona. Puede pedir hablar con una persona en cualquier momento."),
		"closed":        Both("This conversation is over.", "Esta conversación ha terminado."),
		"handoff":       Both("I am passing this to our team. A person will answer you here.", "Paso esto a nuestro equipo. Una persona le responderá aquí."),
		"human":         Both("Of course. A person from our team will answer you here.", "Por supuesto. Una persona de nuestro equipo le responderá aquí."),
		"phi":           Both("Please leave medical details out of this chat.", "Por favor, no incluya detalles médicos en este chat."),
		"refusal":       Both("I cannot help with that here.", "No puedo ayudarle con eso aquí."),
		"retry":         Both("Sorry, I did not understand that.", "Perdón, no lo entendí."),
		"stuck":         Both("I am not getting this right, so I am passing you to a person.", "No lo estoy entendiendo bien, así que le paso con una persona."),
		"taken":         Both("That time has just been taken.", "Esa hora se acaba de ocupar."),
		"timeout":       Both("This chat has ended because it was quiet for a while.", "Este chat ha terminado porque estuvo inactivo."),
		"wrong-code":    Both("That code does not match. Please try again.", "Ese código no coincide. Inténtelo de nuevo."),
		"emergency-bar": Both("In an emergency call 911.", "En una emergencia llame al 911."),
	}
}

// Weekdays opens Monday to Friday between two minutes of the day.
func Weekdays(from, to int) []machine.Opening {
	var out []machine.Opening
	for day := 1; day <= 5; day++ {
		out = append(out, machine.Opening{Day: day, From: from, To: to})
	}
	return out
}

// New is a machine with everything but locations: a practice in New York that is open on weekdays from 9 to 17, two
// languages, one emergency, one urgent and one routine escalation, and a topic of every treatment.
func New() *machine.Machine {
	return &machine.Machine{
		Format: machine.Format,
		Flow: machine.Flow{
			Name: "Consultation requests", ID: "consultation", Purpose: "scheduling",
			Channels: []string{"web-chat"}, Languages: []string{"en", "es"},
		},
		Practice: machine.Practice{
			ID: "lakeside", Name: "Lakeside Aesthetics", Phone: "(212) 555-0142", Timezone: "America/New_York",
			Hours: Weekdays(9*60, 17*60), HoursText: Both("Monday to Friday, 9 to 5", "de lunes a viernes, de 9 a 5"),
			Teams:   []machine.Team{{Name: "coordinators", Hours: Weekdays(9*60, 17*60)}, {Name: "nurses", Hours: Weekdays(0, 1440)}},
			Handoff: map[string]string{machine.Emergency: "nurses", machine.Urgent: "nurses", machine.Routine: "coordinators"},
			Vendors: []machine.Vendor{{Name: "crm", Classes: []string{"contact", "preference"}}},
		},
		Policy: machine.Policy{
			Classes: []machine.Class{{Name: "public"}, {Name: "preference", Above: []string{"public"}}, {Name: "contact", Above: []string{"public"}}, {Name: "health"}},
			Permits: []machine.Permit{{Class: "contact"}, {Class: "preference"}},
		},
		Session: machine.Session{Timeout: 1200, Keep: 90, Retries: 2},
		Notice: Both("This chat answers general questions and requests appointments. Please do not share medical details here. In an emergency call 911.",
			"Este chat responde preguntas generales y solicita citas. No comparta detalles médicos aquí. En una emergencia llame al 911."),
		Texts: Texts(),
		Topics: []machine.Topic{
			{Name: "booking", Treat: machine.Handle},
			{Name: "diagnosis", Treat: machine.Refuse},
			{Name: "hours", Treat: machine.Handle, Answer: Both("We are open {practice.hours}.", "Abrimos {practice.hours}.")},
			{Name: "pricing", Treat: machine.Escalate},
		},
		Triggers: []machine.Trigger{
			{Name: "chest-pain", Tier: machine.Emergency, Phrases: []machine.Phrase{{Lang: "en", Pattern: "chest pain"}, {Lang: "es", Pattern: "dolor de pecho"}}},
			{Name: "complaint", Tier: machine.Routine, Phrases: []machine.Phrase{{Lang: "en", Pattern: "complaint"}}},
			{Name: "fever", Tier: machine.Urgent, Phrases: []machine.Phrase{{Lang: "en", Pattern: "fever"}}},
		},
		Escalations: []machine.Escalation{
			{Name: "emergency", Tier: machine.Emergency, On: []string{"chest-pain"}, Location: "emergency"},
			{Name: "clinical", Tier: machine.Routine, On: []string{"complaint", "pricing"}, Location: "clinical"},
			{Name: "post-op", Tier: machine.Urgent, On: []string{"fever"}, Location: "post-op"},
		},
		Human: "@human",
		Stuck: "@stuck",
	}
}

// Handoffs are the locations that New's escalations, a request for a person and exhausted retries lead to.
func Handoffs() []machine.Location {
	return []machine.Location{
		{ID: "@human", State: "@human", Kind: machine.Handoff, Team: "coordinators", Tier: machine.Routine},
		{ID: "@stuck", State: "@stuck", Kind: machine.Handoff, Team: "coordinators", Tier: machine.Routine},
		{ID: "clinical", State: "clinical", Kind: machine.Handoff, Team: "coordinators", Tier: machine.Routine, Do: []machine.Action{
			{Say: Both("That is a question for our team, so I am passing this to them.", "Esa es una pregunta para nuestro equipo, así que se la paso.")}}},
		{ID: "emergency", State: "emergency", Kind: machine.Handoff, Team: "nurses", Tier: machine.Emergency, Do: []machine.Action{
			{Say: Both("If this is an emergency, call 911 now. Our team has been alerted.", "Si es una emergencia, llame al 911 ahora. Hemos avisado a nuestro equipo.")}}},
		{ID: "post-op", State: "post-op", Kind: machine.Handoff, Team: "nurses", Tier: machine.Urgent, Do: []machine.Action{
			{Say: Both("I am telling a nurse right away.", "Aviso a una enfermera ahora mismo.")}}},
	}
}

// Consultation is a flow that requests a call back: choice, two typed fields, a guard over the hours, a confirmation
// and a send.
func Consultation() *machine.Machine {
	m := New()
	m.Fields = []machine.Field{
		{Name: "name", Type: "name", Class: "contact"},
		{Name: "ok", Type: "yes-no", Class: "preference"},
		{Name: "part", Type: "choice", Class: "preference", Options: []machine.Option{
			{Value: "morning", Label: Both("morning", "por la mañana")},
			{Value: "afternoon", Label: Both("afternoon", "por la tarde")},
			{Value: "evening", Label: Both("evening", "por la noche")},
		}},
		{Name: "phone", Type: "phone", Class: "contact"},
		{Name: "topic", Type: "choice", Class: "preference", Options: []machine.Option{
			{Value: "rhinoplasty", Label: Both("Rhinoplasty", "Rinoplastia")},
			{Value: "facelift", Label: Both("Facelift", "Estiramiento facial")},
			{Value: "botox", Label: Both("Botox", "Bótox")},
			{Value: "other", Label: Both("Something else", "Otra cosa")},
		}},
	}
	m.Guards = []machine.Guard{
		{Source: `topic == "other" && !practice.open`, Reads: []string{"topic"}},
		{Source: `ok`, Reads: []string{"ok"}},
	}
	m.Start = "welcome"
	m.Locations = append(consultationStates(), Handoffs()...)
	return Sort(m)
}

func consultationStates() []machine.Location {
	return []machine.Location{
		{ID: "welcome", State: "welcome", Kind: machine.Ask, Field: "topic",
			Do:     []machine.Action{{Say: Both("Hi! I can share general information about our procedures or help you book.", "¡Hola! Puedo darle información general sobre nuestros procedimientos o ayudarle a reservar.")}},
			Prompt: Both("What are you interested in?", "¿Qué le interesa?"), Edges: []machine.Edge{{To: "about"}}},
		{ID: "about", State: "about", Kind: machine.Offer,
			Do: []machine.Action{{By: "topic", Cases: map[string]machine.Text{
				"rhinoplasty": Both("Rhinoplasty reshapes the nose. Most people plan one to two weeks away from work.", "La rinoplastia da nueva forma a la nariz. La mayoría de las personas planea de una a dos semanas sin trabajar."),
				"facelift":    Both("A facelift tightens the lower face and neck. Recovery is usually two to three weeks.", "El estiramiento facial tensa la parte baja de la cara y el cuello. La recuperación suele durar de dos a tres semanas."),
				"botox":       Both("Botox softens lines for three to four months. There is little downtime.", "El bótox suaviza las líneas durante tres o cuatro meses. Casi no hay reposo."),
				"other":       Both("We will find the right person for you.", "Encontraremos a la persona adecuada para usted."),
			}}},
			Choices: []machine.Choice{
				{Label: Both("Book a consultation", "Reservar una consulta"), Topic: "booking"},
				{Label: Both("Something else", "Otra cosa")},
			},
			Edges: []machine.Edge{{On: "1", To: "contact"}, {On: "2", To: "welcome"}}},
		{ID: "contact", State: "contact", Kind: machine.Ask, Field: "name", Prompt: Both("What name should we use?", "¿Qué nombre debemos usar?"), Edges: []machine.Edge{{To: "contact/2"}}},
		{ID: "contact/2", State: "contact", Kind: machine.Ask, Field: "phone", Prompt: Both("Which number is best to reach you?", "¿A qué número podemos llamarle?"), Edges: []machine.Edge{{To: "contact/3"}}},
		{ID: "contact/3", State: "contact", Kind: machine.Ask, Field: "part", Prompt: Both("When do you like to be called?", "¿Cuándo prefiere que le llamemos?"),
			Edges: []machine.Edge{{Guard: G(0), To: "later"}, {To: "confirm"}}},
		{ID: "confirm", State: "confirm", Kind: machine.Ask, Field: "ok",
			Do:     []machine.Action{{Say: Both("I will ask a coordinator to call {name} in the {part}.", "Pediré a una coordinadora que llame a {name} {part}.")}},
			Prompt: Both("Shall I send this?", "¿Lo envío?"), Edges: []machine.Edge{{Guard: G(1), To: "booked"}, {To: "contact"}}},
		{ID: "booked", State: "booked", Kind: machine.End, Outcome: "completed", Do: []machine.Action{
			{To: "crm", Fields: []string{"name", "part", "phone", "topic"}},
			{Say: Both("Done. A coordinator will call you.", "Listo. Una coordinadora le llamará.")}}},
		{ID: "later", State: "later", Kind: machine.Handoff, Team: "coordinators", Tier: machine.Routine},
	}
}

// Sort puts the lists of a machine into the order that Validate demands.
func Sort(m *machine.Machine) *machine.Machine {
	byName := func(a, b machine.Field) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(m.Fields, byName)
	slices.SortFunc(m.Locations, func(a, b machine.Location) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(m.Escalations, func(a, b machine.Escalation) int { return strings.Compare(a.Name, b.Name) })
	old := slices.Clone(m.Guards)
	slices.SortFunc(m.Guards, func(a, b machine.Guard) int { return strings.Compare(a.Source, b.Source) })
	for i := range m.Locations {
		for j := range m.Locations[i].Edges {
			if g := m.Locations[i].Edges[j].Guard; g != nil {
				source := old[*g].Source
				m.Locations[i].Edges[j].Guard = G(slices.IndexFunc(m.Guards, func(g machine.Guard) bool { return g.Source == source }))
			}
		}
	}
	return m
}

// At is the machine's location with that id, to be changed by a test.
func At(m *machine.Machine, id string) *machine.Location {
	i := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == id })
	return &m.Locations[i]
}

// Place gives every location and edge a line of its own in a file that does not exist, as the compiler would.
func Place(m *machine.Machine) *machine.Machine {
	line := 0
	next := func() machine.Place {
		line++
		return machine.Place{File: m.Flow.ID + ".flow", Line: line, Column: 3}
	}
	for i := range m.Locations {
		m.Locations[i].Place = next()
		for j := range m.Locations[i].Edges {
			m.Locations[i].Edges[j].Place = next()
		}
	}
	return m
}

// Train gives the machine lang/text's classifier over a few lines per topic.
func Train(m *machine.Machine) *machine.Machine {
	model := text.TrainTopics([]text.TopicSpec{
		{Name: "booking", Like: lines("en", "I want to book an appointment", "book a consultation", "schedule a visit", "can I come in", "make an appointment", "es", "quiero una cita", "reservar una consulta", "agendar una cita")},
		{Name: "diagnosis", Like: lines("en", "do I have an infection", "what is wrong with me", "is this lump cancer", "what does this rash mean", "es", "qué tengo", "es cáncer")},
		{Name: "hours", Like: lines("en", "what are your hours", "when are you open", "are you open on saturday", "what time do you close", "es", "cuál es su horario", "a qué hora abren", "cuándo cierran")},
		{Name: "pricing", Like: lines("en", "how much does it cost", "what is the price", "how much is botox", "what do you charge", "es", "cuánto cuesta", "qué precio tiene")},
	})
	raw, err := model.MarshalJSON()
	if err != nil {
		panic("enginetest: a model does not encode: " + err.Error())
	}
	m.TopicModel = raw
	return m
}

func lines(words ...string) []text.Phrase {
	var out []text.Phrase
	lang := ""
	for _, w := range words {
		if w == "en" || w == "es" {
			lang = w
			continue
		}
		out = append(out, text.Phrase{Lang: lang, Pattern: w})
	}
	return out
}
