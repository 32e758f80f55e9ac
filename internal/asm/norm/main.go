// Command norm writes the assembly of package norm. It runs in the folder asm.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The fields of the struct images, as the package declares them. TestOperandsLayout checks the
// offsets.
const (
	imagesY         = 0
	imagesX         = 24
	imagesDY        = 48
	imagesConstants = 72
	imagesPixels    = 96
)

// A kernel of this package runs down rows of channels: a row is a pixel. It keeps the constants of
// a vector of channels in registers. lo is 0 and hi the number of channels. constants holds one row
// of channels for each kind of constant.

func main() {
	type vecs = []reg.VecVirtual
	kernel := func(name, doc string, emit func(f function)) vector.Kernel {
		return vector.Kernel{Name: name, Operands: "images", Doc: doc, Emit: func(v *vector.Func) { emit(function{v}) }}
	}
	vector.Write("norm", []vector.Kernel{
		kernel("channelSquares", "is channelSquares of one sample by vectors.", func(f function) {
			f.pixels([]int{imagesX}, 1, true, func(row []Mem, at vector.Place, c vecs, sum reg.VecVirtual) {
				d := f.Do(vector.SubPS, f.LoadFrom(row[0], at), c[0])
				VFMADD231PS(d, d, sum)
			})
		}),
		kernel("channelProducts", "is channelProducts of one sample by vectors.", func(f function) {
			f.pixels([]int{imagesX, imagesDY}, 1, true, func(row []Mem, at vector.Place, c vecs, sum reg.VecVirtual) {
				d := f.Do(vector.SubPS, f.LoadFrom(row[0], at), c[0])
				VFMADD231PS(d, f.LoadFrom(row[1], at), sum)
			})
		}),
		kernel("channelNorm", "is channelNorm by vectors.", func(f function) {
			f.pixels([]int{imagesY, imagesX}, 3, false, func(row []Mem, at vector.Place, c vecs, _ reg.VecVirtual) {
				d := f.Do(vector.SubPS, f.LoadFrom(row[1], at), c[0])
				f.Move(f.Do(vector.AddPS, f.Do(vector.MulPS, d, c[1]), c[2]), row[0], at)
			})
		}),
		kernel("channelNormGrad", "is channelNormGrad by vectors.", func(f function) {
			f.pixels([]int{imagesY, imagesDY, imagesX}, 4, false, func(row []Mem, at vector.Place, c vecs, _ reg.VecVirtual) {
				d := f.Do(vector.MulPS, f.Do(vector.SubPS, f.LoadFrom(row[2], at), c[0]), c[3])
				v := f.Do(vector.SubPS, f.Do(vector.SubPS, f.LoadFrom(row[1], at), c[2]), d)
				f.Move(f.Do(vector.MulPS, c[1], v), row[0], at)
			})
		}),
	})
}

type function struct{ *vector.Func }

// pixels runs the body on each vector of channels of each row. The body gets the addresses of the
// row in each of the matrices and the constants of the channels. If sums is set, the body also gets
// a register in which it adds up sums, which are then written to y.
func (f function) pixels(matrices []int, constants int, sums bool, body func(row []Mem, at vector.Place, c []reg.VecVirtual, sum reg.VecVirtual)) {
	var base []reg.GPVirtual
	for _, field := range matrices {
		base = append(base, f.Slice(field))
	}
	table := f.Slice(imagesConstants)
	stride, count := GP64(), GP64()
	MOVQ(f.N, stride)
	SHLQ(U8(2), stride)
	MOVQ(f.Field(imagesPixels), count)

	strip := func(masked bool) {
		label := fmt.Sprintf("rows_%v", masked)
		at := vector.Place{Masked: masked}
		p := GP64()
		LEAQ(Mem{Base: table, Index: f.I, Scale: 4}, p)
		var c []reg.VecVirtual
		for range constants {
			c = append(c, f.LoadFrom(Mem{Base: p}, at))
			ADDQ(stride, p)
		}
		var sum reg.VecVirtual
		if sums {
			sum = f.Zero()
		}
		var row []Mem
		for _, b := range base {
			p := GP64()
			LEAQ(Mem{Base: b, Index: f.I, Scale: 4}, p)
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
			f.Store(sum, f.Slice(imagesY), at)
		}
	}
	f.Strips(strip)
}
