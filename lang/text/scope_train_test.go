package text

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// findingsOf lists the findings of the triggers in an example with what is seen around them: in a message where nothing
// is wrong all of them, whatever the rules make of them; in an alarm those that count by the rules.
func findingsOf(tr *Triggers, e *example) []instance {
	var out []instance
	m := Normalise(e.text)
	read := func(tokens []token) {
		d := detectorTextOf(tokens)
		for _, f := range tr.automaton.run(tokens) {
			ref := tr.phrases[f.phrase]
			if ref.except {
				continue
			}
			alarm := e.expect != "none"
			if alarm && contextOf(tokens, f.from, f.to, ref.denies) != Counts {
				continue
			}
			w := d.featuresAround(tr.specs[ref.spec].Category, ref.text, f.from, f.to, nil)
			out = append(out, instance{example: e, alarm: alarm, all: [][]evidence{w}})
		}
	}
	read(m.tokens)
	if repaired := tr.automaton.vocabulary.repair(m.tokens); repaired != nil {
		read(repaired)
	}
	return out
}

// findings lists those of all examples, each by itself and within some of what people write around it, whether anything is
// wrong or not: else the judge learns that who leaves a telephone number has no chest pain.
func findings(tr *Triggers, examples []example) []instance {
	const each = 5
	r := rand.New(rand.NewPCG(3, 5))
	var out []instance
	for i := range examples {
		out = append(out, findingsOf(tr, &examples[i])...)
		for range each {
			e := examples[i]
			e.text = pick(r, before) + e.text + pick(r, after)
			out = append(out, findingsOf(tr, &e)...)
		}
	}
	return out
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// before and after is what people write around what they have to say.
var (
	before = []string{
		"", "", "", "hi, ", "Hello, ", "Good morning. ", "hey ", "Hi, this is Ana. ", "My name is Bob and ", "This is Maria Lopez, ", "pt of Dr Kim here, ",
		"I need an appointment. ", "do you have anything on tuesday? ", "quick question, ", "not sure who to ask but ", "sorry to bother you but ",
		"I'd like to reschedule. ", "can I book for friday? ", "so ", "ok so ", "um ", "please help ", "Calling about my mom. ",
		"hola, ", "Buenas tardes. ", "buenos días, ", "soy Carmen, ", "Me llamo José Pérez y ", "quería una cita. ", "disculpe, ", "una pregunta, ",
		"oiga ", "es que ", "perdone la molestia, ", "quiero cambiar mi cita. ", "ayuda por favor ",
	}
	after = []string{
		"", "", "", ", call me at 312-555-0187", ", call Rosa at (415) 555 0123", ". My name is Ana Ruiz, 312 555 0142", ". Tom Becker, 5125550178",
		" and I need to reschedule for friday", ", email me at ana.r@example.com", " can someone call me back?", ", please call me", " please help",
		", my appt is at 3pm tuesday", ", my appointment is tomorrow at 10", ", DOB 3/4/1985", ", born 12/09/71", " since 9 am today", " since last night",
		", I live at 12 Oak Street apt 4", ", address is 400 N Lake Ave", " please tell Dr. Kim", ", is dr patel in today?", ", member id W123456789",
		", how much is botox?", ", what do you charge for a facial", ". also do you take aetna", ", do you have anything today?", ". thanks", " thank you!",
		". What should I do?", ", what now", " idk what to do", ". Also where do I park?", ", reply here", ". I'm at 60611", ", my wife's cell is 646 555 0111",
		". It's 5 pm now", ", I was in on monday", ", I am 34", ", he is 7 years old", ". pls hurry",
		", llámenme al 312 555 0187", ". Me llamo Ana Ruiz, 3125550142", ", mi correo es ana@example.com", " y quiero cambiar la cita", ", ¿me pueden llamar?",
		", mi cita es el martes a las 3", ", nací el 4/3/1985", " desde anoche", " desde las 9", ", vivo en la calle Roble 12", ", díganle a la doctora",
		", ¿cuánto cuesta el bótox?", ". gracias", " ayuda por favor", ", ¿qué hago?", ", mi número de póliza es W123456", ", tengo 34 años",
		", ¿atienden hoy?", ". Contéstenme por aquí", ", fui el lunes",
	}
)

// TrainScope learns from the work sets which findings of the triggers are meant, and returns what scope.go reads.
func TrainScope(t testing.TB, tr *Triggers) []byte {
	t.Helper()
	return trainGate(findings(tr, workExamples(t))).appendWeights(nil)
}

// ScopeData is the model as it is embedded.
func ScopeData() []byte { return scopeData }

// ReportScopeFolds prints, for bars in order, which part of the findings that are meant and of those that are not would be
// taken back, on parts of the work set that the judge was not trained on.
func ReportScopeFolds(t testing.TB, tr *Triggers) {
	t.Helper()
	type judged struct {
		*instance
		score float64
	}
	all := findings(tr, workExamples(t))
	var out []judged
	const folds = 5
	for f := range folds {
		var rest []instance
		for i := range all {
			if all[i].block%folds != f {
				rest = append(rest, all[i])
			}
		}
		g := trainGate(rest)
		for i := range all {
			if all[i].block%folds == f {
				out = append(out, judged{&all[i], g.score(all[i].all[0])})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b judged) int { return cmp.Compare(a.score, b.score) })
	meant, not := 0, 0
	for _, x := range out {
		if x.alarm {
			meant++
		} else {
			not++
		}
	}
	lost, taken, line := 0, 0, ""
	marks := []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.03}
	for _, x := range out {
		if x.alarm {
			lost++
		} else {
			taken++
		}
		if len(marks) > 0 && float64(lost) > marks[0]*float64(meant) {
			line += fmt.Sprintf(" %.3f: %.3f (at %.2f)", marks[0], float64(taken)/float64(not), x.score)
			marks = marks[1:]
		}
	}
	t.Logf("%d findings meant, %d not; taken back rightly by wrongly:%s", meant, not, line)
	if path := os.Getenv("TACET_FOLDS"); path != "" {
		var b strings.Builder
		for _, x := range out {
			fmt.Fprintf(&b, "%.2f\t%v\t%s\t%s\t%s\n", x.score, x.alarm, x.lang, x.category, x.text)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
