package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tacet-lang/tacet/runtime/session"
)

// figures are what a monitoring system reads. They tell of routes, statuses and times, and never of a conversation or of
// anybody.
type figures struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec   // by route and status
	seconds  *prometheus.HistogramVec // by route
	limited  *prometheus.CounterVec   // by limit
	panics   prometheus.Counter
}

func newFigures(s *Server) *figures {
	f := &figures{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tacet_http_requests_total", Help: "Requests answered, by route and status; gone where the client did not wait.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tacet_http_request_seconds", Help: "Time to answer, by route; of event streams the time they were open.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tacet_http_limited_total", Help: "Requests over a limit, by limit.",
		}, []string{"limit"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "tacet_panics_total", Help: "Requests that failed by a bug."}),
	}
	f.registry.MustRegister(f.requests, f.seconds, f.limited, f.panics,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tacet_streams_open", Help: "Open event streams."},
			func() float64 { return float64(s.streams.count()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tacet_flows_offered", Help: "Flows that conversations can start on."},
			func() float64 { return float64(len(s.host.Flows())) }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return f
}

// Figures answers a monitoring system (Prometheus), which is to ask on a listener that patients do not reach.
func (s *Server) Figures() http.Handler {
	return promhttp.HandlerFor(s.figures.registry, promhttp.HandlerOpts{})
}

// count counts a route's requests.
func (f *figures) count(route string, next http.HandlerFunc) http.HandlerFunc {
	seconds := f.seconds.WithLabelValues(route)
	good := f.requests.WithLabelValues(route, "200") // found once: most are
	return func(w http.ResponseWriter, r *http.Request) {
		begun := session.SystemClock{}.Now()
		c := &counted{ResponseWriter: w}
		defer func() {
			seconds.Observe(session.SystemClock{}.Now().Sub(begun).Seconds())
			if c.status == 0 || c.status == http.StatusOK {
				good.Inc()
				return
			}
			status := strconv.Itoa(c.status)
			if c.status == http.StatusServiceUnavailable && r.Context().Err() != nil {
				status = "gone" // the client did not wait for the answer: no failure of ours
			}
			f.requests.WithLabelValues(route, status).Inc()
		}()
		next(c, r)
	}
}

// counted remembers the status of an answer.
type counted struct {
	http.ResponseWriter
	status int
}

func (c *counted) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// readyTimeout bounds how long the store may take to say that it is there.
const readyTimeout = 2 * time.Second

// ready tells a load balancer whether to send requests here: not while the store does not answer, nor once the server
// is to stop.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if s.stopping.Load() || s.host.Ready(ctx) != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n")) // a client that has gone asks again
}
