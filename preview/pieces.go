package preview

// piece is something that can be written in a file, ready to be put in and changed.
type piece struct{ Title, Says, Text string }

// where is a kind of place in a file with what can stand there.
type where struct {
	Where  string
	Under  string // the key of practice.yaml under which it goes, or "end"; "" puts it after the line of the cursor
	Pieces []piece
}

// pieces is what can be written in a flow.
var pieces = []where{
	{"Within a state, between { and }", "", []piece{
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
	{"On its own, beside the states", "", []piece{
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

// facts is what can be written in practice.yaml.
var facts = []where{
	{"A team", "teams", []piece{
		{"A team with the practice's hours", "Who takes over from the assistant. Patients read the label; when the team is closed its fallback answers.", `  coordinators:
    label: {en: our patient coordinators, es: nuestras coordinadoras}
    hours: practice
    fallback: front-desk
    contact: (312) 555-0199
`},
		{"A team with hours of its own", "A day that is left out is closed. They must answer within the minutes that are given.", `  evening-line:
    label: {en: our evening line, es: nuestra línea de la tarde}
    hours:
      monday: 17:00-20:00
      thursday: 17:00-20:00
    answer_within: 30 minutes
    contact: (312) 555-0198
`},
	}},
	{"A day", "holidays", []piece{
		{"A day that is closed", "Closed all day, unless hours are given.", `  - {date: 2027-07-05, name: Independence Day (observed)}
  - {date: 2027-12-24, name: Christmas Eve, hours: 09:00-12:00}
`},
	}},
	{"At the end", "end", []piece{
		{"A vendor", "A company that receives what patients answered. Write only what is signed: without an agreement in force nothing is sent, and a flow that sends does not compile. Under says: stands what the agreement says.", `vendors:
  crm:
    legal_name: Example Software, Inc.
    service: keeps the list of people to call back
    owner: Dana Ruiz
    classes: [preference, contact, interest]
    purposes: [scheduling]
    agreement:
      signed: 2026-01-10
      effective: 2026-02-01
      expires: 2028-12-31
      document: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  # SHA-256 of the signed copy
      reports_breaches_within: 5 days
      says: {permitted_uses: yes, no_other_use: yes, safeguards: yes, reports: yes, subcontractors: yes, access: yes,
        amendment: yes, accounting: yes, open_books: yes, return_or_destroy: yes, termination: yes}
`},
		{"Times to book", "What a flow offers that books an appointment.", `appointments:
  hours:
    monday: 09:00-12:00, 13:00-16:30
    wednesday: 09:00-12:00
  duration: 30 minutes
  notice: 24 hours
  horizon: 60 days
  capacity: 1
  hold: 10 minutes
`},
		{"The practice's website", "Who may show the chat.", `website:
  origins: [https://www.example.com]
`},
	}},
}
