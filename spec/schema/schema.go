// Package schema holds the JSON Schemas (2020-12) of the YAML files that people write, so that an editor completes them
// and the reader checks them with the same text.
//
// Some annotations are ours: `x-error` finishes the sentence "`value` …" when a value does not fit, `x-help` says what
// to write instead, `x-also` maps words that people write for a key to the key, and `x-suggest` names how a value that
// does not fit was probably meant.
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
