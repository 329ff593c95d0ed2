package server

// words are the page's own sentences in one language. What the assistant says comes from the machine.
type words struct {
	Bot, Start, Send, Human, HumanAsked, HumanHere, Over, OverIdle, Again, Retry string
	You, Assistant, Staff, Answer, Choices, Language, Log, Skip, Letters         string
	Crisis, CrisisText, Call911, Call988, Text988, CallPractice, Refresh         string
	Placeholder, NotSent, Repeated, Gone, TooLong, Empty, Notice, Flows          string
	NotHere, NotNow, WidgetOpen, WidgetClose                                     string
	WaitNow, WaitFrom, WaitStandIn, WaitBack, WaitUnknown                        string // WaitFrom and WaitBack take a time, WaitStandIn a team
	Today, Tomorrow, On, At, AtOne                                               string
	Near, Here, Offline, Sending, Delivered, PickDay, PickTime, Writing          string
	Colleagues                                                                   string
}

// languages names each language in itself.
var languages = map[string]string{"en": "English", "es": "Español"}

var wording = map[string]words{
	"en": {
		Bot:          "Automated assistant, not a person",
		Start:        "Start",
		Send:         "Send",
		Human:        "Talk to a human",
		HumanAsked:   "You are waiting for a person. You can go on writing here.",
		HumanHere:    "You are writing with a person.",
		Over:         "This conversation has ended. For anything else, start again or call us.",
		OverIdle:     "Your earlier conversation has ended and is no longer shown on this device.",
		Again:        "Start again",
		Retry:        "Try again",
		You:          "You",
		Assistant:    "Assistant",
		Staff:        "Our team (a person)",
		Answer:       "Your answer",
		Choices:      "Choose an answer",
		Language:     "Language",
		Log:          "Conversation",
		Skip:         "Skip to your answer",
		Letters:      "Use letters",
		Crisis:       "Get help now",
		CrisisText:   "If anyone is in danger, do not wait for an answer here.",
		Call911:      "Call 911",
		Call988:      "Call 988",
		Text988:      "Text 988",
		CallPractice: "Call us",
		Refresh:      "Look for new messages",
		Placeholder:  "Write here",
		NotSent:      "That was not sent. Please try again.",
		Repeated:     "That had already been sent.",
		Gone:         "That answer is no longer on offer. Please choose again.",
		TooLong:      "That is too long. Please write less.",
		Empty:        "Please write something first.",
		Notice:       "Before we start",
		Flows:        "How can we help?",
		WaitNow:      "Somebody of our team is there now and will read this.",
		WaitFrom:     "Our team is closed now. It is back %s, and a person can read this then.",
		Colleagues:   "another team of ours",
		WaitStandIn:  "%s can read this now.",
		WaitBack:     "The team itself is back %s.",
		WaitUnknown:  "We cannot say when a person will read this. Please call us.",
		Today:        "today",
		Tomorrow:     "tomorrow",
		On:           "on ",
		At:           " at ",
		AtOne:        " at ",
		Near:         "This conversation ends in two minutes if you write nothing, and is then no longer shown here.",
		Here:         "I am still here",
		Offline:      "You are offline. What you write will be sent when you are back.",
		Sending:      "Sending…",
		Delivered:    "Delivered",
		PickDay:      "Pick a day",
		PickTime:     "Pick a time",
		Writing:      "A person of our team is writing.",
		WidgetOpen:   "Chat with us",
		WidgetClose:  "Close the chat",
		NotHere:      "There is nothing at this address.",
		NotNow:       "The chat is not available right now. Please try again soon, or call us.",
	},
	"es": {
		Bot:          "Asistente automático, no es una persona",
		Start:        "Empezar",
		Send:         "Enviar",
		Human:        "Hablar con una persona",
		HumanAsked:   "Está esperando a una persona. Puede seguir escribiendo aquí.",
		HumanHere:    "Está escribiendo con una persona.",
		Over:         "Esta conversación ha terminado. Para cualquier otra cosa, empiece de nuevo o llámenos.",
		OverIdle:     "Su conversación anterior ha terminado y ya no se muestra en este dispositivo.",
		Again:        "Empezar de nuevo",
		Retry:        "Intentar de nuevo",
		You:          "Usted",
		Assistant:    "Asistente",
		Staff:        "Nuestro equipo (una persona)",
		Answer:       "Su respuesta",
		Choices:      "Elija una respuesta",
		Language:     "Idioma",
		Log:          "Conversación",
		Skip:         "Ir a su respuesta",
		Letters:      "Usar letras",
		Crisis:       "Pida ayuda ahora",
		CrisisText:   "Si alguien está en peligro, no espere una respuesta aquí.",
		Call911:      "Llamar al 911",
		Call988:      "Llamar al 988",
		Text988:      "Mensaje al 988",
		CallPractice: "Llámenos",
		Refresh:      "Buscar mensajes nuevos",
		Placeholder:  "Escriba aquí",
		NotSent:      "No se envió. Inténtelo de nuevo.",
		Repeated:     "Eso ya se había enviado.",
		Gone:         "Esa respuesta ya no está disponible. Elija otra vez.",
		TooLong:      "Es demasiado largo. Escriba menos, por favor.",
		Empty:        "Escriba algo primero, por favor.",
		Notice:       "Antes de empezar",
		Flows:        "¿En qué podemos ayudarle?",
		WaitNow:      "Alguien de nuestro equipo está ahora y leerá esto.",
		WaitFrom:     "Nuestro equipo está cerrado ahora. Vuelve %s, y entonces una persona podrá leer esto.",
		Colleagues:   "otro equipo nuestro",
		WaitStandIn:  "Quien puede leer esto ahora: %s.",
		WaitBack:     "El equipo mismo vuelve %s.",
		WaitUnknown:  "No podemos decir cuándo leerá esto una persona. Por favor, llámenos.",
		Today:        "hoy",
		Tomorrow:     "mañana",
		On:           "el ",
		At:           " a las ",
		AtOne:        " a la ",
		Near:         "Esta conversación termina en dos minutos si no escribe nada, y entonces ya no se muestra aquí.",
		Here:         "Sigo aquí",
		Offline:      "No tiene conexión. Lo que escriba se enviará cuando vuelva.",
		Sending:      "Enviando…",
		Delivered:    "Entregado",
		PickDay:      "Elija un día",
		PickTime:     "Elija una hora",
		Writing:      "Una persona de nuestro equipo está escribiendo.",
		WidgetOpen:   "Escríbanos",
		WidgetClose:  "Cerrar el chat",
		NotHere:      "No hay nada en esta dirección.",
		NotNow:       "El chat no está disponible ahora. Inténtelo de nuevo pronto o llámenos.",
	},
}

// wordsIn returns the page's sentences; English where there are none.
func wordsIn(lang string) words {
	if w, ok := wording[lang]; ok {
		return w
	}
	return wording["en"]
}

// complaint is what the page says about a request that failed.
func (w words) complaint(code string) string {
	switch code {
	case "":
		return ""
	case "idle":
		return w.OverIdle
	case errReused.Code:
		return w.Repeated
	case errNotOffered.Code, errLanguage.Code:
		return w.Gone
	case errTooLarge.Code:
		return w.TooLong
	case errText.Code, errOneOf.Code:
		return w.Empty
	}
	return w.NotSent
}
