package report

import (
	"strings"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/report/html"
)

// parts are the tables of the layers.
func parts(m *graph.Model) (all []html.Part) {
	for _, part := range m.Models() {
		p := html.Part{Name: part.Name(), Params: thousands(weights(part)), Size: bytesText(4 * weights(part))}
		for i, n := range part.Nodes() {
			l := html.Layer{Name: n.Name(), Kind: n.Layer().Kind(), Shape: n.Shape().String(), Params: "0"}
			own := 0
			for _, w := range n.Weights() {
				own += w.Shape.Size()
			}
			if inner := n.Model(); inner != nil {
				own = weights(inner)
			}
			l.Params = thousands(own)
			if in := n.Inputs(); i > 0 && (len(in) != 1 || in[0] != part.Nodes()[i-1]) {
				var names []string
				for _, from := range in {
					names = append(names, from.Name())
				}
				l.From = strings.Join(names, ", ")
			}
			p.Layers = append(p.Layers, l)
		}
		all = append(all, p)
	}
	return all
}

func weights(m *graph.Model) int {
	n := 0
	for _, w := range m.Weights() {
		n += w.Shape.Size()
	}
	return n
}
