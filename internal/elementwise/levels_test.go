package elementwise

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

func cases() []kerneltest.Case {
	var all []kerneltest.Case
	add := func(name string, run func(x *kerneltest.Buffers)) {
		all = append(all, kerneltest.Case{Name: name, Run: func(x *kerneltest.Buffers) []float32 { run(x); return nil }})
	}
	for _, k := range kernels {
		add(k.Name, func(x *kerneltest.Buffers) { k.Run(x.Y, x.A, x.B) })
	}
	add("Adam", func(x *kerneltest.Buffers) { Adam(x.Y, x.A, x.B, x.C, 1e-3, 0.1, 0.001, 1e-7) })
	add("FromBytes", func(x *kerneltest.Buffers) { FromBytes(x.Y, x.Bytes) })
	for _, keep := range []float32{1e-12, 0.3, 1} {
		add(fmt.Sprintf("Dropout %g", keep), func(x *kerneltest.Buffers) { Dropout(x.Y, x.A, keep, random.Sub(1, 2)) })
	}
	return all
}

func TestLevels(t *testing.T) { kerneltest.CompareLevels(t, cases()) }

func TestLevelsInParallel(t *testing.T) { kerneltest.CompareLevelsInParallel(t, cases()) }

func TestScaleInPlace(t *testing.T) {
	for _, l := range kerneltest.Levels() {
		kerneltest.WithLevel(t, l)
		for n := range 70 {
			x := kerneltest.Mixed(uint64(n), n)
			y, check := kerneltest.Guarded(t, x)
			Scale(y, y, slope)
			check()
			for i, v := range x {
				if !kerneltest.SameBits(y[i], slope*v) {
					t.Fatalf("%v: %d of %d: %g, want %g", l, i, n, y[i], slope*v)
				}
			}
		}
	}
}

// The assembly finds the operands at the offsets that asm/elementwise has.
func TestOperandsLayout(t *testing.T) {
	var (
		e elements
		p pixels
		a adamOperands
		d dropoutOperands
	)
	kerneltest.WantOffsets(t, map[string]kerneltest.Offset{
		"elements.y": {Got: unsafe.Offsetof(e.y), Want: 0}, "elements.a": {Got: unsafe.Offsetof(e.a), Want: 24},
		"elements.b": {Got: unsafe.Offsetof(e.b), Want: 48}, "elements.p": {Got: unsafe.Offsetof(e.p), Want: 72},
		"pixels.y": {Got: unsafe.Offsetof(p.y), Want: 0}, "pixels.x": {Got: unsafe.Offsetof(p.x), Want: 24},
		"adam.w": {Got: unsafe.Offsetof(a.w), Want: 0}, "adam.g": {Got: unsafe.Offsetof(a.g), Want: 24},
		"adam.m": {Got: unsafe.Offsetof(a.m), Want: 48}, "adam.v": {Got: unsafe.Offsetof(a.v), Want: 72},
		"adam.alpha": {Got: unsafe.Offsetof(a.alpha), Want: 96}, "adam.rate1": {Got: unsafe.Offsetof(a.rate1), Want: 100},
		"adam.rate2": {Got: unsafe.Offsetof(a.rate2), Want: 104}, "adam.eps": {Got: unsafe.Offsetof(a.eps), Want: 108},
		"dropout.y": {Got: unsafe.Offsetof(d.y), Want: 0}, "dropout.x": {Got: unsafe.Offsetof(d.x), Want: 24},
		"dropout.keep":   {Got: unsafe.Offsetof(d.keep), Want: 48},
		"dropout.stream": {Got: unsafe.Offsetof(d.stream), Want: 56}, "dropout.last": {Got: unsafe.Offsetof(d.last), Want: 64},
	})
}
