package op

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// The references of rounding freeze the distance from the exact value to the rounded one where they
// are first called. So their derivatives are those of the identity, as a straight-through gradient
// has them.

func TestQuantize(t *testing.T) {
	step := uint64(7)
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 2}, {5, 4}} {
		for seed := range uint64(3) {
			for _, noise := range []*Noise{nil, {Key: 11, Step: &step}} {
				var residual []float64
				ref := func(y, x [][]float64) {
					first := residual == nil
					for i, z := range x[0] {
						s, o := math.Exp(x[1][i%c.n]), x[2][i%c.n]
						p := (z - o) / s
						if first {
							residual = append(residual, math.RoundToEven(p)-p)
						}
						y[0][i] = z + residual[i]*s // (p + residual)·s + o
						if y[1][i] = p + residual[i]; noise != nil {
							u := float64(random.Hash(random.Sub(noise.Key, step), uint64(i))>>40)/(1<<24) - 0.5
							y[1][i] = p + u
						}
					}
				}
				if err := CheckAll(Quantize(c.rows, c.n, noise), ref, seed); err != nil {
					t.Error(err)
				}
			}
		}
		refusesWrongInputs(t, Quantize(c.rows, c.n, nil))
	}
}

// logisticMass is the probability of the interval of length 1 around a distance from the mean.
func logisticMass(d, logScale float64) float64 {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	d, s := math.Abs(d), math.Exp(logScale)
	return sigmoid((0.5-d)/s) - sigmoid((-0.5-d)/s)
}

// bounded returns bits, at most 16, with the derivative of bits without the bound.
func bounded(bits float64, frozen map[int]float64, i int) float64 {
	if _, ok := frozen[i]; !ok {
		frozen[i] = min(16-bits, 0)
	}
	return bits + frozen[i]
}

func TestLogisticBits(t *testing.T) {
	for _, c := range []struct{ rows, n int }{{1, 1}, {3, 2}, {2, 5}} {
		for seed := range uint64(3) {
			frozen := map[int]float64{}
			o := LogisticBits(c.rows, c.n, 0.25)
			ref := func(y, x [][]float64) { // the gradients among the outputs are checked as gradients
				y[0][0] = 0
				for i, v := range x[0] {
					r, j := i/c.n, i%c.n
					mass := logisticMass(v-x[1][2*r*c.n+j], x[1][(2*r+1)*c.n+j])
					y[0][0] += 0.25 * bounded(-math.Log2(mass), frozen, i)
				}
			}
			if err := checkBits(o, ref, seed); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, LogisticBits(c.rows, c.n, 0.25))
	}
}

func TestMixtureBits(t *testing.T) {
	for _, c := range []struct{ rows, n, k int }{{1, 1, 1}, {3, 2, 2}, {2, 5, 3}} {
		for seed := range uint64(3) {
			frozen := map[int]float64{}
			o := MixtureBits(c.rows, c.n, c.k, 0.25)
			ref := func(y, x [][]float64) {
				y[0][0] = 0
				for i, v := range x[0] {
					weights, mass := 0.0, 0.0
					first := i % c.n * c.k
					for q := first; q < first+c.k; q++ {
						weights += math.Exp(x[1][q])
					}
					for q := first; q < first+c.k; q++ { // of a single distribution the share is exactly 1
						mass += math.Exp(x[1][q]) / weights * logisticMass(v-x[2][q], x[3][q])
					}
					y[0][0] += 0.25 * bounded(-math.Log2(mass), frozen, i)
				}
			}
			if err := checkBits(o, ref, seed); err != nil {
				t.Error(err)
			}
		}
		refusesWrongInputs(t, MixtureBits(c.rows, c.n, c.k, 0.25))
	}
}

// checkBits is CheckAll for an op whose outputs after the first are its gradients for the inputs.
// Their reference is the central difference of that of the first output.
func checkBits(o Op, ref func(y, x [][]float64), seed uint64) error {
	const h = 1e-5
	return CheckAll(o, func(y, x [][]float64) {
		ref(y, x)
		up, down := [][]float64{{0}}, [][]float64{{0}}
		for i := range x {
			for j, v := range x[i] {
				x[i][j] = v + h
				ref(up, x)
				x[i][j] = v - h
				ref(down, x)
				x[i][j] = v
				y[1+i][j] = (up[0][0] - down[0][0]) / (2 * h)
			}
		}
	}, seed)
}

func TestMask(t *testing.T) {
	count := []int{0, 1, 3, 2}
	ref := func(y []float64, x [][]float64) {
		for i, v := range x[0] {
			if y[i] = 0; i/len(count) < count[i%len(count)] {
				y[i] = v
			}
		}
	}
	if err := Check(Mask(3, count), ref, 1); err != nil {
		t.Error(err)
	}
	refusesWrongInputs(t, Mask(3, count))
	nan := float32(math.NaN())
	y := make([]float32, 4)
	Mask(1, count).Run(y, [][]float32{{nan, 1, 2, nan}})
	if y[0] != 0 || y[1] != 1 || y[2] != 2 || y[3] == y[3] {
		t.Errorf("the masked kernel is %v", y)
	}
}
