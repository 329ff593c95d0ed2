// Package schema holds the JSON Schemas (2020-12) of the YAML files that people write, so that an editor completes them
// and the reader checks them with the same text.
//
// Two annotations are ours: `x-error` finishes the sentence "`value` …" when a value does not fit, and `x-help` says what
// to write instead.
package schema

import _ "embed" // the schemas

// Practice is the schema of practice.yaml.
//
//go:embed practice.schema.json
var Practice []byte

// Policy is the schema of policy packs.
//
//go:embed policy.schema.json
var Policy []byte
