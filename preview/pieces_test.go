package preview_test

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

// around is a flow that a piece is put into: within a state, or on its own.
var around = map[string]string{
	"Say something":              "state trial {\n%s-> bye\n}",
	"Ask for something":          "state trial {\n%sask phone \"Which number?\"\nask part \"When?\"\nask ok \"Shall we call?\"\n-> sent\n}",
	"Offer buttons":              "state trial {\n%s}",
	"Go on to another state":     "state trial {\n%s}",
	"Go on by an answer":         "state trial {\nask name \"Which name?\"\nask phone \"Which number?\"\nask part \"When?\"\nask ok \"May we call you?\"\n%s}",
	"Go on by the hours":         "state trial {\n%s}\nstate closed {\nsay \"We are closed.\"\nend closed\n}",
	"Say one of several things":  "state trial {\nask part \"When?\"\n%s-> contact\n}",
	"Send answers to a vendor":   "state trial {\nask name \"Which name?\"\nask phone \"Which number?\"\n%s-> bye\n}",
	"Pass it to people":          "state trial {\n%s}",
	"End the conversation":       "state trial {\n%s}",
	"A state":                    "state trial {\n-> prices\n}\n%s",
	"Something to ask for":       "state trial {\n-> contact\n}\n%s",
	"A question that it answers": "state trial {\n-> bye\n}\n%s",
	"Pass a topic to people":     "state trial {\n-> bye\n}\n%s",
	"A test":                     "state trial {\n-> bye\n}\n%s",
}

const frame = `flow "Trial"
purpose scheduling
use "std/hipaa", "std/emergency", "std/frontdesk"
scope {
  handle   hours, location, parking, are-you-a-bot HANDLE
  escalate clinical-question, existing-care, pricing, insurance, complaint, records, cancelling
  refuse   diagnosis
}
FIELDS
session { timeout 20 minutes  keep 30 days  retries 2 }
notice """
  {practice.name} uses this automated assistant for general questions.
  Please do not share medical details here. You can ask for a person at any time.
  In an emergency call 911; in a crisis call or text 988.
"""
start welcome
state welcome {
  offer "What would you like to know?" {
    "This" -> trial
    "That" -> contact
    "Bye"  -> bye
  }
}
state contact {
  ask name "Which name?"
  ask phone "Which number?"
  ask part "When?"
  ask ok "Shall we call?"
  -> sent
}
state sent {
  when ok -> done
  otherwise -> bye
}
state done {
  send name, phone, part to crm
  say "We will call."
  end completed
}
state bye {
  say "Goodbye!"
  end answered
}
ESCALATION
PIECE
`

const teamTakes = `escalation team {
  on clinical-question, existing-care, pricing, insurance, COMPLAINT records, cancelling
  say "That is a question for our team."
  handoff
}`

// TestPieces: everything that the page offers to put in compiles where it says that it belongs. What it would leave unused or unread
// is no matter here.
func TestPieces(t *testing.T) {
	t.Parallel()
	shown := write(t, "lakeside").ask("GET", "/?file=consultation.flow", nil).Body.String()
	list := regexp.MustCompile(`(?s)<h4>([^<]*)</h4>.*?<pre[^>]*>(.*?)</pre>`).FindAllStringSubmatch(shown, -1)
	if len(list) != len(around) {
		t.Fatalf("%d pieces are shown, want %d", len(list), len(around))
	}
	fields := ""
	for _, p := range list {
		if p[1] == "Something to ask for" {
			fields = html.UnescapeString(p[2])
		}
	}
	for _, p := range list {
		title, text := p[1], html.UnescapeString(p[2])
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			with, ok := around[title]
			if !ok {
				t.Fatal("it is not tried")
			}
			d := write(t, "lakeside")
			flow := strings.ReplaceAll(frame, "PIECE", strings.Replace(with, "%s", text, 1))
			own := map[bool]string{true: "", false: fields}[title == "Something to ask for"]
			handle := map[bool]string{true: ", payment-plans", false: ""}[title == "A question that it answers"]
			complaint := map[bool]string{true: "", false: "complaint,"}[title == "Pass a topic to people"]
			flow = strings.NewReplacer("FIELDS", own, "HANDLE", handle, "ESCALATION", strings.Replace(teamTakes, "COMPLAINT", complaint, 1)).Replace(flow)
			d.files["consultation.flow"] = flow
			d.files["hours-and-faq.flow"] = ""
			for _, p := range d.load().Problems {
				if at := p.Span.Start; at.Filename == "consultation.flow" {
					t.Errorf("line %d: %s", at.Line, p.Message)
				}
			}
		})
	}
}

// TestFacts: what the page offers for practice.yaml holds where it is put in.
func TestFacts(t *testing.T) {
	t.Parallel()
	shown := write(t, "lakeside").ask("GET", "/?file=practice.yaml", nil).Body.String()
	list := regexp.MustCompile(`(?s)<h4>([^<]*)</h4>.*?data-under="(\w+)".*?<pre[^>]*>(.*?)</pre>`).FindAllStringSubmatch(shown, -1)
	if len(list) != 6 {
		t.Fatalf("%d pieces are shown, want 6", len(list))
	}
	for _, p := range list {
		title, under, text := p[1], p[2], html.UnescapeString(p[3])
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			d := write(t, "appointment-scheduling")
			facts := d.files["practice.yaml"]
			if key, _, _ := strings.Cut(text, ":"); under == "end" {
				facts = regexp.MustCompile(`(?m)^`+key+`:.*\n(?:[ #].*\n|\n)*`).ReplaceAllString(facts, "") + "\n" + text
			} else {
				facts = strings.Replace(facts, "\n"+under+":\n", "\n"+under+":\n"+text, 1)
			}
			if !strings.Contains(facts, text) {
				t.Fatalf("there is no place under %s", under)
			}
			d.files["practice.yaml"] = strings.ReplaceAll(facts, "fallback: front-desk\n    contact: (312) 555-0199", "contact: (312) 555-0199")
			for _, p := range d.load().Problems {
				if p.Span.Start.Filename == "practice.yaml" {
					t.Errorf("line %d: %s", p.Span.Start.Line, p.Message)
				}
			}
		})
	}
}
