package session

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// Notice is the privacy notice as it is shown before a conversation starts. Hash names its wording: a client sends it
// back to say that this wording was shown.
type Notice struct {
	Lang string
	Text string
	Hash string
}

// Notice returns the notice of the current machine of a flow; an unknown language gets the flow's first. ok is false
// for an unknown flow.
func (h *Host) Notice(flow, lang string) (n Notice, ok bool) {
	s := h.offered(flow)
	if s == nil {
		return Notice{}, false
	}
	if n, ok = s.notices[lang]; ok {
		return n, true
	}
	return s.notices[s.Machine.Flow.Languages[0]], true
}

// notice plays the start of a conversation that nobody has, so that the notice is worded exactly as the engine words it
// in the transcript.
func (s *served) notice(lang string, now time.Time) (Notice, error) {
	start := engine.Event{Kind: engine.Start, At: now.In(s.zone), Lang: lang, Channel: channel(s.Machine)}
	_, effects, err := s.Program.Step(s.Program.New("notice"), start)
	if err != nil {
		return Notice{}, err
	}
	var said []string
	for _, e := range effects {
		if m, ok := e.(engine.Said); ok && m.Role == engine.RoleNotice {
			said = append(said, m.Text)
		}
	}
	sum := sha256.Sum256([]byte(lang + "\n" + s.Machine.Notice.In(lang) + "\n" + strings.Join(said, "\n")))
	return Notice{Lang: lang, Text: strings.Join(said, "\n\n"), Hash: hex.EncodeToString(sum[:])}, nil
}
