package syntax

import "fmt"

// Walk calls visit for n and, as long as visit returns true, for every node inside it, in source order. Names, texts and
// all other parts are nodes too, passed as pointers into the tree. Comments are not walked.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	w := walker{visit}
	switch n := n.(type) {
	case *File:
		for _, d := range n.Decls {
			Walk(d, visit)
		}
	case Decl:
		w.decl(n)
	case Stmt:
		w.stmt(n)
	default:
		w.part(n)
	}
}

type walker struct{ visit func(Node) bool }

func (w walker) decl(d Decl) {
	switch d := d.(type) {
	case *FlowDecl:
		Walk(&d.Name, w.visit)
	case *PurposeDecl:
		Walk(&d.Name, w.visit)
	case *UseDecl:
		walkAll(d.Modules, w.visit)
	case *LanguagesDecl:
		walkAll(d.Names, w.visit)
	case *ChannelDecl:
		walkAll(d.Names, w.visit)
	case *ScopeDecl:
		walkAll(d.Items, w.visit)
	case *FieldDecl:
		Walk(&d.Name, w.visit)
		Walk(&d.Type, w.visit)
		walkOptional(d.For, w.visit)
		walkOptional(d.Class, w.visit)
	case *DeclassifyDecl:
		Walk(&d.Field, w.visit)
		Walk(&d.Class, w.visit)
		Walk(&d.Reason, w.visit)
		Walk(&d.Owner, w.visit)
		Walk(&d.Until, w.visit)
	case *AllowDecl:
		Walk(&d.Code, w.visit)
		Walk(&d.Reason, w.visit)
		Walk(&d.Until, w.visit)
	case *SessionDecl:
		walkAll(d.Items, w.visit)
	case *NoticeDecl:
		Walk(&d.Text, w.visit)
	case *TextDecl:
		Walk(&d.Name, w.visit)
		Walk(&d.Text, w.visit)
	case *StartDecl:
		Walk(&d.State, w.visit)
	default:
		w.blockDecl(d)
	}
}

func (w walker) blockDecl(d Decl) {
	switch d := d.(type) {
	case *StateDecl:
		Walk(&d.Name, w.visit)
		for _, s := range d.Body {
			Walk(s, w.visit)
		}
	case *EscalationDecl:
		Walk(&d.Name, w.visit)
		for _, s := range d.Body {
			Walk(s, w.visit)
		}
	case *TopicDecl:
		Walk(&d.Name, w.visit)
		walkAll(d.Like, w.visit)
		walkOptional(d.Answer, w.visit)
		walkOptional(d.Route, w.visit)
	case *TriggerDecl:
		Walk(&d.Name, w.visit)
		walkOptional(d.Tier, w.visit)
		walkOptional(d.Category, w.visit)
		walkAll(d.Phrases, w.visit)
		walkAll(d.Except, w.visit)
	case *FragmentDecl:
		Walk(&d.Name, w.visit)
		walkAll(d.Params, w.visit)
		walkAll(d.Exits, w.visit)
		Walk(&d.Start, w.visit)
		for _, s := range d.States {
			Walk(s, w.visit)
		}
	case *TestDecl:
		Walk(&d.Name, w.visit)
		walkAll(d.Steps, w.visit)
	default:
		panic(fmt.Sprintf("syntax: unhandled declaration %T", d))
	}
}

