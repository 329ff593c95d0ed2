package people

import "slices"

// Action is something that staff can do.
type Action string

// The actions.
const (
	ViewQueue        Action = "queue.view"
	ViewTranscript   Action = "transcript.view" // masked by class, see [Person.Sees]
	Reveal           Action = "transcript.reveal"
	Search           Action = "transcript.search"
	Claim            Action = "conversation.claim"
	Reply            Action = "conversation.reply"
	AddNote          Action = "conversation.note"
	Transfer         Action = "conversation.transfer"
	Release          Action = "conversation.release"
	CloseIt          Action = "conversation.close"
	ExportTranscript Action = "transcript.export"
	ViewFigures      Action = "figures.view"
	ViewFlows        Action = "flows.view"
	Deploy           Action = "flows.deploy"
	Approve          Action = "flows.approve"
	ManagePeople     Action = "people.manage"
	ViewAudit        Action = "audit.view"
	ExportAudit      Action = "audit.export"
	SignReview       Action = "audit.sign"
	ManageVendors    Action = "vendors.manage"
	ManageHolds      Action = "holds.manage"
	ManageIncidents  Action = "incidents.manage"
	Erase            Action = "conversation.erase"
	ManageKeys       Action = "keys.manage"
	TakeBackup       Action = "backup.take"
	BreakGlass       Action = "glass.break"
)

// permitted is the whole of what roles may do; what is not here is forbidden. An author of flows and an operator of
// servers see no patient; who reviews does not answer.
var permitted = map[Role][]Action{
	Admin:       {ViewFlows, Deploy, ViewFigures, ManagePeople},
	Coordinator: {ViewQueue, ViewTranscript, Search, Claim, Reply, AddNote, Transfer, Release, CloseIt, BreakGlass},
	Clinician: {ViewQueue, ViewTranscript, Reveal, Search, Claim, Reply, AddNote, Transfer, Release, CloseIt, ExportTranscript,
		BreakGlass},
	Compliance: {ViewQueue, ViewTranscript, Reveal, Search, ExportTranscript, ViewFigures, ViewFlows, Approve, ViewAudit, ExportAudit,
		SignReview, ManageVendors, ManageHolds, ManageIncidents, Erase},
	Operator: {Deploy, ManageKeys, TakeBackup},
}

// aboutPatients lists the actions that are about one conversation and therefore about one team's patients.
var aboutPatients = []Action{
	ViewTranscript, Reveal, Claim, Reply, AddNote, Transfer, Release, CloseIt, ExportTranscript,
}

// everyTeam lists the roles that are not bound to a team.
var everyTeam = []Role{Compliance}

// Target is what an action is about.
type Target struct {
	Practice string
	Team     string // of the conversation; empty where no team has it
	Claimed  string // the person who has the conversation; empty for nobody
}

// mayWithoutClaim lists what can be done to a conversation that somebody else, or nobody, has.
var mayWithoutClaim = []Action{ViewTranscript, Reveal, Claim, AddNote, ExportTranscript}

// May decides whether somebody may do something in a role that is in effect. course gives the version of each role's
// course; a role without one needs no training.
func (p *Person) May(a Action, t Target, course map[Role]string) bool {
	if p == nil || p.Left || p.Practice == "" || p.Practice != t.Practice {
		return false
	}
	return slices.ContainsFunc(p.Roles, func(r Role) bool {
		if c := course[r]; c != "" && !p.TrainedFor(r, c) {
			return false
		}
		return slices.Contains(permitted[r], a) && p.reaches(r, a, t)
	})
}

// reaches decides whether a role's action reaches a conversation.
func (p *Person) reaches(r Role, a Action, t Target) bool {
	if !slices.Contains(aboutPatients, a) || slices.Contains(everyTeam, r) {
		return true
	}
	if t.Team != "" && !p.In(t.Team) {
		return false
	}
	return slices.Contains(mayWithoutClaim, a) || t.Claimed == p.ID
}

// sees lists the classes of std/hipaa that a role sees without revealing anything, each with its citation there. Everything
// else, also what a practice's own pack adds, is masked (45 CFR 164.514(d)(2): minimum necessary by role).
var sees = map[Role][]string{
	Coordinator: {"public", "preference", "contact", "interest"},
	Clinician: {"public", "preference", "contact", "interest", "identifier", "record-id", "plan-id", "health", "photo", "special-sud",
		"special-mh", "special-repro", "special-hiv", "genetic"},
	Compliance: {"public", "preference"},
}

// Sees reports whether somebody sees data of a class unmasked. Being in the role's team is for May to decide.
func (p *Person) Sees(class string) bool {
	return p != nil && !p.Left && slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(sees[r], class) })
}
