// Package policy reads what a practice and its compliance owner decided: the facts of practice.yaml and the rules of
// policy packs, as typed values with positions, and answers what a flow may collect.
//
// Packs compose: overlays tighten a base pack and can never loosen it ([Compose]). The package is the only user of YAML
// and JSON Schema, and it is pure: the same bytes give the same values and the same diagnostics.
package policy
