package f32

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// randomAxis is an axis, such that most outputs see some input. Some are long, so that a sample falls into several strips.
func randomAxis(s *random.Source) ConvAxis {
	n := func(limit int) int { return int(s.Uint64n(uint64(limit))) }
	length := 1 + n(12)
	if n(10) == 0 {
		length = 20 + n(26)
	}
	a := ConvAxis{In: length, Kernel: 1 + n(4), Stride: 1 + n(3), Dilation: 1 + n(2), Pad: n(4)}
	a.Out = 1 + n(max(1, (a.In+2*a.Pad-(a.Kernel-1)*a.Dilation+2)/a.Stride+1))
	return a
}

func randomConv(s *random.Source) Conv {
	channels := []int{1, 1, 2, 3, 4, 5, 8, 8, 16, 16, 17, 24, 33}
	n := func(limit int) int { return int(s.Uint64n(uint64(limit))) }
	return Conv{Batch: 1 + n(7), In: channels[n(len(channels))], Out: channels[n(len(channels))], Height: randomAxis(s), Width: randomAxis(s)}
}

// sameConv is a convolution with a square kernel whose output is as large as its input.
func sameConv(batch, size, in, out, kernel int) Conv {
	a := ConvAxis{In: size, Out: size, Kernel: kernel, Stride: 1, Dilation: 1, Pad: (kernel - 1) / 2}
	return Conv{Batch: batch, In: in, Out: out, Height: a, Width: a}
}

var someConvs = []Conv{
	sameConv(3, 28, 1, 16, 3), sameConv(2, 14, 16, 8, 3), sameConv(5, 7, 8, 8, 3), sameConv(4, 4, 8, 8, 3), sameConv(2, 28, 16, 1, 3),
	sameConv(1, 5, 40, 70, 3), sameConv(70, 3, 1, 1, 2), sameConv(2, 9, 3, 3, 1), sameConv(1, 40, 3, 3, 5),
	{Batch: 2, In: 8, Out: 16, Height: ConvAxis{16, 14, 3, 1, 1, 0}, Width: ConvAxis{16, 14, 3, 1, 1, 0}},
	{Batch: 2, In: 8, Out: 16, Height: ConvAxis{28, 14, 3, 2, 1, 0}, Width: ConvAxis{28, 14, 3, 2, 1, 0}},
	{Batch: 2, In: 16, Out: 64, Height: ConvAxis{17, 8, 5, 2, 1, 1}, Width: ConvAxis{17, 8, 5, 2, 1, 1}}, // a later phase reads further
	{Batch: 2, In: 3, Out: 2, Height: ConvAxis{4, 2, 1, 3, 1, 0}, Width: ConvAxis{1, 9, 2, 1, 3, 5}},
}

