package syntax

import "github.com/alecthomas/participle/v2/lexer"

// This file and bridge.go are the only places that know participle. The grammar is flat on purpose: every unit below is
// one line or one block header, opens with its own word, and is decided by one word of lookahead, so that an error is
// always at the word that is wrong. Captured runs of words become nodes in build.go.

type words = []lexer.Token

// The declarations and block headers.
type (
	flowUnit struct {
		Name words `parser:"'flow' @String"`
	}
	purposeUnit struct {
		Name words `parser:"'purpose' @Ident"`
	}
	useUnit struct {
		Modules words `parser:"'use' @(String (',' String)*)"`
	}
	languagesUnit struct {
		Names words `parser:"'languages' @(Lang (',' Lang)*)"`
	}
	channelUnit struct {
		Names words `parser:"'channel' @(Ident (',' Ident)*)"`
	}
	scopeUnit struct {
		Open words `parser:"'scope' @'{'"`
	}
	fieldUnit struct {
		Name words `parser:"'field' @Ident"`
		Type words `parser:"@( 'one' 'of' Ident (String (Lang String)*)? (',' Ident (String (Lang String)*)?)* | 'date' ('of' 'birth' | ('today' | Number) '..' ('today' | Number)? | '..' ('today' | Number))? | 'number' (Number '..' Number)? | Ident )"`
		For  words `parser:"('for' @String)?"`
		// Class is written in lower case like every name; the policy knows the classes.
		Class words `parser:"('class' @Ident)?"`
		// Late is the use in the wrong place, after the class; it is reported, and read.
		Late words `parser:"@('for' String)?"`
	}
	declassifyUnit struct {
		Field  words `parser:"'declassify' @Ident"`
		Class  words `parser:"'to' @Ident"`
		Reason words `parser:"'because' @String"`
		Owner  words `parser:"'by' @String"`
		Until  words `parser:"'until' @Date"`
	}
	allowUnit struct {
		Code   words `parser:"'allow' @Code"`
		Reason words `parser:"'because' @String"`
		Until  words `parser:"'until' @Date"`
	}
	sessionUnit struct {
		Open words `parser:"'session' @'{'"`
	}
	noticeUnit struct {
		Text words `parser:"'notice' @(String (Lang String)*)"`
	}
	textUnit struct {
		Name words `parser:"'text' @Ident"`
		Text words `parser:"@(String (Lang String)*)"`
	}
	startUnit struct {
		State words `parser:"'start' @Ident"`
	}
	stateUnit struct {
		Name words `parser:"'state' @Ident"`
		Open words `parser:"@'{'"`
	}
	escalationUnit struct {
		Name words `parser:"'escalation' @Ident"`
		Open words `parser:"@'{'"`
	}
	topicUnit struct {
		Name words `parser:"'topic' @Ident"`
		Open words `parser:"@'{'"`
	}
	triggerUnit struct {
		Name words `parser:"'trigger' @Ident"`
		Open words `parser:"@'{'"`
	}
	fragmentUnit struct {
		Name words `parser:"'fragment' @Ident"`
		// A comma before two names in a row starts the next parameter; any other goes on with the options of this one.
		Params []paramUnit `parser:"('(' @@ (',' @@)* ')')?"`
		Exits  words       `parser:"'exits' @(Ident (',' Ident)*)"`
		Open   words       `parser:"@'{'"`
	}
	paramUnit struct {
		Name words `parser:"@Ident"`
		Type words `parser:"@( 'one' 'of' Ident (String (Lang String)*)? ((?! ',' Ident Ident) ',' Ident (String (Lang String)*)?)* | 'date' ('of' 'birth' | ('today' | Number) '..' ('today' | Number)? | '..' ('today' | Number))? | 'number' (Number '..' Number)? | Ident )"`
	}
	testUnit struct {
		Name words `parser:"'test' @String"`
		Open words `parser:"@'{'"`
	}
)

// The lines of scope, session, topic and trigger. Of phrases the grammar reads the first, and parser.phrases the others: there
// can be thousands.
type (
	scopeItemUnit struct {
		Verb   words `parser:"@('handle' | 'escalate' | 'refuse')"`
		Topics words `parser:"@(Ident (',' Ident)*)"`
	}
	sessionItemUnit struct {
		Length  words `parser:"( @(('timeout' | 'keep' Ident?) Number ('minutes' | 'hours' | 'days' | 'minute' | 'hour' | 'day'))"`
		Retries words `parser:"| @('retries' Number) )"`
	}
	likeUnit struct {
		Lang words `parser:"'like' @Lang?"`
		Line words `parser:"@String"`
	}
	answerUnit struct {
		Text words `parser:"'answer' @(String (Lang String)*)"`
	}
	categoryUnit struct {
		Name words `parser:"'category' @Ident"`
	}
	phrasesUnit struct {
		Lang words `parser:"@Lang"`
		Line words `parser:"@String"`
	}
	exceptUnit struct {
		Lang words `parser:"'except' @Lang"`
		Line words `parser:"@String"`
	}
)

