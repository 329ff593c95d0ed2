package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// column reads one column of a CSV file (RFC 4180; stray quotes are taken as they stand). The line of a message is the
// line of the file that its row begins on; offsets are bytes of the cell as it reads without its quotes.
type column struct {
	from  *csv.Reader
	meter *meter
	name  string
	index int
}

func newColumn(in *bufio.Reader, name, wanted string, comma rune) (*column, error) {
	m := &meter{from: in}
	c := &column{from: csv.NewReader(m), meter: m, name: name}
	c.from.Comma, c.from.LazyQuotes, c.from.FieldsPerRecord, c.from.ReuseRecord = comma, true, -1, true
	if n, err := strconv.Atoi(wanted); err == nil {
		if n < 1 {
			return nil, usage("columns are counted from 1")
		}
		c.index = n - 1
		return c, nil
	}
	head, err := c.row()
	if errors.Is(err, io.EOF) {
		return nil, usage("%s is empty: it has no column `%s`", name, wanted)
	}
	if err != nil {
		return nil, err
	}
	c.index = slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), wanted) })
	if c.index < 0 {
		if near := diag.Near(wanted, head); near != "" {
			return nil, usage("%s has no column `%s`; did you mean `%s`?", name, wanted, near)
		}
		return nil, usage("%s has no column `%s`; it has %s", name, wanted, "`"+strings.Join(head, "`, `")+"`")
	}
	return c, nil
}

// next gives an empty message for a row that is too short, so that every row has its object.
func (c *column) next() (message, error) {
	row, err := c.row()
	if err != nil {
		return message{}, err
	}
	if c.index >= len(row) {
		line, _ := c.from.FieldPos(0)
		return message{line: line}, nil
	}
	line, _ := c.from.FieldPos(0)
	text := row[c.index]
	if len(text) > maxScanLine {
		return message{line, text[:maxScanLine], true}, nil
	}
	return message{line: line, text: text}, nil
}

func (c *column) row() ([]string, error) {
	c.meter.read = 0
	row, err := c.from.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, ioError(fmt.Errorf("%s cannot be read: %w", c.name, err))
	}
	return row, err
}

// maxRow bounds the bytes of one row: a quote that is never closed would otherwise make a cell of the whole file.
const maxRow = 16 * maxScanLine

// meter counts what is read for a row.
type meter struct {
	from io.Reader
	read int
}

// Read implements io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if m.read > maxRow {
		return 0, fmt.Errorf("a row is longer than %d MiB; is a closing quote missing?", maxRow>>20)
	}
	n, err := m.from.Read(p)
	m.read += n
	return n, err
}
