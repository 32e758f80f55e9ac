package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A kernel over quads goes along a row of windows of two by two pixels. lo is 0 and hi the number of channels; x.keys the
// number of windows, and the width of the image in pixels.

// quads are the kernels of pooling.
func quads() []kernel {
	type quad = [4]reg.VecVirtual
	return []kernel{
		{"maxQuads", "is a row of maxWindow by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.quads(fieldY, []int{fieldA}, func(one Mem, image [][4]Mem, at place) {
				y := f.loadFrom(image[0][0], at)
				for _, p := range image[0][1:] {
					v := f.loadFrom(p, at)
					y = f.pick32(f.compare32(unordered, v, v), v, f.do(maxPS, v, y)) // of equal ones the second: y
				}
				f.move(y, one, at)
			})
		}},
		{"maxGradQuads", "is a row of maxWindowGrad by vectors, on dx that are 0.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			zero := f.zero()
			f.quads(fieldA, []int{fieldY, fieldB}, func(one Mem, image [][4]Mem, at place) {
				y := f.loadFrom(image[1][0], at)
				var taken [4]mask
				for k := 1; k < 4; k++ {
					v := f.loadFrom(image[1][k], at)
					taken[k] = f.either(f.compare32(greater, v, y), f.compare32(unordered, v, v))
					y = f.pick32(taken[k], v, y)
				}
				d := f.do(addPS, zero, f.loadFrom(one, at))
				for k := 3; k > 0; k-- {
					f.move(f.pick32(taken[k], d, zero), image[0][k], at)
					d = f.zeroIn(taken[k], d)
				}
				f.move(d, image[0][0], at)
			})
		}},
		{"sumQuads", "is a row of sumWindow by vectors, times s[0].", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			factor := f.scalar(0)
			f.quads(fieldY, []int{fieldA}, func(one Mem, image [][4]Mem, at place) {
				y := f.loadFrom(image[0][0], at)
				for _, p := range image[0][1:] {
					y = f.do(addPS, y, f.loadFrom(p, at))
				}
				f.move(f.do(mulPS, y, factor), one, at)
			})
		}},
		{"spreadQuads", "is a row of spread by vectors, on dx that are 0, with dy times s[0].", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			factor, zero := f.scalar(0), f.zero()
			f.quads(fieldA, []int{fieldY}, func(one Mem, image [][4]Mem, at place) {
				d := f.do(addPS, zero, f.do(mulPS, f.loadFrom(one, at), factor))
				for _, p := range image[0] {
					f.move(d, p, at)
				}
			})
		}},
	}
}

func (f *function) loadFrom(p Mem, at place) reg.VecVirtual {
	v := f.vec()
	f.move(p, v, at)
	return v
}

// quads runs the body on each vector of channels of each window. It gets the addresses of the window's element in the
// matrix of windows, and of its four pixels in each of the images, row by row.
func (f *function) quads(one int, images []int, body func(one Mem, image [][4]Mem, at place)) {
	windows := f.slice(one)
	var base []reg.GPVirtual
	for _, field := range images {
		base = append(base, f.slice(field))
	}
	pixel, row := GP64(), GP64() // in bytes
	MOVQ(f.n, pixel)
	SHLQ(U8(2), pixel)
	MOVQ(Mem{Base: f.x, Disp: fieldKeys + 8}, row)
	IMULQ(pixel, row)
	count := GP64()
	MOVQ(Mem{Base: f.x, Disp: fieldKeys}, count)

	strip := func(masked bool) {
		label := fmt.Sprintf("windows_%v", masked)
		window := GP64()
		LEAQ(Mem{Base: windows, Index: f.i, Scale: 4}, window)
		var upper, lower []reg.GPVirtual
		for _, b := range base {
			u, l := GP64(), GP64()
			LEAQ(Mem{Base: b, Index: f.i, Scale: 4}, u)
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
		body(Mem{Base: window}, image, place{0, masked})
		ADDQ(pixel, window)
		for k := range base {
			LEAQ(Mem{Base: upper[k], Index: pixel, Scale: 2}, upper[k])
			LEAQ(Mem{Base: lower[k], Index: pixel, Scale: 2}, lower[k])
		}
		DECQ(left)
		JNZ(LabelRef(label))
	}
	f.strips(strip)
}
