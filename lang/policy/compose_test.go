package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
)

// The algebra of overlays: whatever is composed permits no more than each part, in any order, once or twice.

var (
	conditions = []string{policy.Authenticated, policy.Consent, policy.SecureChannel, policy.HumanApproval}
	baseTypes  = []string{"text", "name", "choice", "zip", "date-of-birth", "insured", "pin"}
	purposes   = []string{"inform", "scheduling", "intake"}
	channels   = []string{"web-chat", "portal-chat", "sms", "phone"}
	classes    = []string{"public", "preference", "contact", "interest", "identifier", "health", "sealed", "secret"}
)

// baseRows are the rows of testdata/pack.yaml, with their conditions.
var baseRows = map[string][]string{
	"inform":     {"class: preference|"},
	"scheduling": {"class: preference|", "class: contact|", "class: interest|", "type: date-of-birth|authenticated", "type: name|", "type: choice|", "type: insured|"},
	"intake": {"class: preference|", "class: contact|", "class: interest|", "class: identifier|secure-channel", "class: health|secure-channel,human-approval",
		"type: zip|secure-channel", "type: text|secure-channel,human-approval"},
}

// tightening writes a random overlay that tightens testdata/pack.yaml in some of all the ways there are.
func tightening(t *rapid.T, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "pack: %s\nversion: \"1\"\nextends: test/base\n", name)
	vault := false
	maybe := func(label string) bool { return rapid.IntRange(0, 2).Draw(t, label) == 0 }
	some := func(label string, of []string) []string {
		return slices.DeleteFunc(slices.Clone(of), func(x string) bool { return !rapid.Bool().Draw(t, label+" "+x) })
	}
	if maybe("session") {
		lo, hi := rapid.IntRange(15, 22).Draw(t, "lo"), rapid.IntRange(23, 30).Draw(t, "hi")
		fmt.Fprintf(&b, "session: {timeout: {min: %d minutes, max: %d minutes}, retries: {max: %d}}\n", lo, hi, rapid.IntRange(1, 3).Draw(t, "retries"))
	}
	if maybe("retention") {
		fmt.Fprintf(&b, "retention: {transcript: {max: %d days}}\n", rapid.IntRange(1, 365).Draw(t, "keep"))
	}
	if maybe("vendors") {
		fmt.Fprintf(&b, "vendors: {agreement_from: %s, horizon: %d days}\n", rapid.SampledFrom([]string{"public", "preference", "contact"}).Draw(t, "floor"), rapid.IntRange(30, 90).Draw(t, "horizon"))
	}
	if maybe("review") {
		fmt.Fprintf(&b, "review: {every: %d days}\n", rapid.IntRange(30, 365).Draw(t, "every"))
	}
	if maybe("notices") {
		fmt.Fprintf(&b, "notices: {n%d: {when: before-collect, says: hello}}\n", rapid.IntRange(0, 2).Draw(t, "notice"))
	}
	if maybe("classes") {
		fmt.Fprintf(&b, "classes:\n  %s: {requires: [%s]}\n", rapid.SampledFrom(classes).Draw(t, "class"), strings.Join(some("needs", conditions), ", "))
		if rapid.Bool().Draw(t, "new class") {
			vault = true
			b.WriteString("  vault: {above: health}\n")
			if rapid.Bool().Draw(t, "raise to it") {
				b.WriteString("types: {text: {class: vault}}\n")
			}
		}
	} else if maybe("types") {
		raise := rapid.SampledFrom([][2]string{{"name", "identifier"}, {"name", "interest"}, {"zip", "health"}, {"choice", "contact"}, {"insured", "health"}, {"date-of-birth", "secret"}}).Draw(t, "raise")
		fmt.Fprintf(&b, "types: {%s: {class: %s}}\n", raise[0], raise[1])
	}
	if maybe("channels") {
		fmt.Fprintf(&b, "channels: {web-chat: {holds: [%s]}, portal-chat: {secure: no}}\n", strings.Join(some("holds", []string{"public", "preference", "contact", "interest"}), ", "))
	}
	if maybe("purposes") {
		b.WriteString("purposes:\n")
		for _, pu := range purposes {
			fmt.Fprintf(&b, "  %s:\n    requires: [%s]\n", pu, strings.Join(some(pu+" requires", conditions[:2]), ", "))
			if rapid.Bool().Draw(t, pu+" refuse") {
				fmt.Fprintf(&b, "    refuse: [%s]\n", rapid.SampledFrom(append(slices.Clone(baseTypes), classes...)).Draw(t, pu+" refused"))
			}
			if rapid.Bool().Draw(t, pu+" collect") {
				var rows []string
				own := baseRows[pu]
				if vault {
					own = append(slices.Clone(own), "class: vault|")
				}
				for _, row := range some(pu, own) {
					what, needs, _ := strings.Cut(row, "|")
					if rapid.Bool().Draw(t, row+" restates") {
						all := append(some(row, conditions), strings.FieldsFunc(needs, func(r rune) bool { return r == ',' })...)
						slices.Sort(all)
						what += ", requires: [" + strings.Join(slices.Compact(all), ", ") + "]"
					}
					rows = append(rows, "{"+what+"}")
				}
				fmt.Fprintf(&b, "    collect: [%s]\n", strings.Join(rows, ", "))
			}
		}
	}
	return b.String()
}

