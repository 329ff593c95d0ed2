package text

import "sync"

// requests are the two things that every machine understands about itself, whatever its author wrote.
var requests = sync.OnceValue(func() *Triggers {
	t, err := CompileTriggers([]TriggerSpec{
		{Name: wantsHuman, Tier: TierRoutine, Phrases: []Phrase{
			{"en", "(talk|speak|chat|connect|transfer|reach|contact) ... (human|person|someone|somebody|representative|rep|agent|operator|receptionist|staff|coordinator|nurse|manager|supervisor|people)"},
			{"en", "(want|need|get|give|put|prefer|like) [me] (to|with|on) [a] (human|person|someone|somebody|representative|rep|agent|operator|manager|supervisor)"},
			{"en", "(want|need|get|give|prefer|like|send) [me] [a|an|the] [real|live|actual|human] (human|person|representative|rep|agent|operator|supervisor|manager)"},
			{"en", "(talk|speak) (to|with) (you guys|the office|the front desk|a doctor|the doctor|doctor|someone|anyone|him|her|them)"},
			{"en", "(real|live|actual|human) (person|human|agent|being|representative|operator|someone)"},
			{"en", "(have|can) (someone|somebody|a person|anyone) ... (call|contact|text|help|talk|phone|reach)"},
			{"en", "(not|no) (talk|chat|speak|deal) ... (bot|robot|machine|computer|ai)"},
			{"en", "(hate|sick of|tired of|stop|enough of|no more) ... (bot|robot|machine|computer|chatbot)"},
			{"en", "call me back"},
			{"en", "(human|agent|representative|operator|person) please"},
			{"en", "(customer service|front desk) (please|number|agent)"},
			{"en", "is (anyone|anybody|someone) (there|here|available)"},
			{"en", "is there (a|an) [real|actual|live] (person|human|one|agent)"},
			{"es", "(hablar|comunicar*|pasar|paseme|pasame|conect*|contactar|transfi*|atienda*|atender*) ... (persona|humano|alguien|agente|representante|operador*|asesor*|recepcionista|enfermera|encargad*|gerente|coordinador*)"},
			{"es", "(quiero|necesito|deme|dame|prefiero|quisiera) [a] [un|una] (persona|humano|agente|representante|operador*|asesor*)"},
			{"es", "hablar con (la doctora|el doctor|ustedes|la oficina|un medico)"},
			{"es", "(persona|humano|agente) (real|de verdad|verdader*)"},
			{"es", "que me (llamen|llame|hablen|atienda|contacten)"},
			{"es", "(persona|humano|agente|operador*|representante) por favor"},
			{"es", "(no quiero|odio|harta de|harto de) ... (bot|robot|maquina|computadora)"},
			{"es", "hay (alguien|una persona|algun humano)"},
		}, Except: []Phrase{
			{"en", "(are|r) (you|this|u) ... (person|human)"}, {"en", "(am|is) (i|this|it) ... (person|human|someone|agent)"},
			{"es", "(eres|es usted) ... (persona|humano|agente)"}, {"es", "es [una|un] (persona|agente)"}, {"es", "es (una|un) humano"}, {"es", "(estoy|hablo*) ... con ... (persona|humano|alguien)"},
			{"en", "need (someone|somebody) to (drive|pick|take)"}, {"en", "(bring|need) (people|person)"},
			{"en", "(call|ring|text|reach|phone|contact) me [back] (at|on)"}, {"en", "(best|my|cell|home|work|phone) number"},
			{"es", "(llame*|llamar*|marque*|llamada) ... al"},
		}},
		{Name: asksIfBot, Tier: TierRoutine, Phrases: []Phrase{
			{"en", "(are|r) (you|this|u|we|these) ... (bot|robot|ai|machine|computer|human|person|chatbot|real|automated|automatic|program|chatgpt)"},
			{"en", "(is|am) (this|it|i|anyone) ... (bot|robot|ai|machine|computer|chatbot|real person|human|actual person|automated|chatgpt|program)"},
			{"en", "(talking|speaking|chatting|texting) (to|with) ... (bot|robot|ai|machine|computer|chatbot|human|person)"},
			{"en", "you (a|an|are a) [real|actual] (bot|robot|human|person|machine|chatbot|ai)"},
			{"en", "(bot|robot|ai|human) or (a human|human|a person|person|bot|a bot|robot|a robot|real|not)"},
			{"en", "are you (alive|real|artificial)"},
			{"es", "(eres|es usted|es|son|sos) ... (bot|robot|maquina|humano|humana|persona|ia|chatbot|computadora|automatic*|programa|inteligencia artificial)"},
			{"es", "(hablando|hablo|chateando|platicando|escribiendo) con ... (bot|robot|maquina|humano|persona|ia|computadora|alguien real)"},
			{"es", "(bot|robot|maquina|persona|humano) o (una persona|persona|humano|un humano|bot|robot|un robot|maquina)"},
			{"es", "(eres|es usted) real"},
		}, Except: []Phrase{
			{"en", "(want|need|rather|like|prefer|can i|could i|may i|let me|not) ... (talk|speak|chat|transfer|connect) (to|with)"},
			{"es", "(quiero|quisiera|puedo|podria|necesito|deseo|prefiero|gustaria|quisiera) ... (hablar|chatear|platicar) con"},
			{"en", "(are|is) (you|this) (real|really) (busy|good|close|open)"},
		}},
	})
	if err != nil {
		panic("text: built-in requests: " + err.Error())
	}
	return t
})

const (
	wantsHuman = "wants-human"
	asksIfBot  = "asks-if-bot"
)

// WantsHuman says whether the patient asks for a person, and where. Where no pattern has anything to say the model of
// requests decides, and the request is the whole message.
func WantsHuman(m *Message) (Span, bool) {
	if i := humanBeing(m.tokens); i >= 0 {
		return m.span(int(m.tokens[i].from), int(m.tokens[i+1].to)), true
	}
	denied := false
	for _, h := range requests().MatchAll(m) {
		if h.Name == wantsHuman && (h.Why == Counts || h.Why == Question) {
			return h.Span, true
		}
		denied = denied || h.Name != wantsHuman || h.Why == Excepted || h.Why == Negation
	}
	if !denied && m.asks().kind == humanRequest {
		return m.span(int(m.tokens[0].from), int(m.tokens[len(m.tokens)-1].to)), true
	}
	return Span{}, false
}

// humanBeing is where a message names a human being in Spanish and turns to nobody with it, or -1. To the patterns "ser" is the verb
// that asks whether somebody is one.
func humanBeing(tokens []token) int {
	at := -1
	for i := range tokens {
		switch w := tokens[i].text; {
		case beings.has(w):
			return -1
		case w == "ser" && i+1 < len(tokens) && tokens[i+1].es == "human":
			at = i
		}
	}
	return at
}

// beings are words that ask whether somebody is something, or say that it is not so.
var beings = wordSet("eres es sos son sera seras usted tu vos esto no")

// AsksIfBot says whether the patient asks if this is a machine.
func AsksIfBot(m *Message) bool {
	hits := requests().MatchAll(m)
	for _, h := range hits {
		if h.Name == asksIfBot && h.Why != Excepted && h.Why != Negation {
			return true
		}
	}
	return len(hits) == 0 && m.asks().kind == botQuestion
}
