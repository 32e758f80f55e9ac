package isa

import (
	"encoding/binary"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// PrefetchWrite fetches the cache line at a displacement from base, to be written: other processors
// give it up now, not only when it is written. The instruction is PREFETCHW, which Go's assembler
// does not know. Processors without it take it for no operation.
func PrefetchWrite(base reg.GPPhysical, disp int) {
	const rexB, disp8, disp32, write, sib = 0x41, 1 << 6, 2 << 6, 1 << 3, 0x24
	n := byte(base.PhysicalIndex())
	var code []byte
	if n >= 8 {
		code = append(code, rexB)
	}
	mode := byte(disp8)
	if disp != int(int8(disp)) {
		mode = disp32
	}
	code = append(code, 0x0f, 0x0d, mode|write|n&7)
	if n&7 == 4 { // that stands for a byte more
		code = append(code, sib)
	}
	if code = append(code, byte(disp)); mode == disp32 {
		code = append(code, byte(disp>>8), byte(disp>>16), byte(disp>>24))
	}
	for ; len(code) >= 4; code = code[4:] {
		emit("LONG", U32(binary.LittleEndian.Uint32(code)))
	}
	for _, b := range code {
		emit("BYTE", U8(b))
	}
}

func emit(directive string, x Op) {
	build.Instruction(&ir.Instruction{Opcode: directive, Operands: []Op{x}})
}
