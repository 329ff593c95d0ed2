// Package heap says how far memory may grow before it is collected. Importing it sets that for a command that ends soon.
//
// It imports so little that Go initialises it before most packages that make tables when the program starts, and before any of
// ours (packages are initialised by import path as soon as what they import is): collecting what stays took a sixth of the start.
package heap

import (
	"runtime"
	"runtime/debug"
)

// How much garbage there may be for what is in use, in percent: before the first collection, which is then at 40 MB, where a
// check of 200 states has ended, and after it.
const (
	first = 1000
	later = 400
)

func init() {
	debug.SetGCPercent(first)
	runtime.AddCleanup(new([16]byte), func(int) { Serve() }, 0) // the first collection finds it
}

// Serve sets what holds for a program that runs for long.
func Serve() { debug.SetGCPercent(later) }
