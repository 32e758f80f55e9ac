package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A kernel over columns runs down all rows with the sums of some columns in registers. lo and hi are columns, x.keys
// the number of rows and of columns.

// columns are the kernels that add up each column.
func columns() []kernel {
	return []kernel{
		{"columnSums", "is columnSums by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			f.columns([]int{fieldA}, func(p []reg.GPVirtual, at place) reg.VecVirtual { return f.load(p[0], at) })
		}},
		{"leakyReLUGradSums", "is leakyReLUGradSums by vectors.", func(g target, name, doc string) {
			f := begin(g, name, doc, false)
			slope, one := f.scalar(0), f.number(f32(1))
			f.columns([]int{fieldB, fieldA, fieldC}, func(p []reg.GPVirtual, at place) reg.VecVirtual {
				factor := f.pick32(f.negative(f.load(p[2], at)), slope, one)
				v := f.do(mulPS, f.load(p[1], at), factor)
				f.store(v, p[0], at)
				return v
			})
		}},
	}
}

// columns writes to x.y the column sums of what the body returns for a vector of the present row, in strips of
// vectors. The body gets the addresses of the row in each of the matrices.
func (f *function) columns(fields []int, body func(row []reg.GPVirtual, at place) reg.VecVirtual) {
	y := f.slice(fieldY)
	var base []reg.GPVirtual
	for _, field := range fields {
		base = append(base, f.slice(field))
	}
	rows, stride := GP64(), GP64()
	MOVQ(Mem{Base: f.x, Disp: fieldKeys}, rows)
	MOVQ(Mem{Base: f.x, Disp: fieldKeys + 8}, stride)
	SHLQ(U8(2), stride)

	strip := func(vectors int, masked bool) {
		label := fmt.Sprintf("rows_%d_%v", vectors, masked)
		var sum []reg.VecVirtual
		for range vectors {
			sum = append(sum, f.zero())
		}
		var row []reg.GPVirtual
		for _, b := range base {
			p := GP64()
			MOVQ(b, p)
			row = append(row, p)
		}
		left := GP64()
		MOVQ(rows, left)
		Label(label)
		DECQ(left)
		JL(LabelRef("after_" + label))
		for k := range vectors {
			f.into(addPS, sum[k], sum[k], body(row, place{k, masked}))
		}
		for _, p := range row {
			ADDQ(stride, p)
		}
		JMP(LabelRef(label))
		Label("after_" + label)
		for k := range vectors {
			f.store(sum[k], y, place{k, masked})
		}
	}
	for _, vectors := range []int{8, 2, 1} {
		label, step := fmt.Sprintf("strip_%d", vectors), vectors*f.lanes()
		Label(label)
		CMPQ(f.n, U32(step))
		JL(LabelRef("after_" + label))
		strip(vectors, false)
		ADDQ(U32(step), f.i)
		SUBQ(U32(step), f.n)
		JMP(LabelRef(label))
		Label("after_" + label)
	}
	TESTQ(f.n, f.n)
	JE(LabelRef("done"))
	f.setTails(1)
	strip(1, true)
	Label("done")
	f.end()
}
