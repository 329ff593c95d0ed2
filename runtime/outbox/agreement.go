package outbox

import (
	"strconv"
	"time"
)

// agreementEnds is what an alert about the end of an agreement is about.
const agreementEnds = "vendor.agreement-ends"

// warnings are how many days before an agreement ends the compliance owner is told; 0 is the day on which it is over.
var warnings = []int{0, 1, 7, 30}

// agreements are the alerts about agreements that end soon, one for each warning.
func (w *Worker) agreements(today time.Time) (alerts []Row) {
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
					alerts = append(alerts, Row{ID: id, To: agreementEnds})
				}
				if left <= n {
					break // the nearest warning says it
				}
			}
		}
	}
	return alerts
}
