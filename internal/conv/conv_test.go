package conv

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/epilogue"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// randomAxis returns an axis on which most outputs see some input. Some axes are long, so that a
// sample has several strips.
func randomAxis(s *random.Source) Axis {
	n := func(limit int) int { return int(s.Uint64n(uint64(limit))) }
	length := 1 + n(12)
	if n(10) == 0 {
		length = 20 + n(26)
	}
	a := Axis{In: length, Kernel: 1 + n(4), Stride: 1 + n(3), Dilation: 1 + n(2), Pad: n(4)}
	a.Out = 1 + n(max(1, (a.In+2*a.Pad-(a.Kernel-1)*a.Dilation+2)/a.Stride+1))
	return a
}

func randomConv(s *random.Source) Geometry {
	channels := []int{1, 1, 2, 3, 4, 5, 8, 8, 16, 16, 17, 24, 33}
	n := func(limit int) int { return int(s.Uint64n(uint64(limit))) }
	return Geometry{Batch: 1 + n(7), In: channels[n(len(channels))], Out: channels[n(len(channels))], Height: randomAxis(s), Width: randomAxis(s)}
}

// sameConv returns a convolution with a square kernel. Its output is as large as its input.
func sameConv(batch, size, in, out, kernel int) Geometry {
	a := Axis{In: size, Out: size, Kernel: kernel, Stride: 1, Dilation: 1, Pad: (kernel - 1) / 2}
	return Geometry{Batch: batch, In: in, Out: out, Height: a, Width: a}
}

var someConvs = []Geometry{
	sameConv(3, 28, 1, 16, 3), sameConv(2, 14, 16, 8, 3), sameConv(5, 7, 8, 8, 3), sameConv(4, 4, 8, 8, 3), sameConv(2, 28, 16, 1, 3),
	sameConv(1, 5, 40, 70, 3), sameConv(70, 3, 1, 1, 2), sameConv(2, 9, 3, 3, 1), sameConv(1, 40, 3, 3, 5),
	{Batch: 2, In: 8, Out: 16, Height: Axis{16, 14, 3, 1, 1, 0}, Width: Axis{16, 14, 3, 1, 1, 0}},
	{Batch: 2, In: 8, Out: 16, Height: Axis{28, 14, 3, 2, 1, 0}, Width: Axis{28, 14, 3, 2, 1, 0}},
	// A later phase of this one reads further than the first.
	{Batch: 2, In: 16, Out: 64, Height: Axis{17, 8, 5, 2, 1, 1}, Width: Axis{17, 8, 5, 2, 1, 1}},
	{Batch: 2, In: 3, Out: 2, Height: Axis{4, 2, 1, 3, 1, 0}, Width: Axis{1, 9, 2, 1, 3, 5}},
}

func TestConv(t *testing.T) {
	s := random.New(1, "conv")
	cases := slices.Clone(someConvs)
	for range 40 {
		cases = append(cases, randomConv(s))
	}
	for seed, c := range cases {
		c.checkOutputs(t, uint64(seed))
	}
}

// checkOutputs compares Forward and Transpose with their definitions.
func (c Geometry) checkOutputs(t *testing.T, seed uint64) {
	t.Helper()
	fill := kerneltest.Normal
	if seed%3 == 1 {
		fill = kerneltest.Rare
	}
	x, checkX := kerneltest.Guarded(t, fill(seed, c.Batch*c.sizeX()))
	y, checkY := kerneltest.Guarded(t, fill(seed+1, c.Batch*c.sizeY()))
	kernel, checkKernel := kerneltest.Guarded(t, fill(seed+2, c.sizeKernel()))
	e := epilogue.Epilogue{Rectifier: epilogue.Rectifier(seed % 3), Slope: 0.3}
	if seed%5 > 1 {
		e.Bias = fill(seed+3, max(c.In, c.Out))
	}
	if seed%4 == 0 {
		e.Finish = func(y []float32) { elementwise.Add(y, y, y) }
	}
	toY, toX := e, e
	if e.Bias != nil {
		toY.Bias, toX.Bias = e.Bias[:c.Out], e.Bias[:c.In]
	}
	wantX, wantY := make([]float32, len(x)), make([]float32, len(y))
	c.forwardReference(wantY, x, kernel)
	c.transposeReference(wantX, y, kernel)
	applyEpilogue(wantY, toY)
	applyEpilogue(wantX, toX)
	v := New(c)
	kerneltest.EveryWay(t, func(way string) {
		for again := range 2 {
			what := fmt.Sprintf("%+v, %s, run %d: ", c, way, again)
			gotY, check1 := kerneltest.Guarded(t, kerneltest.NaNs(len(y)))
			gotX, check2 := kerneltest.Guarded(t, kerneltest.NaNs(len(x)))
			v.Forward(gotY, x, kernel, toY)
			v.Transpose(gotX, y, kernel, toX)
			for _, check := range []func(){check1, check2, checkX, checkY, checkKernel} {
				check()
			}
			kerneltest.WantSlice(t, what+"forward", gotY, wantY)
			kerneltest.WantSlice(t, what+"transpose", gotX, wantX)
		}
	})
}

