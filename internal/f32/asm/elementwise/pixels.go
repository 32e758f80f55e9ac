package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A kernel over pixels runs down rows of channels with what it knows of a vector of channels in registers. lo is 0 and hi
// the number of channels; x.keys the number of rows, and of channels; x.c what is constant in a channel, one row of
// channels for each kind.

// pixels are the kernels of batch normalisation.
func pixels() []kernel {
	return []kernel{
		{"channelSquares", "is channelSquares of one sample by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.pixels([]int{fieldA}, 1, true, func(row []Mem, at place, c []reg.VecVirtual, sum reg.VecVirtual) {
				d := f.do(subPS, f.loadFrom(row[0], at), c[0])
				VFMADD231PS(d, d, sum)
			})
		}},
		{"channelProducts", "is channelProducts of one sample by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.pixels([]int{fieldA, fieldB}, 1, true, func(row []Mem, at place, c []reg.VecVirtual, sum reg.VecVirtual) {
				d := f.do(subPS, f.loadFrom(row[0], at), c[0])
				VFMADD231PS(d, f.loadFrom(row[1], at), sum)
			})
		}},
		{"channelNorm", "is channelNorm by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.pixels([]int{fieldY, fieldA}, 3, false, func(row []Mem, at place, c []reg.VecVirtual, _ reg.VecVirtual) {
				d := f.do(subPS, f.loadFrom(row[1], at), c[0])
				f.move(f.do(addPS, f.do(mulPS, d, c[1]), c[2]), row[0], at)
			})
		}},
		{"channelNormGrad", "is channelNormGrad by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.pixels([]int{fieldY, fieldA, fieldB}, 4, false, func(row []Mem, at place, c []reg.VecVirtual, _ reg.VecVirtual) {
				d := f.do(mulPS, f.do(subPS, f.loadFrom(row[2], at), c[0]), c[3])
				v := f.do(subPS, f.do(subPS, f.loadFrom(row[1], at), c[2]), d)
				f.move(f.do(mulPS, c[1], v), row[0], at)
			})
		}},
	}
}

// pixels runs the body on each vector of channels of each row. It gets the addresses of the row in each of the matrices,
// the constants of the channels, and, if sums, a register in which it adds up what then is written to x.y.
func (f *function) pixels(matrices []int, constants int, sums bool, body func(row []Mem, at place, c []reg.VecVirtual, sum reg.VecVirtual)) {
	var base []reg.GPVirtual
	for _, field := range matrices {
		base = append(base, f.slice(field))
	}
	table := f.slice(fieldC)
	stride, count := GP64(), GP64()
	MOVQ(f.n, stride)
	SHLQ(U8(2), stride)
	MOVQ(Mem{Base: f.x, Disp: fieldKeys}, count)

	strip := func(masked bool) {
		label := fmt.Sprintf("rows_%v", masked)
		at := place{0, masked}
		p := GP64()
		LEAQ(Mem{Base: table, Index: f.i, Scale: 4}, p)
		var c []reg.VecVirtual
		for range constants {
			c = append(c, f.loadFrom(Mem{Base: p}, at))
			ADDQ(stride, p)
		}
		var sum reg.VecVirtual
		if sums {
			sum = f.zero()
		}
		var row []Mem
		for _, b := range base {
			p := GP64()
			LEAQ(Mem{Base: b, Index: f.i, Scale: 4}, p)
			row = append(row, Mem{Base: p})
		}
		left := GP64()
		MOVQ(count, left)
		Label(label)
		body(row, at, c, sum)
		for _, r := range row {
			ADDQ(stride, r.Base)
		}
		DECQ(left)
		JNZ(LabelRef(label))
		if sums {
			f.store(sum, f.slice(fieldY), at)
		}
	}
	f.strips(strip)
}

// strips runs strip for each vector of channels, and the last, incomplete one under a mask, and ends the function.
func (f *function) strips(strip func(masked bool)) {
	Label("strip")
	CMPQ(f.n, U32(f.lanes()))
	JL(LabelRef("after_strip"))
	strip(false)
	ADDQ(U32(f.lanes()), f.i)
	SUBQ(U32(f.lanes()), f.n)
	JMP(LabelRef("strip"))
	Label("after_strip")
	TESTQ(f.n, f.n)
	JE(LabelRef("done"))
	f.setTails(1)
	strip(true)
	Label("done")
	f.end()
}
