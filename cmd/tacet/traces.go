package main

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/tacet-lang/tacet/runtime/spans"
)

// tracesTimeout bounds how long the last traces may take when a server stops.
const tracesTimeout = 5 * time.Second

// tracer sends traces to an address, or to where the environment says; nil where neither names one. stop sends what is left.
func tracer(endpoint string, log *slog.Logger) (t trace.Tracer, stop func(), err error) {
	if endpoint = spans.Endpoint(endpoint); endpoint == "" {
		return nil, func() {}, nil
	}
	p, err := spans.New(endpoint)
	if err != nil {
		return nil, nil, usage("%w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces are lost", "error", err) }))
	return p.Tracer("tacet"), func() {
		ctx, cancel := context.WithTimeout(context.Background(), tracesTimeout)
		defer cancel()
		if err := p.Shutdown(ctx); err != nil {
			log.Warn("traces are lost", "error", err)
		}
	}, nil
}
