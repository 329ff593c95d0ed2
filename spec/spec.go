// Package spec holds those pages of the specification that the product itself shows.
package spec

import _ "embed"

// Risks is the risk assessment (YAML).
//
//go:embed risks.yaml
var Risks []byte
