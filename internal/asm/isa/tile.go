package isa

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Tile is the code for one number of rows and vectors. Its sums are in the first registers.
type Tile struct {
	Set
	Rows, Vecs int
	Masked     bool   // the last vector of a row may be a partial one
	Prefix     string // of the labels
}

// Acc returns vector j of row i.
func (t Tile) Acc(i, j int) reg.VecPhysical { return t.Vec(i*t.Vecs + j) }

// Partial reports whether vector j may be a partial one.
func (t Tile) Partial(j int) bool { return t.Masked && j == t.Vecs-1 }

// At returns the place of vector j of a row at p.
func (t Tile) At(p reg.Register, j int) Op { return Mem{Base: p, Disp: 4 * j * t.Lanes()} }

func (t Tile) Label(name string) string { return t.Prefix + name }
func (t Tile) Ref(name string) LabelRef { return LabelRef(t.Label(name)) }

// Accs returns all sums, row by row.
func (t Tile) Accs() []reg.VecPhysical {
	var all []reg.VecPhysical
	for i := range t.Rows * t.Vecs {
		all = append(all, t.Vec(i))
	}
	return all
}

// Bias adds the numbers that bias points to to each row, unless bias is nil.
func (t Tile) Bias(bias reg.GPPhysical, spare reg.VecPhysical) {
	TESTQ(bias, bias)
	JEQ(t.Ref("biased"))
	for j := range t.Vecs {
		t.Load(t.At(bias, j), spare, t.Partial(j))
		for i := range t.Rows {
			VADDPS(spare, t.Acc(i, j), t.Acc(i, j))
		}
	}
	Label(t.Label("biased"))
}

// Activate applies LeakyReLU to sums if the parameter rectifier is 1, and ReLU if it is 2. spare
// may be signs.
func (t Tile) Activate(sums []reg.VecPhysical, slope, signs, spare reg.VecPhysical) {
	CMPQ(Arg("rectifier"), Imm(1))
	JLT(t.Ref("active"))
	JGT(t.Ref("relu"))
	VBROADCASTSS(Arg("slope"), slope)
	t.BroadcastBits(1<<31, signs)
	for _, v := range sums {
		t.Leaky(v, slope, signs, spare)
	}
	JMP(t.Ref("active"))
	Label(t.Label("relu"))
	zero := slope
	t.Zero(zero)
	for _, v := range sums {
		VMAXPS(v, zero, v) // of two zeros, or if one is NaN, this is the sum;
		VADDPS(zero, v, v) // this turns -0 into +0
	}
	Label(t.Label("active"))
}

// Bisect emits a jump to the code for the value of r, which is between low and high.
func Bisect(r reg.GPPhysical, low, high int, prefix string, code func(n int, prefix string)) {
	prefix = fmt.Sprintf("%sof%dto%d", prefix, low, high)
	if low == high {
		code(low, prefix)
		return
	}
	mid := (low + high) / 2
	CMPQ(r, Imm(uint64(mid)))
	JGT(LabelRef(prefix + "above"))
	Bisect(r, low, mid, prefix, code)
	Label(prefix + "above")
	Bisect(r, mid+1, high, prefix, code)
}

// Arg returns the place of a parameter of the function.
func Arg(name string) Op {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}
