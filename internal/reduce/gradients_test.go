package reduce

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// Gradients of losses against central differences of the loss itself in float64.
func TestGradients(t *testing.T) {
	const h = 1e-5
	for _, g := range []struct {
		name string
		f    func(x float64) float64
		grad func(dx, dy, x []float32)
	}{
		{"SquaredError", func(x float64) float64 { return s64 * (x - 0.25) * (x - 0.25) },
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, squaredErrorGrad) }},
		{"AbsoluteError", func(x float64) float64 { return s64 * math.Abs(x-0.25) },
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, AbsoluteErrorGrad) }},
		{"LogisticLoss", func(z float64) float64 { return s64 * (math.Log1p(math.Exp(z)) - z*0.25) },
			func(dx, dy, x []float32) { lossGrad(dx, dy, x, LogisticLossGrad) }},
	} {
		x, dy := kerneltest.Normal(1, 1000), kerneltest.Normal(2, 1000)
		dx := make([]float32, len(x))
		g.grad(dx, dy, x)
		for i := range x {
			v := float64(x[i])
			if math.Abs(v) < 2*h || math.Abs(v-0.25) < 2*h {
				continue // a bend may lie within the difference
			}
			want := float64(dy[i]) * (g.f(v+h) - g.f(v-h)) / (2 * h)
			if math.Abs(float64(dx[i])-want) > 1e-6*math.Abs(float64(dy[i])) {
				t.Fatalf("%s: gradient at %g times %g is %g, the difference gives %g", g.name, v, dy[i], dx[i], want)
			}
		}
	}
}

// lossGrad writes the gradient of a loss for the target 0.25, with dy as its scale.
func lossGrad(dx, dy, x []float32, grad func(dx, y, target []float32, scale float32)) {
	for i := range x {
		grad(dx[i:i+1], x[i:i+1], []float32{0.25}, slope*dy[i])
	}
}