// The statements.
type (
	sayUnit struct {
		Text words `parser:"'say' ( @(String (Lang String)*)"`
		By   words `parser:"| 'by' @Ident"`
		Open words `parser:"@'{' )"`
	}
	askUnit struct {
		Field words `parser:"'ask' @Ident"`
		Text  words `parser:"@(String (Lang String)*)"`
		None  words `parser:"('none' @('->' Ident))?"`
	}
	offerUnit struct {
		Prompt words `parser:"'offer' @(String (Lang String)*)?"`
		Open   words `parser:"@'{'"`
	}
	listenUnit struct {
		Prompt words `parser:"'listen' @(String (Lang String)*)?"`
		Open   words `parser:"@'{'"`
	}
	sendUnit struct {
		Fields words `parser:"'send' @(Ident (',' Ident)*)"`
		To     words `parser:"'to' @Ident"`
	}
	bookUnit struct {
		Field words `parser:"'book' @Ident"`
		Open  words `parser:"@'{'"`
	}
	verifyUnit struct {
		Field  words `parser:"'verify' @Ident"`
		Prompt words `parser:"@(String (Lang String)*)"`
		Open   words `parser:"@'{'"`
	}
	consentUnit struct {
		Name   words `parser:"'consent' @Ident"`
		For    words `parser:"('for' @(Ident (',' Ident)*))?"`
		Prompt words `parser:"@(String (Lang String)*)"`
		Open   words `parser:"@'{'"`
	}
	runUnit struct {
		Fragment words `parser:"'run' @Ident"`
		Args     words `parser:"('(' @(Ident (',' Ident)*) ')')?"`
		Open     words `parser:"@'{'"`
	}
	firstUnit struct {
		Word words `parser:"@'first'"`
	}
	whenUnit struct {
		Guard  words `parser:"'when' @Guard"`
		Target words `parser:"@('->' Ident)"`
	}
	otherwiseUnit struct {
		Target words `parser:"'otherwise' @('->' Ident)"`
	}
	gotoUnit struct {
		Target words `parser:"@('->' Ident)"`
	}
	endUnit struct {
		Outcome words `parser:"'end' @Ident"`
	}
	handoffUnit struct {
		Word words `parser:"@'handoff'"`
		Team words `parser:"@Ident?"`
	}
	tierUnit struct {
		Tier words `parser:"'tier' @Ident"`
	}
	onUnit struct {
		Names words `parser:"'on' @(Ident (',' Ident)*)"`
	}
	caseUnit struct {
		Value words `parser:"@Ident"`
		Text  words `parser:"@(String (Lang String)*)"`
	}
	choiceUnit struct {
		Label  words `parser:"@(String (Lang String)*)"`
		Topic  words `parser:"@Ident?"`
		Target words `parser:"@('->' Ident)"`
	}
	outcomeUnit struct {
		Name   words `parser:"@Ident"`
		Target words `parser:"@('->' Ident)"`
	}
)

// The steps of a test.
type (
	textStepUnit struct {
		Verb words `parser:"@('at' | 'patient' | 'choose')"`
		Text words `parser:"@String"`
	}
	languageStepUnit struct {
		Verb words `parser:"@'language'"`
		Name words `parser:"@Lang"`
	}
	nameStepUnit struct {
		Verb words `parser:"@('channel' | 'world')"`
		Name words `parser:"@Ident"`
	}
	humanStepUnit struct {
		Verb words `parser:"@'human'"`
	}
	waitStepUnit struct {
		Verb   words `parser:"@'wait'"`
		Amount words `parser:"@Number"`
		Unit   words `parser:"@('minutes' | 'hours' | 'days' | 'minute' | 'hour' | 'day')"`
	}
	expectStepUnit struct {
		Verb words `parser:"@'expect'"`
		What words `parser:"@( 'silence' | 'reprompt' | ('say' | 'not') String | ('ask' | 'state' | 'escalation' | 'handoff' | 'end' | 'send') Ident | 'field' Ident String )"`
	}
)
