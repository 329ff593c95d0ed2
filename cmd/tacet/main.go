// Command tacet compiles, tries and serves conversations of a practice's front desk.
//
// Exit codes: 0 everything holds, 1 the flow is wrong, 2 wrong usage or a file cannot be read or written, 3 a bug of ours.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	_ "time/tzdata" // a practice's zone must resolve on a machine without zone files

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"golang.org/x/term"

	_ "github.com/tacet-lang/tacet/cmd/tacet/heap"
	"github.com/tacet-lang/tacet/lang/diag"
)

// The documented exit codes.
const (
	exitHolds      = 0
	exitViolations = 1
	exitUsage      = 2
	exitBug        = 3
)

// verbs is the command line. Each command's Run lives in a file of its own.
type verbs struct {
	Init       initCmd                   `cmd:"" aliases:"new" help:"Write a working practice into a new folder."`
	Check      checkCmd                  `cmd:"" help:"Say what is wrong with flows, and how to mend it."`
	Fmt        fmtCmd                    `cmd:"" help:"Lay flow files out in the one layout."`
	Test       testCmd                   `cmd:"" help:"Play the tests that stand in flow files."`
	Chat       chatCmd                   `cmd:"" help:"Hold a conversation with a flow in the terminal."`
	Build      buildCmd                  `cmd:"" help:"Write the compiled artifact of each flow."`
	Approve    approveCmd                `cmd:"" help:"Sign that an artifact may be served to patients."`
	Report     reportCmd                 `cmd:"" help:"Count what the assistant did, from the log: volume, completion, handoffs, response times and more."`
	Audit      auditCmd                  `cmd:"" help:"Check and read the audit trail of a practice."`
	Keys       keysCmd                   `cmd:"" help:"Renew the keys that seal what patients write."`
	Erase      eraseCmd                  `cmd:"" help:"Make a conversation unreadable for good."`
	Breach     breachCmd                 `cmd:"" help:"Record incidents with patient data, whom they concern, and by when who must be told."`
	Hold       holdCmd                   `cmd:"" help:"Keep conversations from being erased."`
	Retention  retentionCmd              `cmd:"" help:"Say what is due to be erased, and when."`
	Outbox     outboxCmd                 `cmd:"" help:"See what leaves for vendors, and who is called."`
	Backup     backupCmd                 `cmd:"" help:"Write an encrypted copy of a practice's data."`
	Restore    restoreCmd                `cmd:"" help:"Bring a copy back, and verify it."`
	Deploy     deployCmd                 `cmd:"" help:"Put an artifact in service, or take a flow out of it."`
	Graph      graphCmd                  `cmd:"" help:"Draw a flow as SVG, DOT or Mermaid."`
	Mutate     mutateCmd                 `cmd:"" help:"Say which small mistakes no test in a flow file would notice."`
	Export     exportCmd                 `cmd:"" help:"Write a flow as facts for clingo or a model for SPIN."`
	Diff       diffCmd                   `cmd:"" help:"Say what changed between two versions, and what it means for a patient."`
	Document   documentCmd               `cmd:"" help:"Write the policy documents that an auditor asks for."`
	Dev        devCmd                    `cmd:"" help:"Write and try a practice on a page of this machine."`
	Serve      serveCmd                  `cmd:"" help:"Serve a practice to patients over HTTP."`
	Replay     replayCmd                 `cmd:"" help:"Play a conversation that check found."`
	Explain    explainCmd                `cmd:"" help:"Explain a diagnostic code."`
	Scan       scanCmd                   `cmd:"" help:"Say what emergencies, topics and patient data stand in messages."`
	Completion kongcompletion.Completion `cmd:"" help:"Print the line that turns on completion in your shell."`
	Version    versionCmd                `cmd:"" help:"Print the version."`
}

// console is what a command may touch of the terminal.
type console struct {
	in          io.Reader
	out, err    io.Writer
	interactive bool // in and out are a terminal
	color       bool
	width       int
}

// errViolations ends a command with exit code 1; what is wrong has been printed.
var errViolations = errors.New("violations")

// failure is wrong usage or failed I/O: exit code 2.
type failure struct {
	code string // usage or io
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func usage(format string, args ...any) error { return failure{"usage", fmt.Errorf(format, args...)} }
func ioError(err error) error                { return failure{"io", err} }

func main() {
	os.Exit(run(os.Args[1:], terminal()))
}

func terminal() *console {
	c := &console{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	fd := int(os.Stdout.Fd())
	if !term.IsTerminal(fd) {
		return c
	}
	c.interactive = term.IsTerminal(int(os.Stdin.Fd()))
	c.color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if w, _, err := term.GetSize(fd); err == nil {
		c.width = w
	}
	return c
}

// run executes one command line and returns its exit code.
func run(args []string, c *console) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(c.err, "tacet: this is a bug of tacet, not of your files: %v\n%s\nPlease report it with the file that shows it.\n", r, debug.Stack())
			code = exitBug
		}
	}()
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	exited := -1
	parser, err := kong.New(asked(args),
		kong.Name("tacet"),
		kong.Description("Patient conversations that keep the privacy policy, or do not compile.\n\n"+
			"Exit codes: 0 holds, 1 something is wrong with the flow, 2 usage or I/O, 3 a bug of tacet."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(c, (*any)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		panic(err)
	}
	kongcompletion.Register(parser)
	ctx, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return c.fail(requestedFormat(args), usage("%w; see `tacet --help`", err))
	}
	return c.fail(requestedFormat(args), ctx.Run())
}

// asked is the command line with the one command that args begin with, or the whole of it: to describe all commands to kong
// takes as long as to read a flow of 200 states.
func asked(args []string) any {
	all := reflect.TypeFor[verbs]()
	for i := range all.NumField() {
		f := all.Field(i)
		if len(args) > 0 && args[0] == strings.ToLower(f.Name) && f.Type != reflect.TypeFor[kongcompletion.Completion]() {
			return reflect.New(reflect.StructOf([]reflect.StructField{f})).Interface()
		}
	}
	return &verbs{}
}

// fail turns a command's error into its exit code, having told it in the form that was asked for.
func (c *console) fail(format string, err error) int {
	var f failure
	var b bug
	switch {
	case err == nil:
		return exitHolds
	case errors.As(err, &b):
		fmt.Fprintf(c.err, "tacet: this is a bug of tacet, not of your files:\n%v\nPlease report it with the file that shows it.\n", b)
		return exitBug
	case errors.Is(err, errViolations):
		return exitViolations
	case errors.As(err, &f):
	default:
		f = failure{"io", err}
	}
	out, form := c.err, diag.Format("text")
	if p := diag.Format(format); p != nil && format != "text" {
		out, form = c.out, p
	}
	o := diag.Options{Color: c.color, Version: version(), Failure: &diag.Failure{Code: f.code, Message: f.Error()}}
	if err := form(out, nil, diag.Files{}, o); err != nil {
		fmt.Fprintln(c.err, "tacet: the output cannot be written")
	}
	return exitUsage
}

// requestedFormat finds --format in a command line that may be wrong elsewhere, so that even a usage error is printed in
// the form a pipeline reads.
func requestedFormat(args []string) string {
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "--format="); ok {
			return name
		}
		if a == "--format" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return "text"
}
