package policy

import (
	"maps"
	"math"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

func values(in []String) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = s.Value
	}
	return out
}

func sortedValues(in []String) []string { return unique(values(in)) }

func containsValue(in []String, v string) bool {
	return slices.ContainsFunc(in, func(s String) bool { return s.Value == v })
}

// unique returns the values sorted, without repetitions; nil when there is none.
func unique(in []string) []string {
	out := slices.Compact(slices.Sorted(slices.Values(in)))
	if len(out) == 0 {
		return nil
	}
	return out
}

func without(in, drop []string) []string {
	var out []string
	for _, s := range in {
		if !slices.Contains(drop, s) {
			out = append(out, s)
		}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// closed returns the bound as a closed interval; an open end is the largest number there is.
func (b Bound) closed() machine.Range {
	r := machine.Range{Min: b.Min.Value, Max: math.MaxInt64}
	if b.Max.IsSet() {
		r.Max = b.Max.Value
	}
	return r
}

func (p *Pack) purpose(name string) (Purpose, bool) {
	i := slices.IndexFunc(p.Purposes, func(x Purpose) bool { return x.Name.Value == name })
	if i < 0 {
		return Purpose{}, false
	}
	return p.Purposes[i], true
}

func (p *Pack) channel(name string) (Channel, bool) {
	i := slices.IndexFunc(p.Channels, func(x Channel) bool { return x.Name.Value == name })
	if i < 0 {
		return Channel{}, false
	}
	return p.Channels[i], true
}
