package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// A kernel over columns runs down all rows with the sums of some columns in registers. lo and hi
// are columns.

// columns are the kernels that add up each column.
func columns() []vector.Kernel {
	return []vector.Kernel{
		{Name: "columnSums", Operands: "columnOperands", Doc: "is columnSums by vectors.", Emit: func(v *vector.Func) {
			f := function{v}
			m := matrix{columnSumsY, columnSumsRows, columnSumsN, []int{columnSumsX}}
			f.columns(m, func(p []reg.GPVirtual, at vector.Place) reg.VecVirtual { return f.Load(p[0], at) })
		}},
		{Name: "leakyReLUGradSums", Operands: "leakyOperands", Doc: "is leakyReLUGradSums by vectors.", Emit: func(v *vector.Func) {
			f := function{v}
			slope, one := f.Scalar(leakySlope), f.Number(vector.Float32(1))
			m := matrix{leakySums, leakyRows, leakyN, []int{leakyDX, leakyDY, leakyY}}
			f.columns(m, func(p []reg.GPVirtual, at vector.Place) reg.VecVirtual {
				factor := f.Pick32(f.Negative(f.Load(p[2], at)), slope, one)
				v := f.Do(vector.MulPS, f.Load(p[1], at), factor)
				f.Store(v, p[0], at)
				return v
			})
		}},
	}
}

// matrix says in which fields the operands of a kernel over columns are: the sums, the number of
// rows, the number of columns, and the matrices.
type matrix struct {
	sums, rows, n int
	matrices      []int
}

// columns writes the column sums of what the body returns for a vector of the present row, in
// strips of vectors. The body gets the addresses of the row in each of the matrices.
func (f function) columns(m matrix, body func(row []reg.GPVirtual, at vector.Place) reg.VecVirtual) {
	y := f.Slice(m.sums)
	var base []reg.GPVirtual
	for _, field := range m.matrices {
		base = append(base, f.Slice(field))
	}
	rows, stride := GP64(), GP64()
	MOVQ(f.Field(m.rows), rows)
	MOVQ(f.Field(m.n), stride)
	SHLQ(U8(2), stride)

	strip := func(vectors int, masked bool) {
		label := fmt.Sprintf("rows_%d_%v", vectors, masked)
		var sum []reg.VecVirtual
		for range vectors {
			sum = append(sum, f.Zero())
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
			f.Into(vector.AddPS, sum[k], sum[k], body(row, vector.Place{Vector: k, Masked: masked}))
		}
		for _, p := range row {
			ADDQ(stride, p)
		}
		JMP(LabelRef(label))
		Label("after_" + label)
		for k := range vectors {
			f.Store(sum[k], y, vector.Place{Vector: k, Masked: masked})
		}
	}
	for _, vectors := range []int{8, 2, 1} {
		f.Steps(fmt.Sprintf("strip_%d", vectors), vectors*f.Lanes(), func() { strip(vectors, false) })
	}
	f.LastStrip(func(bool) { strip(1, true) })
}
