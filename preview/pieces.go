package preview

// piece is something that can be written in a flow, ready to be put in and changed.
type piece struct{ Title, Says, Text string }

// where is a kind of place in a flow with what can stand there.
type where struct {
	Where  string
	Pieces []piece
}

var pieces = []where{
	{"Within a state, between { and }", []piece{
		{"Say something", "What stands in braces is filled in: a fact of the practice, or an answer.", `say "We are open {practice.hours}."
`},
		{"Ask for something", "What is asked for is a field, which stands above with what it is for.", `ask name "What name should we use?"
`},
		{"Offer buttons", "Each button leads to a state.", `offer "What would you like to do?" {
  "Leave a number" -> contact
  "That is all"    -> bye
}
`},
		{"Go on to another state", "The last line of a state says where it goes on.", `-> bye
`},
		{"Go on by an answer", "Every answer needs a way: the last line is for the rest.", `when ok   -> sent
otherwise -> contact
`},
		{"Go on by the hours", "The hours of practice.yaml decide.", `when practice.open -> contact
otherwise          -> closed
`},
		{"Say one of several things", "One text for each answer that a field can have.", `say by part {
  morning   "We will call in the morning."
  afternoon "We will call in the afternoon."
}
`},
		{"Send answers to a vendor", "The vendor stands in practice.yaml with its agreement; without one this does not compile.", `send name, phone to crm
`},
		{"Pass it to people", "A team of practice.yaml. The assistant says nothing afterwards.", `handoff
`},
		{"End the conversation", "The word is yours; the figures count it.", `end completed
`},
	}},
	{"On its own, beside the states", []piece{
		{"A state", "Something the assistant says or asks, and where it goes on.", `state prices {
  say "Our team tells you about prices."
  -> welcome
}
`},
		{"Something to ask for", "Kinds: name, phone, email, date, time, number, yes-no, text, or one of your own words. What the purpose of the flow does not permit does not compile.", `field name name for "calling back"
field phone phone for "calling back"
field ok yes-no for "the patient's word that it may be sent"
field part one of
    morning "Morning",
    afternoon "Afternoon"
  for "when to call"
`},
		{"A question that it answers", "Write how patients ask, in several ways, and the answer. Then name it under handle in the scope.", `topic payment-plans {
  like "can I pay in installments", "do you have payment plans", "can I pay monthly",
       "is there financing", "can I split the payments"
  answer "Yes, we have payment plans. Our team explains them when you visit."
}
`},
		{"Pass a topic to people", "The topic is also named under escalate in the scope.", `escalation complaints {
  on complaint
  say "I am sorry to hear that. I am passing this to our team."
  handoff
}
`},
		{"A test", "A conversation that must stay as it is. The page can also write one from what you tried.", `test "opening hours" {
  patient "when are you open?"
  expect say "open"
}
`},
	}},
}
