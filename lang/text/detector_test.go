package text_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// unmet is a phrase that no message below holds, so that whatever is raised the detector raised.
var unmet = []text.Phrase{{Lang: "en", Pattern: "xylophone quartet"}}

func detectorOf(t testing.TB, specs ...text.TriggerSpec) *text.Triggers {
	t.Helper()
	for i := range specs {
		specs[i].Phrases = unmet
	}
	triggers, err := text.CompileTriggers(specs)
	if err != nil {
		t.Fatal(err)
	}
	return triggers
}

func raised(hits []text.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Name+" "+h.Tier)
	}
	return strings.Join(out, ", ")
}

func TestDetectorRaisesTheTriggerOfItsCategory(t *testing.T) {
	t.Parallel()
	triggers := detectorOf(t,
		text.TriggerSpec{Name: "heart", Tier: text.TierEmergency, Category: "cardiac"},
		text.TriggerSpec{Name: "lip", Tier: text.TierUrgent, Category: "vascular-occlusion"},
		text.TriggerSpec{Name: "wound-later", Tier: text.TierRoutine, Category: "wound"},
	)
	for _, c := range []struct{ msg, want string }{
		{"there is a crushing weight on my chest and my left arm is going numb", "heart emergency"},
		{"siento un peso enorme en el pecho y se me duerme el brazo izquierdo", "heart emergency"},
		{"the lip you injected is white and cold and it throbs terribly", "lip urgent-clinical"},
		{"my stitches tore open and I can see inside", ""}, // its category is declared as routine only: the detector raises dangers
		{"my husband beats me and I am afraid to go home", ""},
		{"can I come on Friday morning for a facial", ""},
		{"gracias, nos vemos el martes", ""},
		{"", ""},
	} {
		if got := raised(triggers.Match(text.Normalise(c.msg))); got != c.want {
			t.Errorf("%q raises %q, want %q", c.msg, got, c.want)
		}
	}
}

func TestDetectorNeedsACategory(t *testing.T) {
	t.Parallel()
	triggers := detectorOf(t, text.TriggerSpec{Name: "heart", Tier: text.TierEmergency})
	if hits := triggers.Match(text.Normalise("there is a crushing weight on my chest and my left arm is going numb")); len(hits) > 0 {
		t.Errorf("a trigger without a category is raised by the detector: %+v", hits)
	}
}

// TestDetectorOnlyAdds compares what the standard triggers find with what their phrases alone find.
func TestDetectorOnlyAdds(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	phrases := text.WithoutDetector(std.triggers)
	for i, l := range triggerLines(t, "work") {
		if i%5 != 0 {
			continue
		}
		m := text.Normalise(l[4])
		all := raised(std.triggers.Match(m))
		for _, h := range phrases.Match(m) {
			if !strings.Contains(all, h.Name+" "+h.Tier) {
				t.Errorf("%q: the phrases raise %s, with the detector only %q is raised", l[4], h.Name, all)
			}
		}
	}
}

func TestDetectorSaysWhereAndHowSure(t *testing.T) {
	t.Parallel()
	triggers := detectorOf(t, text.TriggerSpec{Name: "heart", Tier: text.TierEmergency, Category: "cardiac"})
	const msg = "Hi, could you tell me your hours? I have a crushing weight on my chest and my left arm is going numb. Thanks, Ann"
	hits := triggers.Match(text.Normalise(msg))
	if len(hits) != 1 {
		t.Fatalf("%+v, want one hit", hits)
	}
	h := hits[0]
	if h.Phrase != "" || h.Score < 100 || h.Lang != "en" || !strings.Contains(msg[h.Span.Start:h.Span.End], "chest") {
		t.Errorf("%+v at %q", h, msg[h.Span.Start:h.Span.End])
	}
}

