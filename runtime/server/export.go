package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

func (s *Server) exportRoutes() []route {
	const path = "/api/staff/conversations/{id}/export/"
	form := func(name, does, media, disposition string, write func(*record) ([]byte, error)) route {
		return route{method: "GET", path: path + name, does: does, access: toWhoMayDo(people.ExportTranscript), look: "transcript.export-asked",
			answer: answer{status: http.StatusOK, media: media}, problems: []*problem{errAgain}, staff: func(w http.ResponseWriter, r *http.Request, c *caller) error {
				return s.export(w, r, c, exported{name, media, disposition, write})
			}}
	}
	return []route{
		form("html", "Gives out a conversation as a page to be printed or kept, masked by class", "text/html", "inline", (*record).html),
		form("fhir", "Gives out a conversation in HL7 FHIR R4, to be kept in a chart, masked by class", "application/fhir+json", "attachment",
			func(rec *record) ([]byte, error) { return json.MarshalIndent(rec.bundle(), "", "  ") }),
	}
}

// exported is a form in which a conversation can be given out.
type exported struct {
	name, media, disposition string
	write                    func(*record) ([]byte, error)
}

// record is a conversation as it leaves the house: what its reader sees, and no more.
type record struct {
	transcriptAnswer
	Practice, Purpose, Machine string
	Zone                       *time.Location
	At                         time.Time // of the export
	By                         string
}

// export gives out a conversation. The trail says with its hash what was given out, before it is.
func (s *Server) export(w http.ResponseWriter, r *http.Request, c *caller, form exported) error {
	if !c.Fresh(s.host.Now()) {
		return errAgain
	}
	rec, err := s.record(r, c)
	if err != nil {
		return err
	}
	body, err := form.write(rec)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	err = s.host.Note(r.Context(), c.ID, "transcript.exported", c.seen.ID, map[string]string{"format": form.name, "sha256": hex.EncodeToString(sum[:])})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", form.media)
	h.Set("Content-Security-Policy", exportPolicy())
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":") // RFC 9530
	h.Set("Content-Disposition", form.disposition+`; filename="`+c.seen.ID+"."+form.name+`"`)
	_, _ = w.Write(body) // a client that has gone asks again
	return nil
}

// record gathers the whole conversation as its reader sees it.
func (s *Server) record(r *http.Request, c *caller) (*record, error) {
	names, err := s.people.Names(r.Context())
	if err != nil {
		return nil, err
	}
	k, sees := c.seen, s.sees(c, c.seen.ID)
	hash, err := k.Flow.Hash()
	if err != nil {
		return nil, err
	}
	rec := &record{
		transcriptAnswer: transcriptAnswer{caseAnswer: s.newCase(k, sees, names), deskAnswer: newDesk(k, sees, names), Fields: shownFields(k, sees), Messages: []staffMessage{}},
		Practice:         k.Flow.Practice.Name, Purpose: k.Flow.Flow.Purpose, Machine: hash, Zone: k.Zone, At: s.host.Now(), By: c.Name,
	}
	veil := s.veil(k.Flow, sees)
	for after := int64(0); ; {
		page, err := s.host.Read(r.Context(), k.ID, after, pageLimit)
		if err != nil {
			return nil, err
		}
		if len(page.Messages) == 0 {
			return rec, nil
		}
		for i := range page.Messages {
			m := veil.message(&page.Messages[i])
			m.Name = names[m.Actor]
			rec.Messages = append(rec.Messages, m)
		}
		after = page.Messages[len(page.Messages)-1].Seq
	}
}

// Who is named as who wrote a message.
func (rec *record) author(m *staffMessage) (display, kind string) {
	switch m.Author {
	case session.ByPatient:
		return "Patient", "Patient"
	case session.ByStaff:
		return m.Name + ", " + rec.Practice, "Practitioner"
	}
	return "Automated assistant of " + rec.Practice, "Device"
}

// hiddenText stands for what its reader does not see.
const hiddenText = "[hidden from the role of who exported this]"

func (m *staffMessage) words() string {
	if m.Text == "" {
		return hiddenText
	}
	return m.Text
}

