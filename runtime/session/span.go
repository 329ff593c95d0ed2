package session

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// The spans of a host. They tell of flows and times, and never of a conversation or of anybody.
const (
	spanTurn   = "turn"
	spanCommit = "store commit"
	spanRead   = "store read"
)

// span begins a part of a trace and returns the function that ends it; without a tracer it does nothing.
func (h *Host) span(ctx context.Context, name string) (context.Context, func(error)) {
	if h.tracer == nil {
		return ctx, func(error) {}
	}
	ctx, s := h.tracer.Start(ctx, name)
	return ctx, func(err error) { endSpan(s, err) }
}

// endSpan says of an error only whether trying again helps, and when: its words are for the log.
func endSpan(s trace.Span, err error) {
	switch {
	case errors.Is(err, ErrStale), errors.Is(err, ErrTaken):
		s.SetAttributes(attribute.Bool("tacet.again", true))
	case errors.Is(err, ErrUnavailable):
		s.SetStatus(codes.Error, "")
	}
	s.End()
}