// A convolver keeps the packed kernel of the call before. It sees every change of a kernel, also one of
// the sign of a zero, in the same memory and in other memory.
func TestConvSeesAChangedKernel(t *testing.T) {
	for _, c := range []Geometry{sameConv(2, 9, 8, 16, 3), sameConv(2, 9, 3, 2, 3), sameConv(1, 5, 4, 21, 2)} {
		v := New(c)
		x, kernel := kerneltest.Normal(1, c.Batch*c.sizeX()), kerneltest.Normal(2, c.sizeKernel())
		last := len(kernel) - 1
		for _, change := range []func(){
			func() {},
			func() { kernel[last] += 2 },
			func() {},
			func() { kernel[0] = float32(math.NaN()) },
			func() { clear(kernel) },
			func() { kernel[last] = float32(math.Copysign(0, -1)) },
			func() { kernel = kerneltest.Normal(3, len(kernel)) },
		} {
			change()
			y, wantY := make([]float32, c.Batch*c.sizeY()), make([]float32, c.Batch*c.sizeY())
			back, wantBack := make([]float32, len(x)), make([]float32, len(x))
			New(c).Forward(wantY, x, kernel, epilogue.Epilogue{})
			New(c).Transpose(wantBack, wantY, kernel, epilogue.Epilogue{})
			v.Forward(y, x, kernel, epilogue.Epilogue{})
			v.Transpose(back, y, kernel, epilogue.Epilogue{})
			kerneltest.WantSlice(t, "forward after a change", y, wantY)
			kerneltest.WantSlice(t, "transpose after a change", back, wantBack)
			if got := v.forward.kernel; !bytes.Equal(bytesOf(got), bytesOf(kernel)) {
				t.Fatal("the packed kernel is not the one of the call")
			}
		}
	}
}

func TestConvGradients(t *testing.T) {
	s := random.New(2, "conv")
	cases := slices.Clone(someConvs)
	for range 40 {
		cases = append(cases, randomConv(s))
	}
	for seed, c := range cases {
		c.checkGradients(t, uint64(seed), false)
		c.checkGradients(t, uint64(seed), true)
	}
}

