package diag_test

import (
	"os"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

func ExampleText() {
	f := source.New("followup.flow", []byte("when pain >= 8 -> nurse\nwhen pain <= 2 -> reassure\n"))
	d := diag.Lookup("T2001").At(f.Span(18, 23), "no state named `nurse`").Help("add `state nurse`, or lead to another state")
	if err := diag.Text(os.Stdout, diag.List{d}, diag.Files{f.Name: f}, diag.Options{}); err != nil {
		panic(err)
	}
	// Output:
	// error[T2001]: no state named `nurse`
	//   --> followup.flow:1:19
	//     1 | when pain >= 8 -> nurse
	//       |                   ^^^^^
	//   fix: add `state nurse`, or lead to another state
	//   why: tacet explain T2001
	//
	// 1 error in 1 file
}
