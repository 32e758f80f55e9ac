package main

import (
	"fmt"
	"math/bits"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/gorgonae/gorgonae/internal/asm/isa"
)

// finish writes the function that takes the sums of a panel to C.
func finish(s isa.Set) {
	TEXT("sparseFinish"+s.Name(), NOSPLIT,
		"func(rows, cols int, sums *float32, c *float32, ldc int, bias *float32, rectifier int, slope float32) (negativeZero bool)")
	Doc("sparseFinish"+s.Name()+fmt.Sprintf(" writes c[i*ldc+j] = sums[i*%d+j] for i < rows, which is not 0, and j < cols, which are 1 to %d.", sparseCols, sparseCols),
		"It adds bias[j] unless bias is nil, then applies LeakyReLU if rectifier is 1, ReLU if it is 2. It reports whether a sum is -0.")
	Pragma("noescape")
	n, from, vecs, ahead := reg.RBX, reg.R8, reg.RAX, reg.RSI
	Load(Param("rows"), n)
	Load(Param("cols"), cols)
	Load(Param("sums"), from)
	Load(Param("c"), cReg)
	Load(Param("ldc"), cStride)
	Load(Param("bias"), biasReg)
	SHLQ(Imm(2), cStride)
	LEAQ(Mem{Base: cReg, Index: cStride, Scale: 8}, ahead)
	splitCols(s, vecs)
	isa.Bisect(vecs, 1, sparseCols/s.Lanes(), "finish", func(n2 int, prefix string) {
		finishRows(isa.Tile{Set: s, Rows: 1, Vecs: n2, Masked: true, Prefix: prefix}, n, from, ahead)
	})
}

// finishRows writes the loop over n rows for one number of vectors.
func finishRows(t isa.Tile, n, from, ahead reg.GPPhysical) {
	slope, signs, spare := t.Vec(t.Vecs), t.Vec(t.Vecs+1), t.Vec(t.Vecs+2)
	negative, seen := t.Vec(t.Vecs+3), t.Vec(t.Vecs+4) // Vecs <= 10, and the mask is in register 15
	found := reg.K4
	_, wide := t.Set.(isa.AVX512)
	MOVL(U32(1<<31), isa.Scratch)
	VMOVD(isa.Scratch, negative.(reg.Vec).AsX())
	VPBROADCASTD(negative.(reg.Vec).AsX(), negative)
	if wide {
		KXORW(found, found, found)
	} else {
		t.Zero(seen)
	}
	Label(t.Label("row"))
	for disp := 0; disp < 4*t.Vecs*t.Lanes(); disp += 64 {
		isa.PrefetchWrite(ahead, disp)
	}
	for j := range t.Vecs {
		t.Load(t.At(from, j), t.Acc(0, j), false)
		if wide {
			VPCMPEQD(negative, t.Acc(0, j), reg.K3)
			KORW(reg.K3, found, found)
		} else {
			VPCMPEQD(negative, t.Acc(0, j), spare)
			VPOR(spare, seen, seen)
		}
	}
	t.Bias(biasReg, spare)
	t.Activate(t.Accs(), slope, signs, spare)
	for j := range t.Vecs {
		t.Store(t.Acc(0, j), t.At(cReg, j), t.Partial(j))
	}
	ADDQ(U32(sparseWidth), from)
	ADDQ(cStride, cReg)
	ADDQ(cStride, ahead)
	DECQ(n)
	JNE(t.Ref("row"))
	if wide {
		KORTESTW(found, found)
	} else {
		VPTEST(seen, seen)
	}
	result(SETNE)
}

// splitCols makes the number of vectors of cols columns, and the mask of the last one.
func splitCols(s isa.Set, vecs reg.GPPhysical) {
	MOVQ(cols, vecs)
	ADDQ(Imm(uint64(s.Lanes()-1)), vecs)
	SHRQ(Imm(uint64(bits.Len(uint(s.Lanes()))-1)), vecs)
	DECQ(cols)
	ANDQ(Imm(uint64(s.Lanes()-1)), cols)
	INCQ(cols)
	s.SetMask()
}

// result returns a flag.
func result(set func(Op)) {
	set(reg.AL)
	VZEROUPPER()
	Store(reg.AL, ReturnIndex(0))
	RET()
}

