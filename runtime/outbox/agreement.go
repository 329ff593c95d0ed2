package outbox

import (
	"context"
	"strconv"
	"time"
)

// agreementEnds is what an alert about the end of an agreement is about.
const agreementEnds = "vendor.agreement-ends"

// warnings are how many days before an agreement ends the compliance owner is told; 0 is the day on which it is over.
var warnings = []int{0, 1, 7, 30}

// agreements tells the compliance owner of agreements that end soon, once for each warning however many processes look.
func (w *Worker) agreements(ctx context.Context) error {
	now := w.clock.Now()
	today, err := time.Parse(time.DateOnly, day(now, w.zone))
	if err != nil {
		return err
	}
	if w.looked.Swap(today.Unix()) == today.Unix() {
		return nil
	}
	var alerts []Row
	seen := map[string]bool{}
	for _, m := range w.flows() {
		for _, v := range m.Practice.Vendors {
			if v.Agreement == nil || v.Agreement.Expires == "" {
				continue
			}
			end, err := time.Parse(time.DateOnly, v.Agreement.Expires)
			if err != nil {
				continue // such an agreement is in force on no day
			}
			left := int(end.Sub(today) / (24 * time.Hour))
			for _, n := range warnings {
				id := "alert-" + v.Name + "-" + v.Agreement.Expires + "-" + strconv.Itoa(n)
				if left <= n && !seen[id] {
					seen[id] = true
					alerts = append(alerts, Row{ID: id, Practice: w.practice, Kind: Alert, To: agreementEnds, At: now.UTC(), Due: now.UTC(), State: Queued})
				}
				if left <= n {
					break // the nearest warning says it
				}
			}
		}
	}
	if len(alerts) == 0 {
		return nil
	}
	at, err := w.store.Followed(ctx, w.practice)
	if err == nil {
		err = w.store.Follow(ctx, w.practice, at, at, alerts)
	}
	if err != nil {
		w.looked.Store(0) // look again
	}
	return err
}
