package op

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/internal/causal"
)

// The bits, and the gradients of all weights, agree with the plain definition.
func TestPixelBits(t *testing.T) {
	for _, c := range []struct {
		rows int
		net  causal.Net
	}{
		{5, causal.Net{Channels: 1, Height: 3, Width: 2, Embedding: 1, Palette: 1}},
		{1, causal.Net{Channels: 1, Height: 14, Width: 12, Embedding: 1, Palette: 2, Ink: []int{2}, Value: []int{1, 2}}},
		{1, causal.Net{Channels: 3, Height: 2, Width: 3, Embedding: 2, Palette: 1, Ink: []int{1, 2}, Value: []int{2}}},
	} {
		o := PixelBits(c.rows, c.net, 0.25, nil)
		x, want := make([][]float32, len(o.In)), [][]float64{{0}}
		plain := plainPixelBits(c.net, c.rows, 0.25)
		got := [][]float32{{0}}
		for range o.More {
			got = append(got, nil)
		}
		check := newCheck(o, func(y, x [][]float64) { plain(y[:1], x) }, 1)
		copy(x, check.x)
		spreadOut(x[0])
		for i := range x {
			check.x64[i] = wide(x[i])
		}
		plain(want, check.x64)
		o.RunAll(got, x)
		if d := math.Abs(float64(got[0][0]) - want[0][0]); !(d <= 1e-5*want[0][0]) {
			t.Errorf("%s is %v, want %v", o.Name, got[0][0], want[0][0])
		}
		checkPixelGradients(t, o, x, plain)
		refusesWrongInputs(t, o)
	}
}

// spreadOut makes numbers from about -1/3 to 4/3 of those that a check draws: some are clamped.
func spreadOut(x []float32) {
	for i, v := range x {
		x[i] = 0.5 + v/2.4
	}
}

// checkPixelGradients compares some numbers of each gradient with central differences.
func checkPixelGradients(t *testing.T, o Op, x [][]float32, plain func(y, x [][]float64)) {
	t.Helper()
	const h = 1e-5
	y := [][]float32{{0}}
	for _, s := range o.More {
		y = append(y, make([]float32, s.Size()))
	}
	o.RunAll(y, x)
	x64 := make([][]float64, len(x))
	for i := range x {
		x64[i] = wide(x[i])
	}
	for i := 1; i < len(x); i++ {
		largest := 0.0
		for _, d := range y[i] {
			largest = math.Max(largest, math.Abs(float64(d)))
		}
		for n := 0; n < len(x[i]); n += 1 + len(x[i])/25 {
			v := x64[i][n]
			up, down := [][]float64{{0}}, [][]float64{{0}}
			x64[i][n] = v + h
			plain(up, x64)
			x64[i][n] = v - h
			plain(down, x64)
			x64[i][n] = v
			want := (up[0][0] - down[0][0]) / (2 * h)
			if d := math.Abs(float64(y[i][n]) - want); !(d <= 1e-5*largest+1e-9) {
				t.Fatalf("%s: the gradient of weight %d, number %d is %v, want %v", o.Name, i, n, y[i][n], want)
			}
		}
	}
}

// Gradients reach the weights through a graph, and are scaled by that of the bits.
func TestPixelBitsInGraph(t *testing.T) {
	net := causal.Net{Channels: 1, Height: 4, Width: 5, Embedding: 1, Palette: 1, Value: []int{2}}
	o := PixelBits(2, net, 0.5, nil)
	x := newCheck(o, nil, 3).x
	want := [][]float32{{0}}
	for _, s := range o.More {
		want = append(want, make([]float32, s.Size()))
	}
	o.RunAll(want, x)
	for _, factor := range []float32{1, 3} {
		got := run(t, func(t *Tape) []*G.Node {
			leaves := []*G.Node{t.Var("images", o.In[0], x[0], false)}
			for i, s := range o.More {
				leaves = append(leaves, t.Var(fmt.Sprint("weight ", i), s, x[1+i], true))
			}
			loss := t.DoAll(o, leaves...)[0]
			if factor != 1 {
				loss = t.Do(Add(3, Shape{}), loss, loss, loss)
			}
			return append([]*G.Node{loss}, t.Grad(loss, leaves[1:]...)...)
		})
		for k, w := range want {
			for i, v := range w {
				if d := math.Abs(float64(got[k][i] - factor*v)); d > 1e-6*math.Abs(float64(factor*v)) {
					t.Fatalf("with a factor of %v, result %d, number %d is %v, want %v", factor, k, i, got[k][i], factor*v)
				}
			}
		}
	}
}

// With noise, the bits are an estimate: their mean over many steps is that of all numbers.
func TestPixelBitsOfASample(t *testing.T) {
	net := causal.Net{Channels: 1, Height: 12, Width: 12, Embedding: 1, Palette: 1, Ink: []int{2}, Value: []int{2}}
	step := uint64(0)
	all, sampled := PixelBits(2, net, 1, nil), PixelBits(2, net, 1, &Noise{Key: 3, Step: &step})
	x := newCheck(all, nil, 1).x
	clear(x[0])
	x[0][30], x[0][31], x[0][200] = 1, 0.5, 0.25
	y := make([][]float32, len(all.In))
	y[0] = []float32{0}
	all.RunAll(y, x)
	want := float64(y[0][0])
	const steps = 400
	sum, different := 0.0, false
	for range steps {
		step++
		sampled.RunAll(y, x)
		sum += float64(y[0][0])
		different = different || float64(y[0][0]) != want
	}
	if mean := sum / steps; math.Abs(mean-want) > 0.03*want || !different {
		t.Errorf("the mean of the estimates is %v, want %v; they differ: %v", mean, want, different)
	}
}
