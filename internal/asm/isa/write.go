package isa

import (
	"flag"
	"log"

	"github.com/mmcloughlin/avo/build"
)

// Write writes the assembly of a package and the Go declarations of its functions: files of that
// name, with _amd64.s and _stubs_amd64.go behind it. It runs in the folder asm.
func Write(pkg, name string) {
	file := "../" + pkg + "/" + name
	for flagName, value := range map[string]string{"out": file + "_amd64.s", "stubs": file + "_stubs_amd64.go", "pkg": pkg} {
		if err := flag.Set(flagName, value); err != nil {
			log.Fatal(err)
		}
	}
	build.Generate()
}