func mustPack(t interface{ Fatalf(string, ...any) }, text string) *policy.Pack {
	p, l := parsePack([]byte(text))
	if len(l) > 0 {
		t.Fatalf("%s%s", text, describe(l))
	}
	return p
}

// permitsAtMost fails where a permits something that b does not, or under fewer conditions.
func permitsAtMost(t *rapid.T, a, b *policy.Policy, why string) {
	for _, pu := range purposes {
		for _, typ := range baseTypes {
			for _, class := range append([]string{""}, classes...) {
				x, y := a.Permit(pu, typ, class), b.Permit(pu, typ, class)
				if x.Allowed && class == "" { // the type's class may have been raised: judge it as b calls it
					y = b.Permit(pu, typ, x.Class)
				}
				if info, _ := b.FieldType(typ); class == "" && x.Allowed && !b.IsClass(x.Class) {
					y = b.Permit(pu, typ, info.Class)
				}
				if x.Allowed && !y.Allowed {
					t.Fatalf("%s: %s may collect %s as %q", why, pu, typ, x.Class)
				}
				for _, need := range y.Requires {
					if x.Allowed && !slices.Contains(x.Requires, need) {
						t.Fatalf("%s: %s may collect %s as %q without %s", why, pu, typ, x.Class, need)
					}
				}
			}
		}
		mine, theirs := a.Machine(pu), b.Machine(pu)
		for _, c := range mine.Channels {
			if !slices.Contains(theirs.Channels, c) {
				t.Fatalf("%s: %s is served on %s", why, pu, c)
			}
		}
		for _, n := range theirs.Notices {
			if !slices.Contains(mine.Notices, n) {
				t.Fatalf("%s: the notice %s is gone", why, n)
			}
		}
		within := func(what string, x, y machine.Range) {
			if x.Min < y.Min || x.Max > y.Max {
				t.Fatalf("%s: %s is %v, wider than %v", why, what, x, y)
			}
		}
		within("timeout", mine.Timeout, theirs.Timeout)
		within("retries", mine.Retries, theirs.Retries)
		for _, k := range theirs.Keep {
			x, ok := a.Keep(k.Class)
			if !ok {
				t.Fatalf("%s: nothing is said of keeping %s", why, k.Class)
			}
			within("keep "+k.Class, x, k.Range)
		}
		if mine.Horizon < theirs.Horizon || mine.ReviewEvery > theirs.ReviewEvery || !a.Below(mine.VendorFloor, theirs.VendorFloor) {
			t.Fatalf("%s: vendors or reviews are looser: %+v, %+v", why, mine, theirs)
		}
	}
	for _, ch := range channels {
		for _, class := range classes {
			for _, verified := range []bool{false, true} {
				if a.Carries(ch, class, verified) && !b.Carries(ch, class, verified) {
					t.Fatalf("%s: %s carries %s", why, ch, class)
				}
			}
		}
	}
}

func TestComposeIsMonotone(t *testing.T) {
	t.Parallel()
	base := basePack(t)
	alone, _ := policy.Compose(base)
	rapid.Check(t, func(t *rapid.T) {
		a, b := mustPack(t, tightening(t, "over/a")), mustPack(t, tightening(t, "over/b"))
		both, l := policy.Compose(base, a, b)
		if len(l) > 0 {
			t.Fatalf("%s", describe(l))
		}
		one, l := policy.Compose(base, a)
		if len(l) > 0 {
			t.Fatalf("%s", describe(l))
		}
		permitsAtMost(t, one, alone, "one overlay")
		permitsAtMost(t, both, one, "two overlays")
	})
}

