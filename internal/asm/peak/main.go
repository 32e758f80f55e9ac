// Command peak writes the loops of package kerneltest that measure the multiply-add peak of the
// processor. It runs in the folder asm.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

func main() {
	peak(isa.AVX512{})
	peak(isa.NewAVX2("maskAVX2", 8))
	isa.Write("kerneltest", "peak")
}

// peak writes a loop of multiply-adds. The benchmarks compare products with it.
func peak(s isa.Set) {
	TEXT("peak"+s.Name(), NOSPLIT, "func(n int)")
	Doc("peak" + s.Name() + " does n times 12 independent multiply-adds of whole vectors, to measure how many the processor can do.")
	Load(Param("n"), reg.RCX)
	for i := range 14 {
		s.Zero(s.Vec(i))
	}
	Label("loop")
	for i := range 12 {
		VFMADD231PS(s.Vec(12), s.Vec(13), s.Vec(i))
	}
	DECQ(reg.RCX)
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}
