package compiler

import (
	"io/fs"
	"slices"

	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/speech"
	"github.com/tacet-lang/tacet/stdlib"
)

// SpeechContext says what a text of a flow of this purpose may ask for, so that [speech.Judge] can judge it: the kinds of
// answer that the policy permits on all conditions that can be met before the text is said. Where the purpose is served
// only behind a login, the patient counts as verified; verified says so for other flows. ok is false for a purpose that
// the policy does not know.
func SpeechContext(p *policy.Policy, purpose string, verified bool) (c speech.Context, ok bool) {
	pu, ok := p.Purpose(purpose)
	if !ok {
		return speech.Context{}, false
	}
	c.Permits = map[string]bool{}
	c.Prices = purpose == "billing"
	verified = verified || behindLogin(p, pu)
	for _, k := range speech.Kinds() {
		d := p.Permit(purpose, k.Type, k.Class)
		c.Permits[k.Type] = d.Allowed && !slices.Contains(d.Requires, policy.HumanApproval) && (verified || !slices.Contains(d.Requires, policy.Authenticated))
	}
	return c, true
}

// behindLogin says whether the purpose is served only over channels that the policy calls secure.
func behindLogin(p *policy.Policy, pu policy.Purpose) bool {
	for _, name := range pu.Channels {
		if ch, ok := p.Channel(name.Value); !ok || ch.Secure.Value != "yes" {
			return false
		}
	}
	return len(pu.Channels) > 0
}

// StandardPolicy is the policy of a practice that tightens nothing: std/hipaa as built in.
func StandardPolicy() *policy.Policy {
	const name = "std/hipaa.policy.yaml"
	data, err := fs.ReadFile(stdlib.FS, name)
	if err != nil {
		panic("compiler: the built-in policy is missing: " + err.Error())
	}
	pack, problems := policy.ParsePack(source.New(name, data))
	p, more := policy.Compose(pack)
	if problems.HasErrors() || more.HasErrors() {
		panic("compiler: the built-in policy does not hold")
	}
	return p
}
