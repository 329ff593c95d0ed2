package server

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) descriptionRoute() route {
	return route{method: "GET", path: "/api/openapi.json", does: "Describes this API (OpenAPI 3.1)", access: toAnyone(),
		answer: answer{status: http.StatusOK, body: rawBody{}}, handle: func(w http.ResponseWriter, _ *http.Request) error {
			return s.send(w, http.StatusOK, s.OpenAPI())
		}}
}

// object is a JSON object; encoding/json writes its members in order of their names.
type object = map[string]any

// OpenAPI describes the API that this server answers (OpenAPI 3.1), made from the table that also makes the server.
func (s *Server) OpenAPI() any {
	paths := object{}
	for _, r := range s.table() {
		item, ok := paths[r.path].(object)
		if !ok {
			item = object{}
			paths[r.path] = item
		}
		item[strings.ToLower(r.method)] = r.describe()
	}
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": "Tacet", "version": "1", "description": "Conversations of patients with a practice's front desk."},
		"paths":   paths,
		"components": object{
			"schemas": object{"problem": problemSchema()},
			"securitySchemes": object{
				"conversation": object{"type": "http", "scheme": "bearer", "description": "the token of one conversation"},
				"staff":        object{"type": "apiKey", "in": "cookie", "name": staffCookie, "description": "over TLS the name begins with " + hostPrefix},
			},
		},
	}
}

func (r *route) describe() object {
	op := object{"summary": r.does, "responses": r.responses(), "x-access": string(r.access.kind)}
	if r.access.action != "" {
		op["x-permission"] = string(r.access.action)
	}
	switch {
	case r.access.kind == forPatient:
		op["security"] = []object{{"conversation": []string{}}}
	case r.access.byStaff():
		op["security"] = []object{{"staff": []string{}}}
	}
	if list := r.parameters(); len(list) > 0 {
		op["parameters"] = list
	}
	if r.body != nil {
		op["requestBody"] = object{"required": true, "content": content("application/json", schemaOf(reflect.TypeOf(r.body)))}
	}
	return op
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func (r *route) parameters() (list []object) {
	text := object{"type": "string"}
	for _, m := range placeholder.FindAllStringSubmatch(r.path, -1) {
		list = append(list, object{"name": m[1], "in": "path", "required": true, "schema": text})
	}
	for _, name := range r.query {
		schema := text
		if name == "after" {
			schema = object{"type": "integer", "minimum": 0}
		}
		list = append(list, object{"name": name, "in": "query", "schema": schema})
	}
	return list
}

// all lists every problem that the call can answer with.
func (r *route) all() []*problem {
	list := append([]*problem{errOrigin, errTooMany, errInternal, errBusy}, r.problems...)
	if r.body != nil {
		list = append(list, errMalformed, errTooLarge, errMedia)
	}
	switch {
	case r.access.kind == forPatient:
		list = append(list, errUnauthized)
	case r.access.byStaff():
		list = append(list, errRefused, errForbidden)
	}
	if r.access.kind == forCase {
		list = append(list, errNotFound)
	}
	return list
}

func (r *route) responses() object {
	good := object{"description": "done"}
	switch {
	case r.answer.media != "":
		good["content"] = content(r.answer.media, object{"type": "string"})
	case r.answer.body != nil:
		good["content"] = content("application/json", schemaOf(reflect.TypeOf(r.answer.body)))
	}
	out := object{strconv.Itoa(r.answer.status): good}
	if r.answer.media == eventStream {
		out[strconv.Itoa(http.StatusNoContent)] = object{"description": "the conversation is over and has no more messages"}
	}
	codes := map[int][]string{}
	for _, p := range r.all() {
		if !slices.Contains(codes[p.Status], p.Code) {
			codes[p.Status] = append(codes[p.Status], p.Code)
		}
	}
	for status, list := range codes {
		slices.Sort(list)
		out[strconv.Itoa(status)] = object{
			"description": strings.Join(list, ", "),
			"content":     content("application/problem+json", object{"$ref": "#/components/schemas/problem"}),
		}
	}
	return out
}

func content(media string, schema object) object { return object{media: object{"schema": schema}} }

func problemSchema() object {
	schema := schemaOf(reflect.TypeFor[problem]())
	schema["required"] = []string{"code", "status", "title", "type"}
	return schema
}

// schemaOf describes what encoding/json makes of a type.
func schemaOf(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[rawBody](), t == reflect.TypeFor[json.RawMessage]():
		return object{"type": "object"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Struct:
		properties, need := object{}, []string{}
		describeFields(t, properties, &need)
		slices.Sort(need)
		schema := object{"type": "object", "properties": properties, "additionalProperties": false}
		if len(need) > 0 {
			schema["required"] = need
		}
		return schema
	}
	panic("server: a type that the description does not know: " + t.String())
}

// describeFields adds the members of a struct. Of a request's body those are needed that say so, of an answer those that are
// never left out.
func describeFields(t reflect.Type, properties object, need *[]string) {
	body := strings.HasSuffix(t.Name(), "Body")
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			describeFields(f.Type, properties, need)
			continue
		case name == "" || name == "-":
			continue
		}
		properties[name] = schemaOf(f.Type)
		if f.Tag.Get("need") != "" || !body && rest == "" {
			*need = append(*need, name)
		}
	}
}