// permitted lists everything a policy decides, in words.
func permitted(p *policy.Policy) []string {
	var out []string
	for _, pu := range purposes {
		m := p.Machine(pu)
		m.Packs = nil
		for i := range m.Permits {
			m.Permits[i].Cite = ""
		}
		out = append(out, fmt.Sprintf("%s %+v", pu, m))
		for _, typ := range baseTypes {
			for _, class := range append([]string{""}, classes...) {
				d := p.Permit(pu, typ, class)
				out = append(out, fmt.Sprintf("%s %s %q %v %v", pu, typ, d.Class, d.Allowed, d.Requires))
			}
		}
	}
	return out
}

func TestComposeIgnoresOrderAndRepetition(t *testing.T) {
	t.Parallel()
	base := basePack(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := mustPack(t, tightening(t, "over/a")), mustPack(t, tightening(t, "over/b")), mustPack(t, tightening(t, "over/c"))
		want, l := policy.Compose(base, a, b, c)
		if len(l) > 0 {
			t.Fatalf("%s", describe(l))
		}
		for _, packs := range [][]*policy.Pack{{c, b, a}, {b, a, c, b, a}, {a, nil, c, b}, {base, a, b, c}} {
			got, l := policy.Compose(base, packs...)
			if len(l) > 0 {
				t.Fatalf("%s", describe(l))
			}
			if d := cmp.Diff(permitted(want), permitted(got)); d != "" {
				t.Fatalf("another order permits something else:\n%s", d)
			}
			if d := cmp.Diff(want.Machine("intake"), got.Machine("intake")); d != "" {
				t.Fatalf("another order makes another machine:\n%s", d)
			}
		}
		// Names decide about wording only: what is permitted does not depend on them.
		renamed := mustPack(t, strings.Replace(string(a.File.Bytes), "over/a", "over/z", 1))
		got, l := policy.Compose(base, renamed, b, c)
		if len(l) > 0 {
			t.Fatalf("%s", describe(l))
		}
		if d := cmp.Diff(permitted(want), permitted(got)); d != "" {
			t.Fatalf("another name permits something else:\n%s", d)
		}
	})
}

// loosening is a line that loosens, whatever else stands in the overlay.
func loosening(t *rapid.T) (text string, codes []*diag.Code) {
	switch rapid.IntRange(0, 9).Draw(t, "loosening") {
	case 0:
		return fmt.Sprintf("session: {timeout: {min: %d minutes}}\n", rapid.IntRange(0, 14).Draw(t, "min")), []*diag.Code{diag.LoosensBound}
	case 1:
		return fmt.Sprintf("session: {retries: {max: %d}}\n", rapid.IntRange(4, 99).Draw(t, "max")), []*diag.Code{diag.LoosensBound}
	case 2:
		return fmt.Sprintf("retention: {transcript: {max: %d days}}\n", rapid.IntRange(366, 9999).Draw(t, "max")), []*diag.Code{diag.LoosensBound}
	case 3:
		pu := rapid.SampledFrom([]string{"inform", "scheduling"}).Draw(t, "purpose")
		class := rapid.SampledFrom([]string{"identifier", "health", "sealed", "secret"}).Draw(t, "class")
		return fmt.Sprintf("purposes: {%s: {collect: [{class: preference}, {class: %s}]}}\n", pu, class), []*diag.Code{diag.LoosensCollect}
	case 4:
		drop := rapid.SampledFrom([]string{"secure-channel", "human-approval"}).Draw(t, "dropped")
		return fmt.Sprintf("purposes: {intake: {collect: [{class: health, requires: [%s]}]}}\n", drop), []*diag.Code{diag.LoosensCondition}
	case 5:
		lower := rapid.SampledFrom([][2]string{{"zip", "contact"}, {"zip", "interest"}, {"text", "identifier"}, {"pin", "public"}, {"name", "preference"}}).Draw(t, "lower")
		return fmt.Sprintf("types: {%s: {class: %s}}\n", lower[0], lower[1]), []*diag.Code{diag.LoosensClass}
	case 6:
		up := rapid.SampledFrom([][2]string{{"contact", "health"}, {"interest", "identifier"}, {"preference", "secret"}, {"health", "sealed"}, {"identifier", "interest"}}).Draw(t, "above")
		return fmt.Sprintf("classes: {%s: {above: %s}}\n", up[0], up[1]), []*diag.Code{diag.LoosensClass}
	case 7:
		ch := rapid.SampledFrom([][2]string{{"sms", "contact"}, {"web-chat", "health"}, {"phone", "preference"}, {"portal-chat", "secret"}}).Draw(t, "channel")
		return fmt.Sprintf("channels: {%s: {holds: [%s]}}\n", ch[0], ch[1]), []*diag.Code{diag.LoosensChannel}
	case 8:
		return fmt.Sprintf("vendors: {horizon: %d days}\n", rapid.IntRange(0, 29).Draw(t, "horizon")), []*diag.Code{diag.LoosensVendor}
	default:
		return fmt.Sprintf("types: {nickname: {class: %s, title: a nickname}}\n", rapid.SampledFrom([]string{"public", "contact", "interest", "identifier", "secret"}).Draw(t, "class")), []*diag.Code{diag.LoosensClass}
	}
}

