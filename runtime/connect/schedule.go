package connect

import "time"

// waits is the schedule of retries of Standard Webhooks 1.0.0: over three days, ever more slowly.
var waits = []time.Duration{
	0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour,
	24 * time.Hour,
}

// Next returns how long to wait before the next try after so many tries; ok is false where there is none, and people must
// look. spread, from 0 to 999, keeps messages that failed together from being sent together again: it adds up to a tenth.
// An answer's Wait makes the wait longer, never shorter.
func Next(tries int, spread int, last Result) (wait time.Duration, ok bool) {
	if tries < 0 || tries >= len(waits) {
		return 0, false
	}
	wait = waits[tries]
	wait += wait / 10 * time.Duration(min(max(spread, 0), 999)) / 1000
	return max(wait, last.Wait), true
}
