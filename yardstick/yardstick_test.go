package yardstick_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/yardstick"
)

// table is a data set in memory.
type table [][]float32

func (d table) Len() int            { return len(d) }
func (d table) Shape() (x, y []int) { return []int{len(d[0])}, nil }

func (d table) Example(_, i int, x, _ []float32) error {
	copy(x, d[i])
	return nil
}

// mixtures is n sums of patterns, which are the same for each seed of the mixture.
func mixtures(seed uint64, n, numbers, patterns int) table {
	shapes, s := random.New(1, "patterns"), random.New(seed, "mixtures")
	basis := make([]float32, patterns*numbers)
	for i := range basis {
		basis[i] = shapes.Float32() - 0.5
	}
	all := make(table, n)
	for i := range all {
		all[i] = make([]float32, numbers)
		for p := range patterns {
			share := (s.Float32() - 0.5) / float32(1+p)
			for j := range numbers {
				all[i][j] += 0.5/float32(patterns) + share*basis[p*numbers+j]
			}
		}
	}
	return all
}

func scaled(t *testing.T, numbers int, factor float32) *graph.Model {
	t.Helper()
	x := graph.Input("x", numbers)
	m := graph.New("scaled", x, graph.ReLU("relu", graph.Dense("dense", x, numbers)))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Weights() {
		clear(w.Data)
		for i := 0; len(w.Shape) == 2 && i < numbers; i++ {
			w.Data[i*numbers+i] = factor
		}
	}
	return m
}

// best is the mean squared error of the k best components on the data that they are made of: the rest
// of the eigenvalues of the covariance, which this computes in full.
func best(t *testing.T, ds table, k int) float64 {
	t.Helper()
	n, numbers := len(ds), len(ds[0])
	mean := make([]float64, numbers)
	for _, x := range ds {
		for j, v := range x {
			mean[j] += float64(v) / float64(n)
		}
	}
	covariance := mat.NewSymDense(numbers, nil)
	for _, x := range ds {
		d := mat.NewVecDense(numbers, nil)
		for j, v := range x {
			d.SetVec(j, float64(v)-mean[j])
		}
		covariance.SymRankOne(covariance, 1/float64(n), d)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, false) {
		t.Fatal("the eigenvalues did not converge")
	}
	rest := 0.0
	for _, v := range eigen.Values(nil)[:numbers-k] {
		rest += v
	}
	return rest / float64(numbers)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestComponents(t *testing.T) {
	ds := mixtures(3, 700, 60, 12)
	for _, k := range []int{1, 3, 8} {
		y, err := yardstick.Of(t.Context(), ds, k)
		if err != nil {
			t.Fatal(err)
		}
		m, err := y.Measure(t.Context(), scaled(t, 60, 1), ds)
		if err != nil {
			t.Fatal(err)
		}
		want := best(t, ds, k)
		near(t, "the error of the components", m.Components, want, 1e-3*want)
		near(t, "the error of the mean", m.Mean, best(t, ds, 0), 1e-9)
		if y.Components != k || y.Examples != 700 || m.Examples != 700 || m.Features != 60 {
			t.Errorf("%d components of %d examples, measured on %d of %d numbers, want %d, 700, 700 and 60", y.Components, y.Examples, m.Examples, m.Features, k)
		}
	}
	// 12 patterns are all that the data have, so other mixtures of them leave nothing. The data have
	// fewer directions than subspace iteration looks for.
	y, err := yardstick.Of(t.Context(), mixtures(3, 20, 60, 12), 12)
	if err != nil {
		t.Fatal(err)
	}
	m, err := y.Measure(t.Context(), scaled(t, 60, 1), mixtures(4, 50, 60, 12))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the error of all patterns", m.Components, 0, 1e-9)
}

// Components that take long or are no reduction are left out.
func TestNoComponents(t *testing.T) {
	for _, c := range []struct{ numbers, components int }{{4, 0}, {4, 4}, {1025, 2}, {200, 129}} {
		y, err := yardstick.Of(t.Context(), mixtures(1, 3, c.numbers, 2), c.components)
		if err != nil || y.Components != 0 {
			t.Errorf("%d components of %d numbers: got %d (%v), want none", c.components, c.numbers, y.Components, err)
		}
	}
	// Of more than 4,096 examples, 4,096 are used, evenly spaced.
	ds := make(table, 8192)
	for i := range ds {
		ds[i] = []float32{float32(i % 2), 0.5}
	}
	y, err := yardstick.Of(t.Context(), ds, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := y.Measure(t.Context(), scaled(t, 2, 1), table{{0, 0.5}})
	if err != nil || y.Examples != 4096 || m.Mean != 0 {
		t.Errorf("every second example of %d has an error of %v (%v), want 4096 and 0", y.Examples, m.Mean, err)
	}
}

func TestWarnings(t *testing.T) {
	ds := table{{0.2, 0.8}, {0.4, 0.8}, {0.6, 0.8}}
	y, err := yardstick.Of(t.Context(), ds, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		factor float32
		mse    float64
		black  int
		want   []string
	}{
		{1, 0, 0, nil},
		{0.002, (0.04*0.998*0.998 + 0.16*0.998*0.998 + 0.36*0.998*0.998 + 3*0.64*0.998*0.998) / 6, 2, []string{"worse", "0 in 2 of 2 numbers"}},
		{0.9, (0.04*0.04*3.5 + 3*0.08*0.08) / 6, 0, nil},
		{0.5, (0.01 + 0.04 + 0.09 + 3*0.16) / 6, 0, []string{"worse than the mean image: an MSE of 0.103 against 0.0133"}},
		{-1, (0.04 + 0.16 + 0.36 + 3*0.64) / 6, 2, []string{"worse than the mean image", "the output is always 0 in 2 of 2 numbers where the images are not"}},
	} {
		m, err := y.Measure(t.Context(), scaled(t, 2, c.factor), ds)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "MSE", m.MSE, c.mse, 1e-7)
		near(t, "the error of the mean", m.Mean, 0.08/6, 1e-7)
		near(t, "the error of one component", m.Components, 0, 1e-12)
		if got := m.Warnings(); m.Black != c.black || len(got) != len(c.want) {
			t.Errorf("factor %v: %d black numbers and the warnings %q, want %d and %q", c.factor, m.Black, got, c.black, c.want)
		} else {
			for i := range got {
				if !strings.Contains(got[i], c.want[i]) {
					t.Errorf("factor %v: the warning is %q, want one with %q", c.factor, got[i], c.want[i])
				}
			}
		}
	}
}

func TestErrors(t *testing.T) {
	if _, err := yardstick.Of(t.Context(), table{{}}, 1); err == nil || !strings.Contains(err.Error(), "want at least 1 example of at least 1 number") {
		t.Errorf("an empty example: %v", err)
	}
	y, err := yardstick.Of(t.Context(), table{{1, 2}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.Measure(t.Context(), scaled(t, 3, 1), table{{1, 2, 3}}); err == nil || !strings.Contains(err.Error(), "want a model with outputs of 2 numbers") {
		t.Errorf("a model for other data: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := yardstick.Of(ctx, table{{1, 2}}, 1); err != context.Canceled {
		t.Errorf("a cancelled context: %v", err)
	}
}
