// Command conv writes the assembly of package conv, for AVX-512 and for AVX2 with FMA: tiles of a
// product whose operands are read in place, tiles in lanes, and a copy of rows. It runs in the
// folder asm.
package main

import (
	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

func main() {
	wide, narrow := isa.AVX512{}, isa.NewAVX2("convMaskAVX2", 16)
	// A processor with narrow units multiplies twice as many half vectors at a time.
	half := isa.AVX512{Half: true}
	tile(longRows(layout{half, 1, 16}, layout{wide, 1, 16}, layout{wide, 2, 14}, layout{wide, 3, 8}, layout{wide, 4, 6}))
	tile(longRows(layout{narrow, 1, 12}, layout{narrow, 2, 6}))
	lanesAVX512(wide)
	lanesAVX2(narrow)
	copyRows(wide)
	copyRows(narrow)
	isa.Write("conv", "tile")
}
