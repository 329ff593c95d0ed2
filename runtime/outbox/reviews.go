package outbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/review"
	"github.com/tacet-lang/tacet/runtime/session"
)

// reviewDue is what an alert about reviews is about. The day on which they were due follows reviewRow in its id.
const (
	reviewDue = "review.due"
	reviewRow = "alert-review-due-"
)

// EvidencePath is where reviews are signed.
const EvidencePath = StaffPath + "/evidence"

// reviews are the alerts about reviews that are due: one for all that were due on a day.
func (w *Worker) reviews(ctx context.Context, now time.Time) (alerts []Row, err error) {
	days, err := w.dueReviews(ctx, now)
	for _, s := range days {
		row := Row{ID: reviewRow + s.Due, To: reviewDue}
		if !slices.ContainsFunc(alerts, func(r Row) bool { return r.ID == row.ID }) {
			alerts = append(alerts, row)
		}
	}
	return alerts, err
}

func (w *Worker) dueReviews(ctx context.Context, now time.Time) (list []review.State, err error) {
	err = w.store.View(ctx, w.practice, func(r session.Reader) (err error) {
		list, err = review.States(r, w.practice, now)
		return err
	})
	return slices.DeleteFunc(list, func(s review.State) bool { return !s.Late }), err
}

// remind says which reviews an alert is about. There may be none left: somebody has signed them meanwhile.
func (w *Worker) remind(ctx context.Context, r *Row) (text string, err error) {
	list, err := w.dueReviews(ctx, w.clock.Now().In(w.zone))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, s := range list {
		if reviewRow+s.Due != r.ID {
			continue
		}
		signed := "never signed yet"
		if !s.Signed.IsZero() {
			signed = "last signed on " + s.Signed.In(w.zone).Format(time.DateOnly)
		}
		b.WriteString("- " + s.Title + " (" + signed + ")\n")
	}
	if b.Len() == 0 {
		return "", nil
	}
	return "Due since " + strings.TrimPrefix(r.ID, reviewRow) + ", to be looked at and signed by the compliance owner:\n\n" + b.String(), nil
}
