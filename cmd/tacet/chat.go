package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

type chatCmd struct {
	Flow     string `arg:"" help:"A flow file."`
	At       string `help:"The practice's clock at the start, as 2026-03-02 22:00; now by default."`
	Language string `help:"en or es; the flow's first language by default."`
	Channel  string `help:"The channel; the flow's first by default."`
}

// Help shows examples.
func (chatCmd) Help() string {
	return `Examples:
  tacet chat consultation.flow
  tacet chat --at "2026-03-02 22:00" --language es consultation.flow
  printf 'botox\n/why\n' | tacet chat consultation.flow     what is typed, one line each

` + chatHelp
}

const chatHelp = `In the conversation, a line that starts with / is for you, not for the assistant:
  /state          where the conversation is, and what it knows
  /why            how the last answer came about, line by line
  /human          press "Talk to a human"
  /wait 25m       let time pass (m minutes, h hours)
  /at 2026-03-02 22:00   set the practice's clock
  /lang es        switch the language
  /world taken    decide the next answer of the world
  /help           this list
  /quit           leave`

// Run holds the conversation until the input ends.
func (cmd *chatCmd) Run(con *console) error {
	c, err := mustCompile(con, compiling{}, cmd.Flow)
	if err != nil {
		return err
	}
	if len(c.flows) != 1 {
		return usage("`%s` holds several flows; name one flow file", cmd.Flow)
	}
	p, err := engine.Load(c.flows[0].Machine)
	if err != nil {
		return err
	}
	talk, err := cmd.begin(con, p)
	if err != nil {
		return err
	}
	return talk.run()
}

func (cmd *chatCmd) begin(con *console, p *engine.Program) (*chat, error) {
	o := rehearsal.Options{Now: time.Now(), Lang: cmd.Language, Channel: cmd.Channel, Seed: uint64(time.Now().UnixNano())}
	if cmd.At != "" {
		zone, err := time.LoadLocation(p.Machine().Practice.Timezone)
		if err != nil {
			return nil, err
		}
		if o.Now, err = time.ParseInLocation(clockLayout, cmd.At, zone); err != nil {
			return nil, usage("`%s` is not a time; write it as 2026-03-02 22:00", cmd.At)
		}
	}
	if m := p.Machine(); cmd.Language != "" && !slices.Contains(m.Flow.Languages, cmd.Language) {
		return nil, usage("the flow does not speak `%s`; it has %s", cmd.Language, strings.Join(m.Flow.Languages, ", "))
	}
	s, err := rehearsal.NewSession(p, o)
	if err != nil {
		return nil, err
	}
	if err := s.Begin(); err != nil {
		return nil, usage("%w", err)
	}
	return &chat{con: con, session: s}, nil
}

const clockLayout = "2006-01-02 15:04"

// chat is a conversation in a terminal.
type chat struct {
	con     *console
	session *rehearsal.Session
	shown   int // lines already printed
}

func (c *chat) run() error {
	c.show()
	if c.con.interactive {
		fmt.Fprintln(c.con.out, c.con.paint("2", "Type as a patient would. /help lists what else you can do."))
	}
	in := bufio.NewScanner(c.con.in)
	in.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for c.prompt(); in.Scan(); c.prompt() {
		line := strings.TrimSpace(in.Text())
		if line == "" {
			continue
		}
		if command, ok := strings.CutPrefix(line, "/"); ok {
			if err := c.command(command); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				fmt.Fprintf(c.con.out, "%v\n", err)
			}
			continue
		}
		if err := c.say(line); err != nil {
			fmt.Fprintf(c.con.out, "%v\n", err)
		}
	}
	if err := in.Err(); err != nil {
		return ioError(fmt.Errorf("read what was typed: %w", err))
	}
	return nil
}

func (c *chat) prompt() {
	if c.con.interactive {
		fmt.Fprint(c.con.out, "> ")
	}
}

// say types a line; in a terminal, the number or label of a button presses it.
func (c *chat) say(line string) error {
	err := c.session.Say(line)
	if c.con.interactive { // what the patient typed already stands on the screen
		c.skipPatient()
	}
	c.show()
	return err
}

func (c *chat) skipPatient() {
	if c.shown < len(c.session.Lines) && c.session.Lines[c.shown].Who == rehearsal.Patient {
		c.shown++
	}
}

// show prints the lines that are new.
func (c *chat) show() {
	fmt.Fprint(c.con.out, rehearsal.Transcript(c.session.Lines[c.shown:]))
	c.shown = len(c.session.Lines)
}

// command does what a line after / says; io.EOF leaves.
func (c *chat) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	s := c.session
	var err error
	switch verb {
	case "state":
		c.state()
	case "why":
		for _, w := range s.Why() {
			fmt.Fprintln(c.con.out, "  "+w)
		}
	case "human":
		err = s.Human()
	case "wait":
		var d time.Duration
		if d, err = time.ParseDuration(rest); err != nil || d < 0 {
			return fmt.Errorf("`%s` is no length of time; write 25m or 2h", rest)
		}
		err = s.Wait(d)
	case "at":
		var at time.Time
		if at, err = time.ParseInLocation(clockLayout, rest, s.Now().Location()); err != nil {
			return fmt.Errorf("`%s` is not a time; write it as 2026-03-02 22:00", rest)
		}
		err = s.SetTime(at)
	case "lang":
		err = s.Language(rest)
	case "world":
		err = s.World.Force(rest)
	case "help":
		fmt.Fprintln(c.con.out, chatHelp)
	case "quit", "exit", "q":
		return io.EOF
	default:
		return fmt.Errorf("there is no /%s; /help lists what there is", verb)
	}
	c.show()
	return err
}

func (c *chat) state() {
	fmt.Fprintf(c.con.out, "  state     %s\n  clock     %s\n", c.session.State(), c.session.Now().Format("Monday "+clockLayout))
	for _, f := range c.session.Facts() {
		fmt.Fprintf(c.con.out, "  %-9s %s\n", f.Name, f.Value)
	}
}
