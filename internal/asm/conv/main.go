// Command conv writes the amd64 kernels of the convolutions: a tile of a product whose operands are read in place, for
// AVX-512 and for AVX2 with FMA. It runs in the folder asm and writes into the one above.
package main

import (
	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

func main() {
	wide, narrow := isa.AVX512{}, isa.NewAVX2("convMaskAVX2", 16)
	// Of half vectors the processor multiplies twice as many at a time if its units are narrow.
	half := isa.AVX512{Half: true}
	tile(longRows(layout{half, 1, 16}, layout{wide, 1, 16}, layout{wide, 2, 14}, layout{wide, 3, 8}, layout{wide, 4, 6}))
	tile(longRows(layout{narrow, 1, 12}, layout{narrow, 2, 6}))
	lanesAVX512(wide)
	lanesAVX2(narrow)
	copyRows(wide)
	copyRows(narrow)
	isa.Write("conv", "tile")
}
