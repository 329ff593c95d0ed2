package syntax

import "github.com/tacet-lang/tacet/lang/source"

// Range returns the span of the whole file.
func (f *File) Range() source.Span { return f.Source.Span(0, len(f.Source.Bytes)) }

// Range returns the span of the name.
func (n *Ident) Range() source.Span { return n.Span }

// Range returns the span of the text with its quotes.
func (n *String) Range() source.Span { return n.Span }

// Range returns the span of all languages of the text.
func (n *Text) Range() source.Span { return n.Span }

// Range returns the span of the number.
func (n *Number) Range() source.Span { return n.Span }

// Range returns the span of the date.
func (n *Date) Range() source.Span { return n.Span }

// Range returns the span from the arrow to the name.
func (n *Target) Range() source.Span { return n.Span }

// Range returns the span of the condition alone.
func (n *Guard) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *ScopeItem) Range() source.Span { return n.Span }

// Range returns the span of the type.
func (n *TypeRef) Range() source.Span { return n.Span }

// Range returns the span of the option and its label.
func (n *Option) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *SessionItem) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *Phrases) Range() source.Span { return n.Span }

// Range returns the span of the parameter and its type.
func (n *Param) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *SayCase) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *OfferChoice) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *Outcome) Range() source.Span { return n.Span }

// Range returns the span of the line.
func (n *TestStep) Range() source.Span { return n.Span }