// pack writes the function that packs a block of B and looks for numbers that are not finite.
func pack(s isa.Set) {
	TEXT("sparsePack"+s.Name(), NOSPLIT, "func(rows, cols int, dst, src *float32, lds int) (finite bool)")
	Doc("sparsePack"+s.Name()+fmt.Sprintf(" writes dst[l*%d+j] = src[l*lds+j] for l < rows, which is not 0, and j < cols, which are 1 to %d,", sparseCols, sparseCols),
		"and 0 in the rest of the last vector. It reports whether all of them are finite.")
	Pragma("noescape")
	n, dst, src, stride, vecs := reg.RBX, reg.R8, reg.R9, reg.R10, reg.RAX
	Load(Param("rows"), n)
	Load(Param("cols"), cols)
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("lds"), stride)
	SHLQ(Imm(2), stride)
	splitCols(s, vecs)
	isa.Bisect(vecs, 1, sparseCols/s.Lanes(), "pack", func(n2 int, prefix string) {
		t := isa.Tile{Set: s, Rows: 1, Vecs: n2, Masked: true, Prefix: prefix}
		// Times 0, a number that is not finite is NaN. So are then all sums.
		zero, carry := s.Vec(n2), s.Vec(n2+1)
		s.Zero(zero)
		s.Zero(carry)
		Label(t.Label("row"))
		for j := range n2 {
			t.Load(t.At(src, j), t.Acc(0, j), t.Partial(j))
		}
		for j := range n2 {
			VFMADD231PS(t.Acc(0, j), zero, carry)
			t.Store(t.Acc(0, j), t.At(dst, j), false)
		}
		ADDQ(stride, src)
		ADDQ(U32(sparseWidth), dst)
		DECQ(n)
		JNE(t.Ref("row"))
		if _, wide := s.(isa.AVX512); wide {
			VCMPPS(Imm(3), carry, carry, reg.K1) // unordered
			KORTESTW(reg.K1, reg.K1)
		} else {
			VCMPPS(Imm(3), carry, carry, carry)
			VPTEST(carry, carry)
		}
		result(SETEQ)
	})
}

// listRow512 writes the function that lists a row of A with AVX-512.
func listRow512() {
	const lanes = 16
	listRow("AVX512")
	n, a, places, values, count := reg.RCX, reg.R8, reg.R9, reg.R10, reg.RAX
	place, step, v := reg.Z0, reg.Z1, reg.Z2
	next := GLOBL("sparsePlaces", RODATA|NOPTR)
	for i := range lanes {
		DATA(4*i, U32(uint32(i*sparseWidth)))
	}
	VMOVDQU32(next, place)
	MOVL(U32(lanes*sparseWidth), count.As32())
	VPBROADCASTD(count.As32(), step)
	all := reg.RBX
	XORQ(all, all)
	Label("loop")
	CMPQ(n, Imm(lanes))
	JLT(LabelRef("last"))
	VMOVUPS(Mem{Base: a}, v)
	Label("list")
	VPTESTMD(v, v, reg.K2)
	VPCOMPRESSD_Z(v, reg.K2, reg.Z3)
	VPCOMPRESSD_Z(place, reg.K2, reg.Z4)
	KMOVW(reg.K2, count.As32())
	POPCNTL(count.As32(), count.As32())
	VMOVUPS(reg.Z3, Mem{Base: values, Index: all, Scale: 4})
	VMOVUPS(reg.Z4, Mem{Base: places, Index: all, Scale: 4})
	ADDQ(count, all)
	VPADDD(step, place, place)
	ADDQ(Imm(4*lanes), a)
	SUBQ(Imm(lanes), n)
	JG(LabelRef("loop"))
	Label("done")
	VZEROUPPER()
	Store(all, ReturnIndex(0))
	RET()
	Label("last")
	isa.AVX512{}.SetMask()
	isa.AVX512{}.Load(Mem{Base: a}, v, true)
	JMP(LabelRef("list"))
}

// listRow begins the function that lists a row of A.
func listRow(set string) {
	TEXT("sparseListRow"+set, NOSPLIT, "func(n int, a *float32, places *uint32, values *float32) int")
	Doc("sparseListRow"+set+" lists the numbers of a row that are not +0, in order: values[e] = a[l] and",
		fmt.Sprintf("places[e] = l*%d. It returns how many they are. It may write over 16 entries behind them. n must not be 0.", sparseWidth))
	Pragma("noescape")
	Load(Param("n"), reg.RCX)
	Load(Param("a"), reg.R8)
	Load(Param("places"), reg.R9)
	Load(Param("values"), reg.R10)
}

