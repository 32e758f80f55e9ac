// Command gemm writes the assembly of package gemm, for AVX-512 and for AVX2 with FMA: tiles of a
// product, the copy and the transposition that packing needs, and sums of sparse operands. It runs in the folder asm.
package main

import (
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

func main() {
	wide := target{isa.AVX512{}, []layout{{1, true, 14}, {2, true, 14}, {3, true, 9}}}
	narrow := target{isa.NewAVX2("maskAVX2", 8), []layout{{1, true, 6}, {2, true, 6}, {2, false, 6}}}
	for _, byRows := range []bool{false, true} {
		tile(wide, byRows)
		tile(narrow, byRows)
	}
	tree(wide)
	tree(narrow)
	transpose8()
	copyPanel(wide)
	copyPanel(narrow)
	for _, s := range []isa.Set{wide.Set, narrow.Set} {
		sums(s, 1)
		sums(s, groupRows)
		finish(s)
		pack(s)
	}
	listRow512()
	listRow2(narrow.Set.(isa.AVX2))
	listGroups()
	isa.Write("gemm", "tile")
}

// The registers of a tile. R14 and R15 belong to Go, BP and SP to the stack.
var (
	kReg, cols    = isa.Cols, isa.Cols // the number of columns is read first
	rows          = reg.RAX
	aReg, aStride = reg.R8, reg.R9
	bReg, bStride = reg.R10, reg.R11
	cReg, cStride = reg.R12, reg.R13
	row           = reg.RSI // walks over C
	biasReg       = reg.RDX

	// These are used in the loop over k only.
	aAhead, bAhead     = reg.RBX, reg.RAX // 16 strides
	aStride3, aStride5 = reg.RBX, reg.RAX // 3 and 5 strides
	aReg7              = reg.RDI          // row 7; else isa.Scratch
)