func (w walker) stmt(s Stmt) {
	switch s := s.(type) {
	case *SayStmt:
		Walk(&s.Text, w.visit)
	case *SayByStmt:
		Walk(&s.Field, w.visit)
		walkAll(s.Cases, w.visit)
	case *AskStmt:
		Walk(&s.Field, w.visit)
		Walk(&s.Prompt, w.visit)
		walkOptional(s.None, w.visit)
	case *OfferStmt:
		walkOptional(s.Prompt, w.visit)
		walkAll(s.Choices, w.visit)
	case *ListenStmt:
		walkOptional(s.Prompt, w.visit)
		walkAll(s.Routes, w.visit)
	case *SendStmt:
		walkAll(s.Fields, w.visit)
		Walk(&s.To, w.visit)
	case *BookStmt:
		Walk(&s.Field, w.visit)
		walkAll(s.Outcomes, w.visit)
	case *VerifyStmt:
		Walk(&s.Field, w.visit)
		Walk(&s.Prompt, w.visit)
		walkAll(s.Outcomes, w.visit)
	case *ConsentStmt:
		Walk(&s.Name, w.visit)
		walkAll(s.For, w.visit)
		Walk(&s.Prompt, w.visit)
		walkAll(s.Outcomes, w.visit)
	case *RunStmt:
		Walk(&s.Fragment, w.visit)
		walkAll(s.Args, w.visit)
		walkAll(s.Outcomes, w.visit)
	default:
		w.plainStmt(s)
	}
}

func (w walker) plainStmt(s Stmt) {
	switch s := s.(type) {
	case *FirstStmt:
	case *WhenStmt:
		Walk(&s.Guard, w.visit)
		Walk(&s.Target, w.visit)
	case *OtherwiseStmt:
		Walk(&s.Target, w.visit)
	case *GotoStmt:
		Walk(&s.Target, w.visit)
	case *EndStmt:
		Walk(&s.Outcome, w.visit)
	case *HandoffStmt:
		walkOptional(s.Team, w.visit)
	case *TierStmt:
		Walk(&s.Tier, w.visit)
	case *OnStmt:
		walkAll(s.Names, w.visit)
	default:
		panic(fmt.Sprintf("syntax: unhandled statement %T", s))
	}
}

func (w walker) part(n Node) {
	switch n := n.(type) {
	case *Ident, *String, *Number, *Date, *Guard:
	case *Text:
		for i := range n.Parts {
			walkOptional(n.Parts[i].Lang, w.visit)
			Walk(&n.Parts[i].String, w.visit)
		}
	case *Target:
		Walk(&n.Name, w.visit)
	case *ScopeItem:
		Walk(&n.Verb, w.visit)
		walkAll(n.Topics, w.visit)
	case *TypeRef:
		walkAll(n.Options, w.visit)
		walkOptional(n.Min, w.visit)
		walkOptional(n.Max, w.visit)
	case *Option:
		Walk(&n.Name, w.visit)
		walkOptional(n.Label, w.visit)
	case *SessionItem:
		Walk(&n.Key, w.visit)
		walkOptional(n.For, w.visit)
		Walk(&n.Value, w.visit)
		walkOptional(n.Unit, w.visit)
	case *Phrases:
		if n.Lang.Name != "" {
			Walk(&n.Lang, w.visit)
		}
		walkAll(n.Lines, w.visit)
	case *Param:
		Walk(&n.Name, w.visit)
		Walk(&n.Type, w.visit)
	case *SayCase:
		Walk(&n.Value, w.visit)
		Walk(&n.Text, w.visit)
	case *OfferChoice:
		Walk(&n.Label, w.visit)
		walkOptional(n.Topic, w.visit)
		Walk(&n.Target, w.visit)
	case *Outcome:
		Walk(&n.Name, w.visit)
		Walk(&n.Target, w.visit)
	case *TestStep:
		w.step(n)
	default:
		panic(fmt.Sprintf("syntax: unhandled node %T", n))
	}
}

func (w walker) step(n *TestStep) {
	Walk(&n.Verb, w.visit)
	walkOptional(n.What, w.visit)
	if n.Amount != nil {
		Walk(n.Amount, w.visit)
	}
	walkOptional(n.Name, w.visit)
	walkOptional(n.Text, w.visit)
}

// node is a pointer to a T that is a Node.
type node[T any] interface {
	*T
	Node
}

func walkAll[T any, P node[T]](list []T, visit func(Node) bool) {
	for i := range list {
		Walk(P(&list[i]), visit)
	}
}

func walkOptional[T any, P node[T]](n P, visit func(Node) bool) {
	if n != nil {
		Walk(n, visit)
	}
}
