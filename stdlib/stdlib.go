// Package stdlib is the standard library: modules written in the language itself, and policy packs. They are read like
// any user's file.
package stdlib

import "embed"

// FS holds std/NAME.flow and std/NAME.policy.yaml.
//
//go:embed std
var FS embed.FS