// listRow2 writes the function that lists a row of A with AVX2. A table says for each set of eight
// lanes which lanes go to the front.
func listRow2(s isa.AVX2) {
	const lanes = 8
	listRow("AVX2")
	n, a, places, values, count, all, bits := reg.RCX, reg.R8, reg.R9, reg.R10, reg.RAX, reg.RBX, reg.RDX
	place, step, v, zero, order := reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4
	table := GLOBL("sparseOrder", RODATA|NOPTR)
	for set := range 256 {
		var lanesOf uint64
		at := 0
		for lane := range lanes {
			if set>>lane&1 != 0 {
				lanesOf |= uint64(lane) << (8 * at)
				at++
			}
		}
		DATA(8*set, U64(lanesOf))
	}
	next := GLOBL("sparsePlacesAVX2", RODATA|NOPTR)
	for i := range lanes {
		DATA(4*i, U32(uint32(i*sparseWidth)))
	}
	VMOVDQU(next, place)
	MOVL(U32(lanes*sparseWidth), count.As32())
	VMOVD(count.As32(), step.AsX())
	VPBROADCASTD(step.AsX(), step)
	VPXOR(zero, zero, zero)
	XORQ(all, all)
	orders := reg.R11
	LEAQ(table, orders)
	Label("loop")
	CMPQ(n, Imm(lanes))
	JLT(LabelRef("last"))
	VMOVUPS(Mem{Base: a}, v)
	Label("list")
	VPCMPEQD(zero, v, order)
	VMOVMSKPS(order, bits.As32())
	XORL(U32(0xff), bits.As32())
	VPMOVZXBD(Mem{Base: orders, Index: bits, Scale: 8}, order)
	POPCNTL(bits.As32(), count.As32())
	VPERMD(v, order, v)
	VPERMD(place, order, order)
	VMOVUPS(v, Mem{Base: values, Index: all, Scale: 4})
	VMOVDQU(order, Mem{Base: places, Index: all, Scale: 4})
	ADDQ(count, all)
	VPADDD(step, place, place)
	ADDQ(Imm(4*lanes), a)
	SUBQ(Imm(lanes), n)
	JG(LabelRef("loop"))
	VZEROUPPER()
	Store(all, ReturnIndex(0))
	RET()
	Label("last")
	s.SetMask() // it negates n, which ends the loop
	s.Load(Mem{Base: a}, v, true)
	JMP(LabelRef("list"))
}

// listGroups writes the function that lists columns of A four at a time.
func listGroups() {
	TEXT("sparseListGroup", NOSPLIT, "func(rows int, a *float32, lda int, places *uint32, values *float32) int")
	Doc("sparseListGroup lists the rows, of four columns each, in which not all are +0, in order: values[4*e+i] = a[l*lda+i] and",
		fmt.Sprintf("places[e] = l*%d. It returns how many they are. It may write over one entry behind them. rows must not be 0. It needs AVX.", sparseWidth))
	Pragma("noescape")
	n, a, stride, places, values, count, all, place := reg.RCX, reg.R8, reg.R11, reg.R9, reg.R10, reg.RAX, reg.RBX, reg.RDX
	Load(Param("rows"), n)
	Load(Param("a"), a)
	Load(Param("lda"), stride)
	Load(Param("places"), places)
	Load(Param("values"), values)
	XORL(place.As32(), place.As32())
	SHLQ(Imm(2), stride)
	XORQ(all, all)
	XORQ(count, count)
	Label("loop")
	VMOVUPS(Mem{Base: a}, reg.X0)
	VMOVUPS(reg.X0, Mem{Base: values})
	MOVL(place.As32(), Mem{Base: places, Index: all, Scale: 4})
	VPTEST(reg.X0, reg.X0)
	SETNE(reg.AL)
	ADDQ(count, all)
	SHLL(Imm(4), count.As32())
	ADDQ(count, values)
	XORL(count.As32(), count.As32())
	ADDL(U32(sparseWidth), place.As32())
	ADDQ(stride, a)
	DECQ(n)
	JNE(LabelRef("loop"))
	Store(all, ReturnIndex(0))
	RET()
}
