package bench

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/gonum"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"github.com/gorgonae/gorgonae/images"
)

// Stock trains the same autoencoder with Gorgonia's operations, its Adam and gonum's BLAS. It is
// written like Gorgonia's examples. It shows the cost of a graph without our own ops and kernels.
type Stock struct {
	vm      G.VM
	solver  G.Solver
	weights []G.ValueGrad
	x       []float32 // (rows, in), the batch; also the target
	in      int
	loss    G.Value
}

// NewStock takes the same arguments as NewBackprop.
func NewStock(rows int, weights [][]float32) (*Stock, error) {
	g := G.NewGraph()
	in := len(weights[0]) / len(weights[1])
	s := &Stock{x: make([]float32, rows*in), in: in}
	batch := matrix(g, "x", rows, in, s.x)
	y := batch
	var leaves G.Nodes
	for i := 0; i < len(weights); i += 2 {
		units := len(weights[i+1])
		kernel := matrix(g, fmt.Sprint("kernel", i), len(weights[i])/units, units, slices.Clone(weights[i]))
		bias := matrix(g, fmt.Sprint("bias", i), 1, units, slices.Clone(weights[i+1]))
		leaves = append(leaves, kernel, bias)
		z := G.Must(G.BroadcastAdd(G.Must(G.Mul(y, kernel)), bias, nil, []byte{0}))
		y = G.Must(G.LeakyRelu(z, slope))
	}
	loss := G.Must(G.Mean(G.Must(G.Square(G.Must(G.Sub(y, batch))))))
	G.Read(loss, &s.loss)
	if _, err := G.Grad(loss, leaves...); err != nil {
		return nil, err
	}
	s.vm = G.NewTapeMachine(g, G.BindDualValues(leaves...))
	// Gorgonia's Adam adds epsilon after the bias correction, ours before it. This epsilon makes
	// the first step the same.
	s.solver = G.NewAdamSolver(G.WithLearnRate(rate), G.WithEps(epsilon/math.Sqrt(1-beta2)))
	s.weights = G.NodesToValueGrads(leaves)
	return s, nil
}

// matrix returns a leaf that holds data without a copy.
func matrix(g *G.ExprGraph, name string, rows, cols int, data []float32) *G.Node {
	v := tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(data))
	return G.NewMatrix(g, G.Float32, G.WithShape(rows, cols), G.WithName(name), G.WithValue(v))
}

// Step does the same as Backprop's Step. While it runs, Gorgonia uses gonum's BLAS. Gorgonia has
// one BLAS for the whole process, so Step restores the previous one.
func (s *Stock) Step(set *images.Set, batch []int32) (float32, error) {
	defer G.Use(G.WhichBLAS())
	G.Use(gonum.Implementation{})
	for r, i := range batch {
		x := s.x[r*s.in:][:s.in]
		for k, v := range set.Image(int(i)) {
			x[k] = float32(v) / 255
		}
	}
	defer s.vm.Reset()
	if err := s.vm.RunAll(); err != nil {
		return 0, err
	}
	loss := s.loss.Data().(float32)
	return loss, s.solver.Step(s.weights)
}
