package export_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/export"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
)

type box struct{ x, y, w, h float64 }

// boxes reads the rectangles of a drawing, which must be well-formed XML.
func boxes(t *testing.T, svg string) []box {
	t.Helper()
	var out []box
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("the drawing is no XML: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "rect" {
			continue
		}
		at := map[string]float64{}
		for _, a := range start.Attr {
			at[a.Name.Local], _ = strconv.ParseFloat(a.Value, 64)
		}
		out = append(out, box{at["x"], at["y"], at["width"], at["height"]})
	}
}

// TestBoxesKeepApart draws many machines: every node has a box inside the drawing, and no two boxes touch.
func TestBoxesKeepApart(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		g := export.GraphOf(verifytest.Draw(seed, verifytest.Options{}))
		svg := g.SVG()
		if svg != g.SVG() {
			t.Fatalf("seed %d: drawn twice, the drawing differs", seed)
		}
		all := boxes(t, svg)
		if len(all) != len(g.Nodes) {
			t.Errorf("seed %d: %d boxes for %d nodes", seed, len(all), len(g.Nodes))
		}
		for i, a := range all {
			if a.x < 0 || a.y < 0 {
				t.Errorf("seed %d: box %d lies outside at %.0f, %.0f", seed, i, a.x, a.y)
			}
			for j, b := range all[:i] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("seed %d: boxes %d and %d overlap", seed, i, j)
				}
			}
		}
	}
}
