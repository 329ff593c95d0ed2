package report

import (
	"errors"
	"strconv"
	"strings"
)

// ErrInput says that a number cannot be read.
var ErrInput = errors.New("not a number that can be counted with")

// mostInput bounds what is counted with, so that no product overflows.
const mostInput = 1_000_000_000

// ParseDollars reads dollars, as 300 or 299.50, into cents; nothing is 0.
func ParseDollars(s string) (cents int64, err error) {
	if s == "" {
		return 0, nil
	}
	whole, part, dot := strings.Cut(s, ".")
	if dot && len(part) != 2 {
		return 0, ErrInput
	}
	n, err := ParseNumber(whole)
	if err != nil || !dot {
		return n * 100, err
	}
	rest, err := ParseNumber(part)
	return n*100 + rest, err
}

// ParseNumber reads a whole number that is not negative; nothing is 0.
func ParseNumber(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n > mostInput {
		return 0, ErrInput
	}
	return int64(n), nil
}

// ParseShare reads a part of a whole, as 15/100; nothing is the zero Share.
func ParseShare(s string) (Share, error) {
	if s == "" {
		return Share{}, nil
	}
	part, whole, slash := strings.Cut(s, "/")
	n, err := ParseNumber(part)
	if err != nil || !slash || whole == "" {
		return Share{}, ErrInput
	}
	of, err := ParseNumber(whole)
	if err != nil || of == 0 || n > of {
		return Share{}, ErrInput
	}
	return Share{n, of}, nil
}