// checkGradients compares gradients of a convolution or a transposed one with the definition. Some
// of them are left out.
func (c Geometry) checkGradients(t *testing.T, seed uint64, transposed bool) {
	t.Helper()
	fill := kerneltest.Normal
	if seed%3 == 1 {
		fill = kerneltest.Rare
	}
	sizeIn, sizeOut, channels := c.Batch*c.sizeX(), c.Batch*c.sizeY(), c.Out
	if transposed {
		sizeIn, sizeOut, channels = sizeOut, sizeIn, c.In
	}
	g := Backward{X: fill(seed, sizeIn), Kernel: fill(seed+1, c.sizeKernel()), DY: fill(seed+2, sizeOut)}
	dz := g.DY
	if seed%4 < 2 {
		g.Y, g.Gradient = fill(seed+3, sizeOut), elementwise.ReLUGrad
		dz = make([]float32, sizeOut)
		elementwise.ReLUGrad(dz, g.DY, g.Y)
	}
	var checks [3]func()
	wantX, wantKernel, wantBias := make([]float32, sizeIn), make([]float32, c.sizeKernel()), convSampleSums(c.Batch, channels, dz)
	if transposed {
		c.forwardReference(wantX, dz, g.Kernel)
		c.kernelReference(wantKernel, dz, g.X)
	} else {
		c.transposeReference(wantX, dz, g.Kernel)
		c.kernelReference(wantKernel, g.X, dz)
	}
	v := New(c)
	kerneltest.EveryWay(t, func(way string) {
		what := fmt.Sprintf("%+v, transposed %t, %s: ", c, transposed, way)
		g.DX, checks[0] = kerneltest.Guarded(t, kerneltest.NaNs(sizeIn))
		g.DKernel, checks[1] = kerneltest.Guarded(t, kerneltest.NaNs(len(wantKernel)))
		g.DBias, checks[2] = kerneltest.Guarded(t, kerneltest.NaNs(channels))
		for i, left := range []*[]float32{&g.DX, &g.DKernel, &g.DBias} {
			if seed%7 == uint64(i) {
				*left = nil
			}
		}
		if transposed {
			v.TransposeGradients(g)
		} else {
			v.Gradients(g)
		}
		for _, check := range checks {
			check()
		}
		for name, pair := range map[string][2][]float32{"dx": {g.DX, wantX}, "dkernel": {g.DKernel, wantKernel}, "dbias": {g.DBias, wantBias}} {
			if pair[0] != nil {
				kerneltest.WantSlice(t, what+name, pair[0], pair[1])
			}
		}
	})
}

// applyEpilogue applies an epilogue kernel by kernel.
func applyEpilogue(y []float32, e epilogue.Epilogue) {
	if e.Bias != nil {
		for row := range slices.Chunk(y, len(e.Bias)) {
			elementwise.Add(row, row, e.Bias)
		}
	}
	switch e.Rectifier {
	case epilogue.Leaky:
		elementwise.LeakyReLU(y, y, e.Slope)
	case epilogue.ReLU:
		elementwise.ReLU(y, y)
	}
	if e.Finish != nil {
		e.Finish(y)
	}
}

func TestConvAllocatesNothing(t *testing.T) {
	c := sameConv(5, 9, 3, 8, 3)
	v := New(c)
	x, y, kernel := make([]float32, c.Batch*c.sizeX()), make([]float32, c.Batch*c.sizeY()), make([]float32, c.sizeKernel())
	e := epilogue.Epilogue{Bias: make([]float32, 8), Rectifier: epilogue.ReLU}
	if n := testing.AllocsPerRun(20, func() {
		v.Forward(y, x, kernel, e)
		v.Transpose(x, y, kernel, epilogue.Epilogue{})
		v.Gradients(Backward{DX: x, DKernel: kernel, DBias: e.Bias, X: x, Kernel: kernel, DY: y, Gradient: elementwise.ReLUGrad, Y: y})
	}); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}

func TestConvMisuse(t *testing.T) {
	c := sameConv(2, 3, 2, 4, 3)
	v := New(c)
	x, y, kernel := make([]float32, 2*18), make([]float32, 2*36), make([]float32, 72)
	for what, f := range map[string]func(){
		"no sample": func() { New(sameConv(0, 3, 2, 4, 3)) },
		"no stride": func() {
			New(Geometry{Batch: 1, In: 1, Out: 1, Height: Axis{3, 3, 1, 0, 1, 0}, Width: Axis{3, 3, 1, 1, 1, 0}})
		},
		"short x":    func() { v.Forward(y, x[1:], kernel, epilogue.Epilogue{}) },
		"short y":    func() { v.Transpose(x, y[1:], kernel, epilogue.Epilogue{}) },
		"kernel":     func() { v.Gradients(Backward{DKernel: kernel[1:], X: x, DY: y}) },
		"no kernel":  func() { v.Gradients(Backward{DX: x, DY: y}) },
		"no y":       func() { v.Gradients(Backward{DBias: x[:4], DY: y, Gradient: elementwise.ReLUGrad}) },
		"long bias":  func() { v.TransposeGradients(Backward{DBias: x[:4], DY: x}) },
		"short bias": func() { v.Forward(y, x, kernel, epilogue.Epilogue{Bias: x[:2]}) },
	} {
		kerneltest.MustPanic(t, what, f)
	}
}