// TestDetectorReadsLongMessages puts one sentence of danger into a long story.
func TestDetectorReadsLongMessages(t *testing.T) {
	t.Parallel()
	triggers := detectorOf(t, text.TriggerSpec{Name: "heart", Tier: text.TierEmergency, Category: "cardiac"})
	story := "We had a lovely weekend with the grandchildren and I would like to know when you open on Monday. "
	msg := strings.Repeat(story, 12) + "Right now there is a crushing weight on my chest and my left arm is going numb. " + strings.Repeat(story, 12)
	if hits := triggers.Match(text.Normalise(msg)); len(hits) != 1 {
		t.Errorf("%+v, want one hit", hits)
	}
	if hits := triggers.Match(text.Normalise(strings.Repeat(story, 30))); len(hits) != 0 {
		t.Errorf("%+v, want none", hits)
	}
}

// ordinaryAnswers are answers to the questions of an intake. None is in the work set.
const ordinaryAnswers = `
my elbow aches
my left thumb hurts
my shins hurt after running
my ribs are sore from coughing
my back is stiff
pain in the sole of my foot
my collarbone is sore
my lower back aches when I stand
my hamstring is tight
my hip clicks
my nose is dry
I have cold sores
my lips are chapped
I get canker sores
my nails break easily
I have varicose veins
my eyelid twitches
I have ringing in my ears sometimes
the new tablets give me gas
since I started the syrup I sleep badly
since the new inhaler my voice is hoarse
the statin makes my muscles ache
my gums bleed a little since the new pills
the drops sting a little
I have a metallic taste since the antibiotic
the shot left my arm sore
I feel jittery since the new dose
I get flushed after the pill
the patch itches
she has a stuffy nose and sleeps badly
he gets stomach aches on school days
he has nightmares
she bites her nails
he bumps into things
she is always hungry
he is afraid of the dark
she cries when I leave
he gets carsick
she has a lazy eye
he walks on his toes
eleven
next Tuesday
not yet
about a year
just the one
neither
two tablets
half a pill
strawberries
sulfa drugs
me duele el brazo izquierdo cuando cargo
me duele la planta del pie
me duelen los codos
me truena la rodilla
tengo los labios partidos
se me rompen las uñas
tengo várices
me tiembla el párpado
me zumban los oídos a veces
las gotas me arden un poco
desde el jarabe duermo mal
la vacuna me dejó el brazo adolorido
me da gases la pastilla
tengo sabor a metal desde el antibiótico
las pastillas me ponen nerviosa
se muerde las uñas
tiene pesadillas
le da miedo la oscuridad
llora cuando me voy
se marea en el carro
siempre tiene hambre
once
el martes
todavía no
como un año
media pastilla
fresas
sulfas
`

// TestDetectorLeavesOrdinaryAnswersAlone allows one false alarm in fifty: the detector is trained, not proved. What a phrase
// of std/emergency raises (an aching left arm, a taste of metal) is not the detector's.
func TestDetectorLeavesOrdinaryAnswersAlone(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	answers := strings.Split(strings.TrimSpace(ordinaryAnswers), "\n")
	var alarms []string
	for _, a := range answers {
		for _, h := range std.triggers.Match(text.Normalise(a)) {
			if h.Phrase == "" {
				alarms = append(alarms, a+": "+h.Name)
			}
		}
	}
	if len(alarms)*50 > len(answers) {
		t.Errorf("%d of %d ordinary answers alarm the detector, want one in fifty at most:\n%s", len(alarms), len(answers), strings.Join(alarms, "\n"))
	}
}

func BenchmarkDetectLong(b *testing.B) {
	triggers := detectorOf(b, text.TriggerSpec{Name: "heart", Tier: text.TierEmergency, Category: "cardiac"})
	m := text.Normalise(strings.Repeat("We had a lovely weekend with the grandchildren and I'd like to know when you open, my arm is fine. ", 40))
	b.ReportAllocs()
	for b.Loop() {
		triggers.Match(m)
	}
}

// TestOneSignIsNotEnough: a word that can be a sign tells nothing beside words that have nothing to do with it.
func TestOneSignIsNotEnough(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	for _, s := range []string{"purple monkey dishwasher", "monkey purple"} {
		if heard := std.triggers.Match(text.Normalise(s)); len(heard) > 0 {
			t.Errorf("%q raises %v", s, heard)
		}
	}
	for _, s := range []string{"he is purple", "my baby is purple"} {
		if len(std.triggers.Match(text.Normalise(s))) == 0 {
			t.Errorf("%q raises nothing", s)
		}
	}
}