// compareSlices checks that got is want, bit for bit.
func compareSlices(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if !sameBits(got[i], want[i]) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
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
func (c Conv) checkOutputs(t *testing.T, seed uint64) {
	t.Helper()
	fill := normal
	if seed%3 == 1 {
		fill = rare
	}
	x, checkX := guarded(t, fill(seed, c.Batch*c.sizeX()))
	y, checkY := guarded(t, fill(seed+1, c.Batch*c.sizeY()))
	kernel, checkKernel := guarded(t, fill(seed+2, c.sizeKernel()))
	e := Epilogue{Act: Act(seed % 3), Slope: 0.3}
	if seed%5 > 1 {
		e.Bias = fill(seed+3, max(c.In, c.Out))
	}
	if seed%4 == 0 {
		e.Finish = func(y []float32) { Add(y, y, y) }
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
	v := NewConvolver(c)
	everyWay(t, func(way string) {
		for again := range 2 {
			what := fmt.Sprintf("%+v, %s, run %d: ", c, way, again)
			gotY, check1 := guarded(t, nans(len(y)))
			gotX, check2 := guarded(t, nans(len(x)))
			v.Forward(gotY, x, kernel, toY)
			v.Transpose(gotX, y, kernel, toX)
			for _, check := range []func(){check1, check2, checkX, checkY, checkKernel} {
				check()
			}
			compareSlices(t, what+"forward", gotY, wantY)
			compareSlices(t, what+"transpose", gotX, wantX)
		}
	})
}

func nans(n int) []float32 { return slices.Repeat([]float32{nan}, n) }

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

// checkGradients compares gradients of a convolution or a transposed one, some of them left out, with the definition.
func (c Conv) checkGradients(t *testing.T, seed uint64, transposed bool) {
	t.Helper()
	fill := normal
	if seed%3 == 1 {
		fill = rare
	}
	sizeIn, sizeOut, channels := c.Batch*c.sizeX(), c.Batch*c.sizeY(), c.Out
	if transposed {
		sizeIn, sizeOut, channels = sizeOut, sizeIn, c.In
	}
	g := ConvGradients{X: fill(seed, sizeIn), Kernel: fill(seed+1, c.sizeKernel()), DY: fill(seed+2, sizeOut)}
	dz := g.DY
	if seed%4 < 2 {
		g.Y, g.Gradient = fill(seed+3, sizeOut), ReLUGrad
		dz = make([]float32, sizeOut)
		ReLUGrad(dz, g.DY, g.Y)
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
	v := NewConvolver(c)
	everyWay(t, func(way string) {
		what := fmt.Sprintf("%+v, transposed %t, %s: ", c, transposed, way)
		g.DX, checks[0] = guarded(t, nans(sizeIn))
		g.DKernel, checks[1] = guarded(t, nans(len(wantKernel)))
		g.DBias, checks[2] = guarded(t, nans(channels))
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
				compareSlices(t, what+name, pair[0], pair[1])
			}
		}
	})
}

// applyEpilogue does kernel by kernel what an epilogue does.
func applyEpilogue(y []float32, e Epilogue) {
	if e.Bias != nil {
		for row := range slices.Chunk(y, len(e.Bias)) {
			Add(row, row, e.Bias)
		}
	}
	switch e.Act {
	case LeakyAct:
		LeakyReLU(y, y, e.Slope)
	case ReLUAct:
		ReLU(y, y)
	}
	if e.Finish != nil {
		e.Finish(y)
	}
}

func TestConvAllocatesNothing(t *testing.T) {
	c := sameConv(5, 9, 3, 8, 3)
	v := NewConvolver(c)
	x, y, kernel := make([]float32, c.Batch*c.sizeX()), make([]float32, c.Batch*c.sizeY()), make([]float32, c.sizeKernel())
	e := Epilogue{Bias: make([]float32, 8), Act: ReLUAct}
	if n := testing.AllocsPerRun(20, func() {
		v.Forward(y, x, kernel, e)
		v.Transpose(x, y, kernel, Epilogue{})
		v.Gradients(ConvGradients{DX: x, DKernel: kernel, DBias: e.Bias, X: x, Kernel: kernel, DY: y, Gradient: ReLUGrad, Y: y})
	}); n != 0 {
		t.Errorf("%g allocations, want none", n)
	}
}

func TestConvMisuse(t *testing.T) {
	c := sameConv(2, 3, 2, 4, 3)
	v := NewConvolver(c)
	x, y, kernel := make([]float32, 2*18), make([]float32, 2*36), make([]float32, 72)
	for what, f := range map[string]func(){
		"no sample": func() { NewConvolver(sameConv(0, 3, 2, 4, 3)) },
		"no stride": func() {
			NewConvolver(Conv{Batch: 1, In: 1, Out: 1, Height: ConvAxis{3, 3, 1, 0, 1, 0}, Width: ConvAxis{3, 3, 1, 1, 1, 0}})
		},
		"short x":    func() { v.Forward(y, x[1:], kernel, Epilogue{}) },
		"short y":    func() { v.Transpose(x, y[1:], kernel, Epilogue{}) },
		"kernel":     func() { v.Gradients(ConvGradients{DKernel: kernel[1:], X: x, DY: y}) },
		"no kernel":  func() { v.Gradients(ConvGradients{DX: x, DY: y}) },
		"no y":       func() { v.Gradients(ConvGradients{DBias: x[:4], DY: y, Gradient: ReLUGrad}) },
		"long bias":  func() { v.TransposeGradients(ConvGradients{DBias: x[:4], DY: x}) },
		"short bias": func() { v.Forward(y, x, kernel, Epilogue{Bias: x[:2]}) },
	} {
		mustPanic(t, what, f)
	}
}
