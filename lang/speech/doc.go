// Package speech judges what an author lets the assistant say: whether a text asks the patient for something that may
// not be asked for here (solicitation), and whether it gives what is not the assistant's to give (advice).
//
// A text is read sentence by sentence. A request is a speech act (a question, an order, a form's label, a wish, an
// invitation, a reward) that meets something a person can be asked for (a kind of answer of the policy packs) with the patient
// as addressee and this chat as the place. "Please do not share medical details", "the nurse will ask about your
// medicines at the visit" and "bring your insurance card" are no requests. Advice is a diagnosis, a recommendation, a
// dose, a verdict on candidacy, reassurance about a symptom, a price, a promise of outcome.
//
// Rules over lexicons of both languages find the plain cases and the words that explain them; four linear models with
// integer weights, trained on the work sets in lang/text/testdata/author, decide by what the rules say, the words and their
// kinds: one finds whether anything is asked or given that should not be, the others what. Up to three sentences are read together,
// and each by itself. The same text gives the same findings everywhere. The package is pure; its work is linear in the length of the text.
package speech

//go:generate env TACET_UPDATE=1 go test -run TestLexicon -count 1 .
//go:generate env TACET_UPDATE=1 go test -run TestTrain -count 1 .

// Kinds of finding.
const (
	Solicitation = "solicitation" // the text asks for something
	Advice       = "advice"       // the text gives something
	Pretence     = "pretence"     // the text says that a person writes it
)

// The classes of advice.
const (
	Diagnosis      = "diagnosis"      // tells the patient what they have
	Recommendation = "recommendation" // tells the patient what to do about their health
	Dosing         = "dosing"         // tells how much of a medicine, or how often
	Candidacy      = "candidacy"      // tells whether a treatment is for this patient
	Reassurance    = "reassurance"    // calls what the patient feels harmless
	Price          = "price"          // tells what care costs
	Outcome        = "outcome"        // promises a result
)

// Context is where a text is said. Its zero value permits nothing but what identifies nobody.
type Context struct {
	// Permits holds the kinds of answer (field types of the policy packs) that may be asked for. [Kinds] lists all
	// that words can ask for.
	Permits map[string]bool
	// Prices says that the assistant may tell what care costs.
	Prices bool
	// Consent says that the text asks for an agreement, which names what is asked for later.
	Consent bool
	// Prompt says that the patient's next message answers this text: what it names without a verb is asked for.
	Prompt bool
}

// Finding is one request or one piece of advice in a text.
type Finding struct {
	Kind   string // Solicitation, Advice or Pretence
	Class  string // a data class of the policy packs, or a class of advice; empty for a pretence
	Type   string // the kind of answer that is asked for; empty for the others
	Phrase string // the words that ask or advise, as written
	Start  int    // bytes of the text, inclusive
	End    int    // exclusive
	Rule   string // what decided: the name of a rule, or "model"
	Why    string // a clause for people: why this asks or advises
}

// Kind is a kind of answer that words can ask for, and its class in the standard policy pack.
type Kind struct{ Type, Class string }
