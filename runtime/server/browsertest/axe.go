package browsertest

import (
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// axeRules are the rules of the Web Content Accessibility Guidelines that axe-core checks, levels A and AA, and what it counts as
// good practice.
const axeRules = `(async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})).violations
  .flatMap((v) => v.nodes.map((n) => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary.replaceAll("\n", " "))))()`

// Axe checks the view with axe-core, which is a package of npm and read from where TACET_AXE says or from node_modules in the
// module's root. Without it the view is not checked, and the log says so.
func (b *Tab) Axe(name string) {
	b.Helper()
	file := os.Getenv("TACET_AXE")
	if file == "" {
		file = filepath.Join(moduleRoot(b), "node_modules", "axe-core", "axe.min.js")
	}
	script, err := os.ReadFile(file) //nolint:gosec // a file that whoever runs the tests names
	if err != nil {
		if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
			b.Fatalf("axe-core is missing (npm install --prefix DIR axe-core; TACET_AXE=DIR/node_modules/axe-core/axe.min.js): %v", err)
		}
		b.Logf("%s is not checked with axe-core: npm install --prefix DIR axe-core; TACET_AXE=DIR/node_modules/axe-core/axe.min.js", name)
		return
	}
	b.Do(phone(), chromedp.Sleep(0))
	if !Eval[bool](b, `typeof axe === "object"`) {
		Eval[bool](b, string(script)+"; true")
	}
	for _, fault := range Eval[[]string](b, axeRules) {
		b.Errorf("%s: axe: %s", name, fault)
	}
}
