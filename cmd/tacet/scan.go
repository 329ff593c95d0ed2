package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

type scanCmd struct {
	File     string `arg:"" optional:"" help:"A text file, one message a line; standard input by default, or as -."`
	Column   string `help:"Read a CSV file (or tab-separated, if it is named .tsv): the column to scan, by its name in the first row, or by its number." placeholder:"COLUMN"`
	Flow     string `help:"A flow file: listen for its triggers and topics instead of those of the standard library." placeholder:"FILE"`
	Field    string `help:"The type of field that was being asked for, such as phone: an answer of that type is not reported." placeholder:"TYPE"`
	Author   bool   `help:"The lines are texts of the practice, not of patients: judge what they ask for and what they advise, too."`
	Purpose  string `help:"With --author: the purpose of the flow that says the texts; the flow's own, or scheduling, by default." placeholder:"PURPOSE"`
	Verified bool   `help:"With --author: the patient has been verified before the texts are said."`
	Explain  bool   `help:"Say what decided, and which triggers were left out and why."`
}

// Help shows examples.
func (scanCmd) Help() string {
	return `Prints one JSON object for each line, in order: what patients' messages (or, with --author, the
practice's own texts) would raise. Offsets are bytes of the line. Nothing is stored or sent.

Examples:
  tacet scan transcript.txt
  tacet scan --column message export.csv
  tacet scan --flow lakeside/consultation.flow < messages.txt
  tacet scan --author --purpose scheduling old-script.txt
  echo "my chest hurts, call me at 312-555-0142" | tacet scan --explain`
}

// Run scans. What it finds is no failure: the exit code is 0 unless the flow is wrong or a file cannot be read.
func (cmd *scanCmd) Run(con *console) error {
	judge, err := cmd.judge(con)
	if err != nil {
		return err
	}
	in, name := con.in, "standard input"
	if cmd.File != "" && cmd.File != "-" {
		f, err := os.Open(cmd.File)
		if err != nil {
			return ioError(fmt.Errorf("`%s` cannot be read: %w", cmd.File, errors.Unwrap(err)))
		}
		defer func() { _ = f.Close() }()
		in, name = f, "`"+cmd.File+"`"
	}
	lines, err := cmd.lines(in, name)
	if err != nil {
		return err
	}
	return scanAll(lines, judge, con.out)
}

// lines chooses how the input is cut into messages.
func (cmd *scanCmd) lines(in io.Reader, name string) (lineSource, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	mark, _ := b.Peek(3) // an error comes again with the first read
	switch {
	case string(mark) == "\xef\xbb\xbf":
		_, _ = b.Discard(3)
	case len(mark) >= 2 && (string(mark[:2]) == "\xff\xfe" || string(mark[:2]) == "\xfe\xff"):
		return nil, usage("%s is UTF-16; save it as UTF-8", name)
	}
	if cmd.Column == "" {
		return &textLines{from: b, name: name}, nil
	}
	comma := ','
	if strings.EqualFold(filepath.Ext(cmd.File), ".tsv") {
		comma = '\t'
	}
	return newColumn(b, name, cmd.Column, comma)
}

// message is one line of the input.
type message struct {
	line      int
	text      string
	truncated bool // longer than maxScanLine
}

// lineSource gives the messages one by one; io.EOF ends them.
type lineSource interface {
	next() (message, error)
}

// maxScanLine is how many bytes of a line are scanned; the rest of a longer one is skipped, and the object says so.
const maxScanLine = 4 << 20

// textLines reads lines that end in LF or CRLF.
type textLines struct {
	from *bufio.Reader
	name string
	line int
}

func (t *textLines) next() (message, error) {
	var line []byte
	truncated := false
	for {
		part, err := t.from.ReadSlice('\n')
		if room := maxScanLine - len(line); len(part) > room {
			line, truncated = append(line, part[:room]...), true
		} else {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return message{}, ioError(fmt.Errorf("%s cannot be read after line %d: %w", t.name, t.line, err))
		case err != nil && len(part) == 0 && len(line) == 0:
			return message{}, io.EOF
		}
		t.line++
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		return message{t.line, text, truncated}, nil
	}
}

// scanAll judges the messages on all processors and prints the objects in the order of the input. What is ready is
// printed before it waits for more input.
func scanAll(lines lineSource, judge *scanJudge, out io.Writer) error {
	type job struct {
		message
		done chan scanned
	}
	workers := runtime.GOMAXPROCS(0)
	todo, order := make(chan job, workers), make(chan job, 4*workers)
	stop := make(chan struct{})
	var broken error // why reading ended; read once order is closed
	go func() {
		defer close(order)
		defer close(todo)
		for {
			m, err := lines.next()
			if err != nil {
				broken = err
				return
			}
			j := job{m, make(chan scanned, 1)}
			select {
			case order <- j:
				todo <- j
			case <-stop:
				return
			}
		}
	}()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for j := range todo {
				j.done <- judge.line(j.message)
			}
		})
	}
	err := func() error {
		w := bufio.NewWriter(out)
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for j := range order {
			if err := enc.Encode(<-j.done); err != nil {
				return err
			}
			if len(order) == 0 {
				if err := w.Flush(); err != nil {
					return err
				}
			}
		}
		return w.Flush()
	}()
	if err != nil {
		close(stop)
		for range order { // lets the reader end
		}
		return ioError(fmt.Errorf("the output cannot be written: %w", err))
	}
	wg.Wait()
	if !errors.Is(broken, io.EOF) {
		return broken
	}
	return nil
}
