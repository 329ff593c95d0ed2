// Package report counts: how many conversations there were, where they ended, how soon people answered, whether every turn is in
// the audit trail. Read gathers rows from a store, without any text of a patient; Compute makes the figures of them and of
// nothing else, so that the same log gives the same figures wherever it is read.
//
// Counts are whole numbers and shares are written as parts and wholes: there is no floating point. A breakdown by what patients
// asked, said or where they stopped hides its small cells (see Table).
package report
