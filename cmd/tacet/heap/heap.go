// Package heap says how far memory may grow before it is collected. Importing it sets that for a command that ends soon.
//
// It imports so little that Go initialises it before most packages that make tables when the program starts, and before any of
// ours (packages are initialised by import path as soon as what they import is): collecting what stays took a sixth of the start.
package heap

import "runtime/debug"

// How much garbage there may be for what is in use, in percent. A check of 200 states ends before the first collection, at
// 40 MB; one of 10 000 states has two more, and takes 350 MB. A server lives long, and its memory matters more.
const (
	command = 1000
	server  = 400
)

func init() { debug.SetGCPercent(command) }

// Serve sets what holds for a program that runs until it is stopped.
func Serve() { debug.SetGCPercent(server) }
