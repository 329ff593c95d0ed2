package syntax

import "github.com/tacet-lang/tacet/lang/source"

// Range returns the span of the whole declaration.
func (d *FlowDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *PurposeDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *UseDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *LanguagesDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *ChannelDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *ScopeDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *FieldDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *DeclassifyDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *AllowDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *SessionDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *NoticeDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *TextDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *StartDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *StateDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *EscalationDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *TopicDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *TriggerDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *FragmentDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole declaration.
func (d *TestDecl) Range() source.Span { return d.Span }

// Range returns the span of the whole statement.
func (s *SayStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *SayByStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *AskStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *OfferStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *ListenStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *SendStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *BookStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *VerifyStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *ConsentStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *RunStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *FirstStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *WhenStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *OtherwiseStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *GotoStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *EndStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *HandoffStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *TierStmt) Range() source.Span { return s.Span }

// Range returns the span of the whole statement.
func (s *OnStmt) Range() source.Span { return s.Span }

func (*FlowDecl) decl()       {}
func (*PurposeDecl) decl()    {}
func (*UseDecl) decl()        {}
func (*LanguagesDecl) decl()  {}
func (*ChannelDecl) decl()    {}
func (*ScopeDecl) decl()      {}
func (*FieldDecl) decl()      {}
func (*DeclassifyDecl) decl() {}
func (*AllowDecl) decl()      {}
func (*SessionDecl) decl()    {}
func (*NoticeDecl) decl()     {}
func (*TextDecl) decl()       {}
func (*StartDecl) decl()      {}
func (*StateDecl) decl()      {}
func (*EscalationDecl) decl() {}
func (*TopicDecl) decl()      {}
func (*TriggerDecl) decl()    {}
func (*FragmentDecl) decl()   {}
func (*TestDecl) decl()       {}
func (*SayStmt) stmt()        {}
func (*SayByStmt) stmt()      {}
func (*AskStmt) stmt()        {}
func (*OfferStmt) stmt()      {}
func (*ListenStmt) stmt()     {}
func (*SendStmt) stmt()       {}
func (*BookStmt) stmt()       {}
func (*VerifyStmt) stmt()     {}
func (*ConsentStmt) stmt()    {}
func (*RunStmt) stmt()        {}
func (*FirstStmt) stmt()      {}
func (*WhenStmt) stmt()       {}
func (*OtherwiseStmt) stmt()  {}
func (*GotoStmt) stmt()       {}
func (*EndStmt) stmt()        {}
func (*HandoffStmt) stmt()    {}
func (*TierStmt) stmt()       {}
func (*OnStmt) stmt()         {}
