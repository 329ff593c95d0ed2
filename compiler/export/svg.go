package export

import (
	"fmt"
	"html"
	"strings"
)

// svgStyle follows the reader's colour scheme.
const svgStyle = `
  text { font: 13px system-ui, sans-serif; fill: #1b2a33; text-anchor: middle; dominant-baseline: central }
  .name { font-weight: 600 }
  .label { font-size: 11px; fill: #43565f }
  rect { fill: #fff; stroke: #7a8e98; stroke-width: 1.2 }
  .end rect { fill: #e6f2ec; stroke: #2e7d57 }
  .handoff rect, .escalation rect { fill: #fdf1e3; stroke: #b26a00 }
  .anywhere rect { stroke-dasharray: 4 3; fill: none }
  path { fill: none; stroke: #7a8e98; stroke-width: 1.3 }
  .dashed { stroke-dasharray: 4 3 }
  .halo { stroke: #fff; stroke-width: 4; paint-order: stroke; stroke-linejoin: round }
  marker path { fill: #7a8e98; stroke: none }
  @media (prefers-color-scheme: dark) {
    svg { background: #12181c }
    text { fill: #e4ecf0 } .label { fill: #a9bac3 }
    rect { fill: #1d272d; stroke: #6d828d } .end rect { fill: #16332a } .handoff rect, .escalation rect { fill: #3a2a12 }
    .halo { stroke: #12181c }
  }
`

// SVG returns the graph as a drawing that needs no other file.
func (g *Graph) SVG() string {
	l := g.layout()
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-label="%s">`+"\n",
		l.w, l.h, l.w, l.h, html.EscapeString(g.Title))
	fmt.Fprintf(&b, "<title>%s</title>\n<style>%s</style>\n", html.EscapeString(g.Title), svgStyle)
	b.WriteString(`<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 1L10 5L0 9z"/></marker></defs>` + "\n")
	for _, r := range l.routes {
		l.drawRoute(&b, r)
	}
	for _, e := range l.loops {
		l.drawLoop(&b, e)
	}
	for _, p := range l.places {
		if p.node >= 0 {
			l.drawNode(&b, p)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func (l *layout) drawNode(b *strings.Builder, p place) {
	n := l.g.Nodes[p.node]
	fmt.Fprintf(b, `<g class="%s"><rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="8"/>`, n.Kind, p.x-p.w/2, p.y-p.h/2, p.w, p.h)
	for i, line := range n.Lines {
		class := "label"
		if i == 0 {
			class = "name"
		}
		y := p.y + (float64(i)-float64(len(n.Lines)-1)/2)*lineHeight
		fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, p.x, y, html.EscapeString(line))
	}
	b.WriteString("</g>\n")
}

func (l *layout) drawRoute(b *strings.Builder, r route) {
	e := l.g.Edges[r.edge]
	var d strings.Builder
	first, last := l.places[r.through[0]], l.places[r.through[len(r.through)-1]]
	x, y := first.x, first.y+first.h/2
	fmt.Fprintf(&d, "M%.1f %.1f", x, y)
	for i, t := range r.through[1:] {
		p := l.places[t]
		ny := p.y
		if i == len(r.through)-2 {
			ny = last.y - last.h/2
		}
		mid := (y + ny) / 2
		fmt.Fprintf(&d, "C%.1f %.1f %.1f %.1f %.1f %.1f", x, mid, p.x, mid, p.x, ny)
		x, y = p.x, ny
	}
	end := `marker-end="url(#arrow)"`
	if r.upward {
		end = `marker-start="url(#arrow)"`
	}
	fmt.Fprintf(b, `<path d="%s" %s%s/>`+"\n", d.String(), end, dashed(e))
	second := l.places[r.through[1]]
	top := first.y + first.h/2
	bottom := second.y - second.h/2
	const near = 0.8 // of the way to the lower end, over which its room was kept
	if up := 1 - near; r.upward {
		l.drawLabels(b, e, first.x*up+second.x*near, top*near+bottom*up)
	} else {
		l.drawLabels(b, e, first.x*up+second.x*near, top*0.4+bottom*0.6)
	}
}

func (l *layout) drawLoop(b *strings.Builder, edge int) {
	e := l.g.Edges[edge]
	p := l.places[e.From]
	x := p.x + p.w/2
	fmt.Fprintf(b, `<path d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" marker-end="url(#arrow)"%s/>`+"\n",
		x, p.y-6, x+28, p.y-18, x+28, p.y+18, x, p.y+6, dashed(e))
	l.drawLabels(b, e, x+28, p.y)
}

func (l *layout) drawLabels(b *strings.Builder, e Edge, x, y float64) {
	for i, label := range e.Labels {
		ly := y + (float64(i)-float64(len(e.Labels)-1)/2)*13
		fmt.Fprintf(b, `<text class="label halo" x="%.1f" y="%.1f">%s</text>`+"\n", x, ly, html.EscapeString(label))
	}
}

func dashed(e Edge) string {
	if e.Dashed {
		return ` class="dashed"`
	}
	return ""
}
