package policy

import (
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// ParsePack reads a policy pack or an overlay. All slips are reported at once; the pack is nil when the file is not
// usable at all. What a pack says about the classes and types of another is judged by [Compose].
func ParsePack(f *source.File) (*Pack, diag.List) {
	d := read(f)
	if d.root == nil {
		return nil, d.sortedDiags()
	}
	d.check(packShape())
	p := d.pack()
	d.checkPack(p)
	return p, d.sortedDiags()
}

// ReadPack reads a pack that is known to be in order, as those of the standard library are: tests hold them to the schema, so
// that a check of somebody's flow need not.
func ReadPack(f *source.File) *Pack { return read(f).pack() }

func (d *document) pack() *Pack {
	v := d.rootValue()
	p := &Pack{
		File: d.file, Name: v.get("pack").str(), Version: v.get("version").str(), Title: v.get("title").str(),
		Extends: v.get("extends").str(), Basis: v.get("basis").strs(),
		Session: sessionRules(v.get("session")), Vendors: vendorRules(v.get("vendors")),
	}
	for name, x := range v.get("classes").keys() {
		p.Classes = append(p.Classes, class(name, x))
	}
	for name, x := range v.get("types").keys() {
		p.Types = append(p.Types, fieldType(name, x))
	}
	for name, x := range v.get("purposes").keys() {
		p.Purposes = append(p.Purposes, purpose(name, x))
	}
	for name, x := range v.get("channels").keys() {
		p.Channels = append(p.Channels, channel(name, x))
	}
	for _, x := range v.get("links").items() {
		p.Links = append(p.Links, link(x))
	}
	for name, x := range v.get("retention").keys() {
		p.Retention = append(p.Retention, retention(name, x))
	}
	for name, x := range v.get("notices").keys() {
		p.Notices = append(p.Notices, Notice{Name: name, When: x.get("when").str(), Says: x.get("says").str(), Cite: x.get("cite").str(), Span: name.Span})
	}
	if r := v.get("review"); r.isSet() {
		p.Review = ReviewRules{Every: r.get("every").in(days), Cite: r.get("cite").str(), Span: r.span()}
	}
	for name, x := range v.get("declassify").keys() {
		p.Declassify = append(p.Declassify, declassifier(name, x))
	}
	for name, x := range v.get("obligations").keys() {
		p.Obligations = append(p.Obligations, Obligation{
			Name: name, Says: x.get("says").str(), Status: x.get("status").str(), Kept: x.get("kept").str(), Cite: x.get("cite").str(), Span: name.Span,
		})
	}
	return p
}

func class(name String, v value) Class {
	return Class{
		Name: name, Above: v.get("above").strs(), Title: v.get("title").str(), Never: v.get("never").yes(),
		NoVendor: v.get("vendors").str().Value == "none", Requires: v.get("requires").strs(), Cite: v.get("cite").str(), Span: name.Span,
	}
}

func fieldType(name String, v value) Type {
	return Type{
		Name: name, Also: v.get("also").strs(), Class: v.get("class").str(), Title: v.get("title").str(),
		Identifier: v.get("identifier").str(), Input: v.get("input").str(), Min: v.get("min").integer(), Max: v.get("max").integer(), FreeText: v.get("free_text").yes(),
		Why: v.get("why").str(), Instead: v.get("instead").str(), Cite: v.get("cite").str(), Span: name.Span,
	}
}

func purpose(name String, v value) Purpose {
	p := Purpose{
		Name: name, Title: v.get("title").str(), Channels: v.get("channels").strs(), Requires: v.get("requires").strs(),
		Limited: v.has("collect"), Refuse: v.get("refuse").strs(), Cite: v.get("cite").str(), Span: name.Span,
	}
	for _, r := range v.get("collect").items() {
		p.Collect = append(p.Collect, Row{
			Class: r.get("class").str(), Type: r.get("type").str(), Requires: r.get("requires").strs(), Stated: r.has("requires"),
			Cite: r.get("cite").str(), Span: r.span(),
		})
	}
	return p
}

func channel(name String, v value) Channel {
	return Channel{
		Name: name, Title: v.get("title").str(), Holds: v.get("holds").strs(), Verified: v.get("verified").strs(),
		Secure: v.get("secure").str(), PeopleOnly: v.get("people_only").str(), Limited: v.has("holds"), LimitedVerified: v.has("verified"),
		Cite: v.get("cite").str(), Span: name.Span,
	}
}

func link(v value) Link {
	return Link{
		Types: v.get("types").strs(), From: v.get("from").str(), With: v.get("with").str(), Gives: v.get("gives").str(),
		Except: v.get("except").strs(), Because: v.get("because").str(), Cite: v.get("cite").str(), Span: v.span(),
	}
}

func sessionRules(v value) SessionRules {
	return SessionRules{
		Timeout: spanBound(v.get("timeout"), seconds), Retries: countBound(v.get("retries")), StaffIdle: spanBound(v.get("staff_idle"), seconds),
		StaffAbsolute: spanBound(v.get("staff_absolute"), seconds), Page: spanBound(v.get("page"), seconds),
	}
}

func spanBound(v value, unit int64) Bound {
	return Bound{Min: v.get("min").in(unit), Max: v.get("max").in(unit), Default: v.get("default").in(unit), Cite: v.get("cite").str(), Span: v.span()}
}

func countBound(v value) Bound {
	return Bound{Min: v.get("min").integer(), Max: v.get("max").integer(), Default: v.get("default").integer(), Cite: v.get("cite").str(), Span: v.span()}
}

func retention(name String, v value) Retention {
	b := spanBound(v, days)
	b.Span = name.Span
	return Retention{Record: name, Classes: v.get("classes").strs(), Limited: v.has("classes"), Bound: b, Hold: v.get("hold").str()}
}

func vendorRules(v value) VendorRules {
	r := VendorRules{
		Floor: v.get("agreement_from").str(), Horizon: v.get("horizon").in(days), Reports: v.get("reports_breaches_within").in(days),
		Cite: v.get("cite").str(), Span: v.span(),
	}
	for name, x := range v.get("clauses").keys() {
		r.Clauses = append(r.Clauses, Term{Name: name, Title: x.get("title").str(), Cite: x.get("cite").str(), Span: name.Span})
	}
	return r
}

func declassifier(name String, v value) Declassifier {
	return Declassifier{
		Name: name, Types: v.get("types").strs(), From: v.get("from").str(), To: v.get("to").str(), How: v.get("how").str(),
		MaxFor: v.get("max").in(days), Cite: v.get("cite").str(), Span: name.Span,
	}
}
