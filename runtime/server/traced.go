package server

import (
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// traced begins a trace with each request of a route, if there is somebody to send it to. It holds the route as it stands in
// the table, never the address that was asked for. What a client says of a trace of its own is not taken up: anybody could
// fill ours.
func (s *Server) traced(route string, next http.HandlerFunc) http.HandlerFunc {
	if s.tracer == nil {
		return next
	}
	method, path, _ := strings.Cut(route, " ")
	about := trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", path))
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, span := s.tracer.Start(r.Context(), route, about, trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot())
		c := &counted{ResponseWriter: w}
		defer func() {
			status := c.status
			if status == 0 {
				status = http.StatusOK
			}
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
			span.End()
		}()
		next(c, r.WithContext(ctx))
	}
}
