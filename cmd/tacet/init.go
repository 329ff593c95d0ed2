package main

import (
	"bufio"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"
)

type initCmd struct {
	Dir      string `arg:"" optional:"" help:"Folder to write; the current folder by default." default:"."`
	Name     string `help:"Name of the practice."`
	Phone    string `help:"Phone number as patients read it."`
	Address  string `help:"Street address as patients read it."`
	Timezone string `help:"IANA time zone, such as America/Chicago."`
	Owner    string `help:"Who answers for the flows."`
	Reviewer string `help:"Who reviewed them; not the owner."`
}

// Help shows examples.
func (initCmd) Help() string {
	return `Asks for what is not given; the answers may come from a pipe, one in a line.

Examples:
  tacet init lakeside
  tacet init --name "Lakeside" --phone "(312) 555-0142" --address "400 North Lakeview Avenue, Chicago, IL 60611" \
    --timezone America/Chicago --owner "Dana Ruiz" --reviewer "Mina Okafor" lakeside`
}

//go:embed template
var templates embed.FS

// question is one fact that init needs.
type question struct {
	ask     string
	example string
	flag    string
	value   *string
	wrong   func(string) string // what is wrong with an answer; "" when nothing
}

// Run writes the folder. It never overwrites a file.
func (cmd *initCmd) Run(con *console) error {
	if err := answers(con, cmd.questions()); err != nil {
		return err
	}
	files, err := cmd.files(time.Now())
	if err != nil {
		return err
	}
	if err := writeNew(cmd.Dir, files); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s is ready in %s. Next:\n  tacet check %s\n  tacet test %s\n  tacet serve %s\n", cmd.Name, cmd.Dir, cmd.Dir, cmd.Dir, cmd.Dir)
	return err
}

// questions lists the facts in the order in which they are asked for.
func (cmd *initCmd) questions() []question {
	return []question{
		{"What is the practice called?", "Lakeside Aesthetics", "--name", &cmd.Name, notEmpty},
		{"Which phone number do patients call?", "(312) 555-0142", "--phone", &cmd.Phone, notEmpty},
		{"What is the address?", "400 North Lakeview Avenue, Chicago, IL 60611", "--address", &cmd.Address, notEmpty},
		{"In which time zone?", "America/Chicago", "--timezone", &cmd.Timezone, noZone},
		{"Who answers for what the assistant says?", "Dana Ruiz", "--owner", &cmd.Owner, notEmpty},
		{"Who else reads it before patients do?", "Mina Okafor", "--reviewer", &cmd.Reviewer, cmd.notOwner},
	}
}

// answers fills in what no flag gave: by asking, or without a terminal from the lines of standard input.
func answers(con *console, questions []question) error {
	in := bufio.NewScanner(con.in)
	for n, q := range questions {
		for {
			*q.value = strings.TrimSpace(*q.value)
			problem := q.wrong(*q.value)
			if problem == "" {
				break
			}
			if *q.value != "" && !con.interactive {
				return usage("%s: %s", q.flag, problem)
			}
			if *q.value != "" {
				fmt.Fprintln(con.out, problem)
			}
			if con.interactive {
				fmt.Fprintf(con.out, "%s (for example %s)\n> ", q.ask, q.example)
			}
			if !in.Scan() && con.interactive {
				return usage("the dialogue ended before every question was answered; nothing was written")
			}
			if *q.value = strings.TrimSpace(in.Text()); *q.value == "" && !con.interactive {
				return usage("nobody is here to ask: give %s, or answer on standard input, one in a line; nothing was written", unanswered(questions[n:]))
			}
		}
	}
	return nil
}

// unanswered lists the flags of questions that have no answer.
func unanswered(questions []question) string {
	var out []string
	for _, q := range questions {
		if *q.value == "" {
			out = append(out, q.flag)
		}
	}
	return strings.Join(out, ", ")
}

func notEmpty(s string) string {
	switch {
	case s == "":
		return "this is needed"
	case len(s) > 200:
		return "this is longer than 200 characters"
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }):
		return "this holds a control character"
	}
	return ""
}

// zones are those of the United States, and what people call them.
var (
	zones  = []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"}
	called = []string{"Eastern", "Central", "Mountain", "Arizona", "Pacific", "Alaska", "Hawaii"}
)

func noZone(s string) string {
	if p := notEmpty(s); p != "" {
		return p
	}
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		n := len(zones) - 1
		return fmt.Sprintf("`%s` is no IANA time zone; the US has %s and %s", s, strings.Join(zones[:n], ", "), zones[n])
	}
	return ""
}

func (cmd *initCmd) notOwner(s string) string {
	if strings.EqualFold(s, cmd.Owner) {
		return "the reviewer is somebody else than the owner"
	}
	return notEmpty(s)
}

// files renders the templates. Every answer is quoted as YAML, so that no answer can become structure.
func (cmd *initCmd) files(now time.Time) (map[string][]byte, error) {
	out := map[string][]byte{}
	entries, err := fs.ReadDir(templates, "template")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		content, err := fs.ReadFile(templates, path.Join("template", e.Name()))
		if err != nil {
			return nil, err
		}
		if filepath.Ext(e.Name()) != ".yaml" {
			out[e.Name()] = content
			continue
		}
		t, err := template.New(e.Name()).Option("missingkey=error").Parse(string(content))
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = t.Execute(&b, map[string]string{
			"Name": yamlText(cmd.Name), "Phone": yamlText(cmd.Phone), "Address": yamlText(cmd.Address), "Timezone": yamlText(cmd.Timezone),
			"Owner": yamlText(cmd.Owner), "Reviewer": yamlText(cmd.Reviewer),
			"Today": now.Format(time.DateOnly), "Year": strconv.Itoa(now.Year()), "NextYear": strconv.Itoa(now.Year() + 1),
		})
		if err != nil {
			return nil, err
		}
		out[e.Name()] = b.Bytes()
	}
	return out, nil
}

// yamlText is a double-quoted YAML scalar. JSON strings are YAML; strconv's \x escapes are in both.
func yamlText(s string) string { return strconv.Quote(s) }

// writeNew writes files that do not exist yet, all or none.
func writeNew(dir string, files map[string][]byte) error {
	for name := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return ioError(fmt.Errorf("`%s` exists already; nothing was written", filepath.Join(dir, name)))
		} else if !errors.Is(err, fs.ErrNotExist) {
			return ioError(err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return ioError(err)
	}
	for name, content := range files {
		if err := writeWhole(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
