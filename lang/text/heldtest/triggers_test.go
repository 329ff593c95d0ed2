package heldtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// chat is the category of messages that a front desk gets all day.
const chat = "service-chat"

// measureTriggers counts an emergency or urgent trigger as heard, whatever its category: that is what stops the
// assistant.
func measureTriggers(t *testing.T, b *strings.Builder) []target {
	heard, tier, alarms := sliced{}, sliced{}, sliced{}
	for _, row := range rows(t, "triggers/held.tsv", "lang", "expect", "category", "style", "text") {
		lang, expect, category, style, message := row[0], row[1], row[2], row[3], row[4]
		oneOf(t, expect, "emergency", "urgent", "none")
		in := append(slicesOf(t, lang, style, message), "category "+category, "language in category "+category+" "+lang)
		top := loudest(t, message)
		if expect == "none" {
			if category != chat {
				in = append(in, "all adversarial")
			}
			alarms.add(top.Name != "", in...)
			continue
		}
		heard.add(top.Name != "", in...)
		if top.Name == "" {
			continue
		}
		tier.add(top.Tier == text.TierEmergency || expect == "urgent", in...)
	}
	b.WriteString("## Emergencies\n\nHeard: a trigger of tier emergency or urgent-clinical was raised. Tier: of those heard, the tier was at least the right one.\n\n")
	for _, kind := range []string{"all", "lang", "style", "category", "wording", "language in category"} {
		table(b, kind, column{"heard", heard}, column{"tier", tier})
	}
	b.WriteString("Raised where nothing was wrong:\n\n")
	for _, kind := range []string{"all", "lang", "category", "style"} {
		table(b, kind, column{"false alarms", alarms})
	}
	measureIndependentTriggers(t, b, heard, tier, alarms)
	worst, low := heard.worst("category")
	return []target{
		{"emergencies heard", heard["all all"], 0.95, false},
		{"emergencies heard, Spanish", heard["lang es"], 0.90, false},
		{fmt.Sprintf("emergencies heard, worst category (%s)", worst), low, 0.90, false},
		{"false alarms on what only sounds alarming", alarms["all adversarial"], 0.05, true},
		{"false alarms on ordinary service chat", alarms["category "+chat], 0.003, true},
	}
}
