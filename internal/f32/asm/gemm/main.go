// Command gemm writes the amd64 kernels of the matrix product: a tile of C for AVX-512 and for AVX2 with FMA, and the
// transposition that packing needs. It runs in the folder asm and writes into the one above.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	for name, value := range map[string]string{"out": "../gemm_amd64.s", "stubs": "../gemm_stubs_amd64.go", "pkg": "f32"} {
		if err := flag.Set(name, value); err != nil {
			log.Fatal(err)
		}
	}
	narrow := newAVX2()
	for _, byRows := range []bool{false, true} {
		tile(avx512{}, byRows)
		tile(narrow, byRows)
	}
	transpose8()
	copyPanel(avx512{})
	copyPanel(narrow)
	peak(avx512{})
	peak(narrow)
	Generate()
}

// The registers of a tile. R14 and R15 belong to Go, BP and SP to the stack.
var (
	kReg, cols    = reg.RCX, reg.RCX // the number of columns is read first
	rows          = reg.RAX
	aReg, aStride = reg.R8, reg.R9
	bReg, bStride = reg.R10, reg.R11
	cReg, cStride = reg.R12, reg.R13
	row           = reg.RSI // walks over C
	biasReg       = reg.RDX
	scratch       = reg.EDI

	// In the loop over k only.
	aAhead, bAhead     = reg.RBX, reg.RAX // 16 strides
	aStride3, aStride5 = reg.RBX, reg.RAX // 3 and 5 strides
	aReg7              = reg.RDI          // row 7
)
