package rehearsal_test

import (
	"fmt"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// A conversation that an emergency takes out of the assistant's hands.
func Example() {
	p, err := engine.Load(enginetest.Train(enginetest.Consultation()))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := rehearsal.NewSession(p, rehearsal.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"botox", "what are your hours?", "book", "Maria Lopez", "actually I have chest pain", "hello?"} {
		if err := s.Say(text); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Print(rehearsal.Transcript(s.Lines))
	// Output:
	// assistant  This chat answers general questions and requests appointments. Please do not share medical details here. In an emergency call 911.
	// assistant  Hi! I can share general information about our procedures or help you book.
	// assistant  What are you interested in?
	//            [Rhinoplasty] [Facelift] [Botox] [Something else]
	// patient    botox
	// assistant  Botox softens lines for three to four months. There is little downtime.
	//            [Book a consultation] [Something else]
	// patient    what are your hours?
	// assistant  We are open Monday to Friday, 9 to 5.
	//            [Book a consultation] [Something else]
	// patient    book
	// assistant  What name should we use?
	// patient    Maria Lopez
	// assistant  Which number is best to reach you?
	// patient    actually I have chest pain
	//            -- flagged for review: health
	// assistant  If this is an emergency, call 911 now. Our team has been alerted.
	//            -- escalation emergency (emergency): with nurses because of chest-pain
	// patient    hello?
}