// bundle is the conversation in HL7 FHIR R4: a Communication for each message, and a QuestionnaireResponse with the answers that the
// flow asked for.
func (rec *record) bundle() object {
	const ids = "urn:tacet:conversation"
	instant := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	patient := object{"type": "Patient", "display": "Patient"}
	entries := []object{}
	for i := range rec.Messages {
		m := &rec.Messages[i]
		display, kind := rec.author(m)
		sender := object{"type": kind, "display": display}
		recipient := patient
		if kind == "Patient" {
			recipient = object{"type": "Organization", "display": rec.Practice}
		}
		entries = append(entries, object{"resource": object{
			"resourceType": "Communication", "identifier": []object{{"system": ids, "value": rec.Conversation + "/" + strconv.FormatInt(m.Seq, 10)}},
			"status": "completed", "category": []object{{"text": "chat"}}, "topic": object{"text": rec.FlowName}, "language": m.Lang,
			"subject": patient, "sender": sender, "recipient": []object{recipient}, "sent": m.At, "payload": []object{{"contentString": m.words()}},
		}})
	}
	status := "in-progress"
	if rec.Outcome != "" {
		status = "completed"
	}
	items := []object{}
	for _, f := range rec.Fields {
		item := object{"linkId": f.Name, "text": f.Name}
		if f.Hidden {
			item["answer"] = []object{{"extension": []object{{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}}}}
		} else {
			item["answer"] = []object{{"valueString": f.Value}}
		}
		items = append(items, item)
	}
	answers := object{
		"resourceType": "QuestionnaireResponse", "identifier": object{"system": ids, "value": rec.Conversation}, "status": status,
		"questionnaire": "urn:tacet:machine:" + rec.Machine, "subject": patient, "authored": instant(rec.Since),
	}
	if len(items) > 0 {
		answers["item"] = items
	}
	return object{
		"resourceType": "Bundle", "type": "collection", "identifier": object{"system": ids, "value": rec.Conversation}, "timestamp": instant(rec.At),
		"entry": append(entries, object{"resource": answers}),
	}
}

const exportStyle = `body{font:11pt/1.45 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:1.5rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dd{margin:0}dt{color:#444}
ol{list-style:none;padding:0}li{margin:.5rem 0;break-inside:avoid;white-space:pre-line}b{font-weight:600}footer{margin-top:2rem;border-top:1px solid #999;font-size:.85rem;color:#444}
@page{margin:18mm}`

// exportPolicy lets a page that stands alone have its own style and nothing else.
var exportPolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(exportStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

var exportTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("export").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.R.Practice}}: conversation {{.R.Conversation}}</title><style>` + exportStyle + `</style></head><body>
<h1>{{.R.Practice}}: {{.R.FlowName}}</h1>
<dl><dt>Conversation</dt><dd>{{.R.Conversation}}</dd><dt>Began</dt><dd>{{.Began}}, {{.R.Channel}}</dd><dt>State</dt><dd>{{.R.Control}}{{if .R.Outcome}}, {{.R.Outcome}}{{end}}</dd>
{{if .R.Team}}<dt>Handed to</dt><dd>{{.R.Team}}{{if .R.Urgency}}, {{.R.Urgency}}{{end}}{{if .R.Reason}}, because of {{.R.Reason}}{{end}}</dd>{{end}}
<dt>Privacy notice</dt><dd>shown before the first answer, in {{.R.NoticeLang}}</dd><dt>Agreed to</dt><dd>{{range $i, $c := .R.Consents}}{{if $i}}, {{end}}{{$c}}{{else}}nothing asked{{end}}</dd></dl>
{{if .R.Fields}}<h2>Answers</h2><dl>{{range .R.Fields}}<dt>{{.Name}}</dt><dd>{{if .Hidden}}hidden from the role of who exported this{{else}}{{.Value}}{{end}}</dd>{{end}}</dl>{{end}}
<h2>What was written</h2><ol>{{range .Lines}}<li lang="{{.Lang}}"><b>{{.Who}}</b>, {{.At}}<br>{{.Text}}</li>{{end}}</ol>
<footer>Exported by {{.R.By}} on {{.Exported}}. Times are those of {{.Zone}}. The audit trail holds the SHA-256 of this file. Machine {{.R.Machine}}.</footer>
</body></html>
`))
})

// html is the conversation as a page that prints, and stands alone when it is kept.
func (rec *record) html() ([]byte, error) {
	type line struct{ Who, At, Lang, Text string }
	v := struct {
		R                     *record
		Lines                 []line
		Began, Exported, Zone string
	}{R: rec, Began: rec.moment(rec.Started), Exported: rec.moment(rec.At), Zone: rec.Zone.String()}
	for i := range rec.Messages {
		m := &rec.Messages[i]
		who, _ := rec.author(m)
		at, err := time.Parse(time.RFC3339, m.At)
		if err != nil {
			return nil, err
		}
		v.Lines = append(v.Lines, line{who, rec.moment(at), m.Lang, m.words()})
	}
	var b bytes.Buffer
	err := exportTemplate().Execute(&b, v)
	return b.Bytes(), err
}

func (rec *record) moment(t time.Time) string {
	return t.In(rec.Zone).Format("January 2, 2006, 3:04 PM MST")
}
