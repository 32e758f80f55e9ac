package graph_test

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
)

// softsign is a new layer: x/(1+|x|). README.md shows these lines.
type softsign struct{}

func (softsign) Kind() string                                 { return "Softsign" }
func (softsign) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (softsign) Weights(...graph.Shape) []graph.Spec          { return nil }
func (softsign) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	return b.Do(op.Activation(softsignAct, op.ShapeOf(in[0])), in[0])
}

// softsignAct is its operation: forward and gradient, side by side.
var softsignAct = op.Act{
	Name: "Softsign",
	Forward: func(y, x []float32) {
		for i, v := range x {
			y[i] = v / (1 + abs(v))
		}
	},
	Gradient: func(dx, dy, y []float32) { // dy/dx = 1/(1+|x|)² = (1-|y|)²
		for i, v := range y {
			dx[i] = dy[i] * (1 - abs(v)) * (1 - abs(v))
		}
	},
}

func abs(v float32) float32 { return float32(math.Abs(float64(v))) }

// A new layer, compared with a reference and used in a model.
func Example_layer() {
	graph.Register[softsign]() // so that model files with it can be read

	err := op.Check(op.Activation(softsignAct, op.Shape{3, 5}), func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			y[i] = v / (1 + math.Abs(v))
		}
	}, 1)
	fmt.Println("gradient:", err)

	x := graph.Input("x", 4)
	m := graph.New("m", x, graph.Call("softsign", softsign{}, graph.Dense("dense", x, 2)))
	fmt.Println("shape:", m.Out())
	// Output:
	// gradient: <nil>
	// shape: (2)
}