func TestLooseningIsAlwaysCaught(t *testing.T) {
	t.Parallel()
	base := basePack(t)
	rapid.Check(t, func(t *rapid.T) {
		text, codes := loosening(t)
		key, _, _ := strings.Cut(text, ":")
		var kept []string
		skipping := false
		for _, line := range strings.SplitAfter(tightening(t, "over/a"), "\n") {
			if !strings.HasPrefix(line, " ") {
				skipping = strings.HasPrefix(line, key+":") // the loosening replaces the block of its kind
			}
			if !skipping {
				kept = append(kept, line)
			}
		}
		whole := strings.Join(kept, "") + text
		if strings.Contains(whole, "class: vault") && !strings.Contains(whole, "vault: {above") {
			t.Skip("raised to a class that the loosening replaced")
		}
		p, l := policy.Compose(base, mustPack(t, whole))
		if p != nil || len(l) == 0 {
			t.Fatalf("not caught:\n%s", whole)
		}
		line := strings.Count(whole, "\n")
		for _, d := range l {
			if d.Span.Start.Line == line && slices.Contains(codes, d.Code) {
				return
			}
		}
		t.Fatalf("not caught at line %d:\n%s%s", line, whole, describe(l))
	})
}

func TestLatticeLaws(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*policy.Policy{"test": compose(t), "hipaa": standard(t)} {
		all := append(p.Classes(), policy.Top)
		for _, a := range all {
			for _, b := range all {
				j := p.Join(a, b)
				if !p.Below(a, j) || !p.Below(b, j) || j != p.Join(b, a) {
					t.Errorf("%s: join of %s and %s is %s", name, a, b, j)
				}
				if p.Below(a, b) != (j == b) || p.Below(a, b) && p.Below(b, a) && a != b {
					t.Errorf("%s: %s below %s is %v, but their join is %s", name, a, b, p.Below(a, b), j)
				}
				for _, c := range all {
					if p.Join(p.Join(a, b), c) != p.Join(a, p.Join(b, c)) {
						t.Errorf("%s: joining %s, %s, %s depends on the order", name, a, b, c)
					}
					if p.Below(a, c) && p.Below(b, c) && !p.Below(j, c) {
						t.Errorf("%s: %s is above %s and %s, but not their join %s", name, c, a, b, j)
					}
				}
			}
		}
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ refuse, typ string }{{"contact", "name"}, {"name", "name"}, {"interest", "insured"}, {"date-of-birth", "date-of-birth"}, {"identifier", "date-of-birth"}} {
		p := compose(t, mustPack(t, overlay+"purposes: {scheduling: {refuse: ["+c.refuse+"]}}\n"))
		if compose(t).Permit("scheduling", c.typ, "").Allowed == p.Permit("scheduling", c.typ, "").Allowed {
			t.Errorf("refuse %s does not take %s away", c.refuse, c.typ)
		}
		for _, permit := range p.Machine("scheduling").Permits {
			if permit.Class == c.refuse || permit.Type == c.refuse {
				t.Errorf("refuse %s leaves %+v in the machine", c.refuse, permit)
			}
		}
	}
}
