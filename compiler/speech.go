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
	c.Prices = purpose == "billing"
	verified = verified || behindLogin(p, pu)
	unmet := []string{policy.HumanApproval}
	if !verified {
		unmet = append(unmet, policy.Authenticated)
	}
	c.Permits = permitted(p, purpose, unmet)
	return c, true
}

// permitted are the kinds of answer that a purpose may collect on no condition that is unmet. What the policy has no type
// for is judged by its class; only what says little of a person is permitted where it does not know that either.
func permitted(p *policy.Policy, purpose string, unmet []string) map[string]bool {
	out := map[string]bool{}
	for _, k := range speech.Kinds() {
		if _, known := p.FieldType(k.Type); !known {
			out[k.Type] = k.Class == "contact" || k.Class == "interest" || k.Class == "preference"
			continue
		}
		d := p.Permit(purpose, k.Type, "")
		if k.Type == "has-insurance" { // whoever may hold the number of a plan may know that there is one
			d.Allowed = d.Allowed || p.Permit(purpose, "member-id", "").Allowed
		}
		out[k.Type] = d.Allowed && !slices.ContainsFunc(d.Requires, func(r string) bool { return slices.Contains(unmet, r) })
	}
	return out
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
	p, problems := policy.Compose(policy.ReadPack(source.New(name, data)))
	if problems.HasErrors() {
		panic("compiler: the built-in policy does not hold")
	}
	return p
}
