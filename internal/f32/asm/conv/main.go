// Command conv writes the amd64 kernels of the convolutions: a tile of a product whose operands are read in place, for
// AVX-512 and for AVX2 with FMA. It runs in the folder asm and writes into the one above.
package main

import (
	"flag"
	"log"

	. "github.com/mmcloughlin/avo/build"
)

func main() {
	for name, value := range map[string]string{"out": "../conv_amd64.s", "stubs": "../conv_stubs_amd64.go", "pkg": "f32"} {
		if err := flag.Set(name, value); err != nil {
			log.Fatal(err)
		}
	}
	narrow := newAVX2()
	tile(avx512{})
	tile(narrow)
	lanesAVX512()
	lanesAVX2(narrow)
	copyRows(avx512{}, 16)
	copyRows(narrow, 8)
	Generate()
}
