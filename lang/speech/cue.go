package speech

// The cues of the lexicons. What they hold is said at their lists in lexicon/*.txt.
const (
	cueTell concept = iota
	cueNeed
	cueLike
	cueInvite
	cueIncentive
	cueJudge
	cueAny
	cueDeny
	cueDenied
	cueNodeny
	cueLater
	cueStaff
	cueBring
	cueInform
	cueOffer
	cuePractice
	cueEcho
	cueFaq
	cueGeneric
	cueRhetoric
	cueConsent
	cueYou
	cueThird
	cueBody
	cueBother
	cueEmergency
	cueBodily
	cueLogistics
	cueDiagnosis
	cueRecommend
	cueDose
	cueCandidate
	cueReassure
	cueComplaint
	cuePromise
	cueFuture
	cueResult
	cueAilment
	cueOffice
	cueTreatment
	cuePrice
	cueNoprice
	cueDecides
	cueCost
	cueAmount
	cueCondition
	cueMedicine
	cueOperation
	cueAesthetic
	cues // their number; kinds of answer follow
)

var cueNames = [cues]string{
	cueTell:      "tell",
	cueNeed:      "need",
	cueLike:      "like",
	cueInvite:    "invite",
	cueIncentive: "incentive",
	cueJudge:     "judge",
	cueAny:       "any",
	cueDeny:      "deny",
	cueDenied:    "denied",
	cueNodeny:    "nodeny",
	cueLater:     "later",
	cueStaff:     "staff",
	cueBring:     "bring",
	cueInform:    "inform",
	cueOffer:     "offer",
	cuePractice:  "practice",
	cueEcho:      "echo",
	cueFaq:       "faq",
	cueGeneric:   "generic",
	cueRhetoric:  "rhetoric",
	cueConsent:   "consent",
	cueYou:       "you",
	cueThird:     "third",
	cueBody:      "body",
	cueBother:    "bother",
	cueEmergency: "emergency",
	cueBodily:    "bodily",
	cueLogistics: "logistics",
	cueDiagnosis: "diagnosis",
	cueRecommend: "recommend",
	cueDose:      "dose",
	cueCandidate: "candidate",
	cueReassure:  "reassure",
	cueComplaint: "complaint",
	cuePromise:   "promise",
	cueFuture:    "future",
	cueResult:    "result",
	cueAilment:   "ailment",
	cueOffice:    "office",
	cueTreatment: "treatment",
	cuePrice:     "price",
	cueNoprice:   "noprice",
	cueDecides:   "decides",
	cueCost:      "cost",
	cueAmount:    "amount",
	cueCondition: "condition",
	cueMedicine:  "medicine",
	cueOperation: "operation",
	cueAesthetic: "aesthetic",
}
