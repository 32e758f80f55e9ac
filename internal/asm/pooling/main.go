// Command pooling writes the assembly of package pooling. It runs in the folder asm.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The fields of the struct quads, as the package declares them. TestOperandsLayout checks the
// offsets.
const (
	quadsLine    = 0
	quadsImage   = 24
	quadsDImage  = 48
	quadsWindows = 72
	quadsWidth   = 80
	quadsFactor  = 88
)

// A kernel of this package goes along a row of windows of two by two pixels. lo is 0 and hi the
// number of channels.

func main() {
	kernel := func(name, doc string, emit func(f function)) vector.Kernel {
		return vector.Kernel{Name: name, Operands: "quads", Doc: doc, Emit: func(v *vector.Func) { emit(function{v}) }}
	}
	vector.Write("pooling", []vector.Kernel{
		kernel("maxQuads", "is a row of maxWindow by vectors.", function.maxQuads),
		kernel("maxGradQuads", "is a row of maxWindowGrad by vectors, on dx that are 0.", function.maxGradQuads),
		kernel("sumQuads", "is a row of sumWindow by vectors, times factor.", function.sumQuads),
		kernel("spreadQuads", "is a row of spread by vectors, on dx that are 0, with dy times factor.", function.spreadQuads),
	})
}

type function struct{ *vector.Func }

func (f function) maxQuads() {
	f.quads([]int{quadsImage}, func(one Mem, image [][4]Mem, at vector.Place) {
		y := f.LoadFrom(image[0][0], at)
		for _, p := range image[0][1:] {
			v := f.LoadFrom(p, at)
			nan := f.Compare32(vector.Unordered, v, v)
			y = f.Pick32(nan, v, f.Do(vector.MaxPS, v, y)) // of equal ones the second source: y
		}
		f.Move(y, one, at)
	})
}

func (f function) maxGradQuads() {
	zero := f.Zero()
	f.quads([]int{quadsDImage, quadsImage}, func(one Mem, image [][4]Mem, at vector.Place) {
		y := f.LoadFrom(image[1][0], at)
		var taken [4]vector.Mask
		for k := 1; k < 4; k++ {
			v := f.LoadFrom(image[1][k], at)
			taken[k] = f.Either(f.Compare32(vector.Greater, v, y), f.Compare32(vector.Unordered, v, v))
			y = f.Pick32(taken[k], v, y)
		}
		d := f.Do(vector.AddPS, zero, f.LoadFrom(one, at))
		for k := 3; k > 0; k-- {
			f.Move(f.Pick32(taken[k], d, zero), image[0][k], at)
			d = f.ZeroWhere(taken[k], d)
		}
		f.Move(d, image[0][0], at)
	})
}

func (f function) sumQuads() {
	factor := f.Scalar(quadsFactor)
	f.quads([]int{quadsImage}, func(one Mem, image [][4]Mem, at vector.Place) {
		y := f.LoadFrom(image[0][0], at)
		for _, p := range image[0][1:] {
			y = f.Do(vector.AddPS, y, f.LoadFrom(p, at))
		}
		f.Move(f.Do(vector.MulPS, y, factor), one, at)
	})
}

func (f function) spreadQuads() {
	factor, zero := f.Scalar(quadsFactor), f.Zero()
	f.quads([]int{quadsDImage}, func(one Mem, image [][4]Mem, at vector.Place) {
		d := f.Do(vector.AddPS, zero, f.Do(vector.MulPS, f.LoadFrom(one, at), factor))
		for _, p := range image[0] {
			f.Move(d, p, at)
		}
	})
}

// quads runs the body on each vector of channels of each window. The body gets the address of the
// window's element in the line, and the addresses of its four pixels in each of the images, row by
// row.
func (f function) quads(images []int, body func(one Mem, image [][4]Mem, at vector.Place)) {
	windows := f.Slice(quadsLine)
	var base []reg.GPVirtual
	for _, field := range images {
		base = append(base, f.Slice(field))
	}
	pixel, row := GP64(), GP64() // in bytes
	MOVQ(f.N, pixel)
	SHLQ(U8(2), pixel)
	MOVQ(f.Field(quadsWidth), row)
	IMULQ(pixel, row)
	count := GP64()
	MOVQ(f.Field(quadsWindows), count)

	strip := func(masked bool) {
		label := fmt.Sprintf("windows_%v", masked)
		window := GP64()
		LEAQ(Mem{Base: windows, Index: f.I, Scale: 4}, window)
		var upper, lower []reg.GPVirtual
		for _, b := range base {
			u, l := GP64(), GP64()
			LEAQ(Mem{Base: b, Index: f.I, Scale: 4}, u)
			LEAQ(Mem{Base: u, Index: row, Scale: 1}, l)
			upper, lower = append(upper, u), append(lower, l)
		}
		left := GP64()
		MOVQ(count, left)
		Label(label)
		var image [][4]Mem
		for k := range base {
			image = append(image, [4]Mem{
				{Base: upper[k]}, {Base: upper[k], Index: pixel, Scale: 1}, {Base: lower[k]}, {Base: lower[k], Index: pixel, Scale: 1},
			})
		}
		body(Mem{Base: window}, image, vector.Place{Masked: masked})
		ADDQ(pixel, window)
		for k := range base {
			LEAQ(Mem{Base: upper[k], Index: pixel, Scale: 2}, upper[k])
			LEAQ(Mem{Base: lower[k], Index: pixel, Scale: 2}, lower[k])
		}
		DECQ(left)
		JNZ(LabelRef(label))
	}
	f.Strips(strip)
}
