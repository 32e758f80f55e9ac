package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transpose8 writes the function that packs a strided operand.
func transpose8() {
	TEXT("transpose8", NOSPLIT, "func(n int, dst *float32, ldd int, src *float32, lds int)")
	Doc("transpose8 writes dst[l*ldd+i] = src[i*lds+l] for i < 8 and l < n, n a multiple of 8 and not 0. It needs AVX.")
	Pragma("noescape")
	n, dst, ldd := Load(Param("n"), GP64()), Load(Param("dst"), GP64()), Load(Param("ldd"), GP64())
	src, lds := Load(Param("src"), GP64()), Load(Param("lds"), GP64())
	SHLQ(Imm(2), ldd)
	SHLQ(Imm(2), lds)
	ldd3, lds3, src4, step := GP64(), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: ldd, Index: ldd, Scale: 2}, ldd3)
	LEAQ(Mem{Base: lds, Index: lds, Scale: 2}, lds3)
	LEAQ(Mem{Base: src, Index: lds, Scale: 4}, src4)
	Label("loop")
	// v[i] holds 4 elements of row i and 4 of row i+4. w[i] holds the next 4 of each.
	var v, w [4]reg.VecVirtual
	for i := range 4 {
		// Read ahead the next stretch of l, which the caller does next.
		PREFETCHT0(nth(src, lds, lds3, i, 256))
		PREFETCHT0(nth(src4, lds, lds3, i, 256))
		v[i], w[i] = YMM(), YMM()
		VMOVUPS(nth(src, lds, lds3, i, 0), v[i].AsX())
		VINSERTF128(Imm(1), nth(src4, lds, lds3, i, 0), v[i], v[i])
		VMOVUPS(nth(src, lds, lds3, i, 16), w[i].AsX())
		VINSERTF128(Imm(1), nth(src4, lds, lds3, i, 16), w[i], w[i])
	}
	for half, x := range [][4]reg.VecVirtual{v, w} {
		if half == 1 {
			LEAQ(Mem{Base: dst, Index: ldd, Scale: 4}, dst)
		}
		t := [4]reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
		VUNPCKLPS(x[1], x[0], t[0])
		VUNPCKHPS(x[1], x[0], t[1])
		VUNPCKLPS(x[3], x[2], t[2])
		VUNPCKHPS(x[3], x[2], t[3])
		for i := range 4 {
			out := YMM()
			if i%2 == 0 {
				VUNPCKLPD(t[2+i/2], t[i/2], out)
			} else {
				VUNPCKHPD(t[2+i/2], t[i/2], out)
			}
			VMOVUPS(out, nth(dst, ldd, ldd3, i, 0))
		}
	}
	LEAQ(Mem{Base: dst, Index: ldd, Scale: 4}, dst)
	MOVQ(U32(32), step)
	ADDQ(step, src)
	ADDQ(step, src4)
	SUBQ(Imm(8), n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// copyPanel writes the function that packs an operand that need not be transposed.
func copyPanel(s target) {
	TEXT("copyPanel"+s.Name(), NOSPLIT, "func(n, cols int, dst *float32, src *float32, lds int)")
	Doc("copyPanel"+s.Name()+" writes dst[l*cols+j] = src[l*lds+j] for j < cols and l < n, which is not 0.",
		fmt.Sprintf("It takes 1 to %d columns.", s.last().vecs*s.Lanes()))
	Pragma("noescape")
	n, dst, src, stride, width := reg.RBX, reg.R8, reg.R9, reg.R10, reg.R11
	Load(Param("n"), n)
	Load(Param("cols"), cols)
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("lds"), stride)
	SHLQ(Imm(2), stride)
	MOVQ(cols, width)
	SHLQ(Imm(2), width)
	for vecs := 1; vecs <= s.last().vecs; vecs++ {
		prefix := fmt.Sprintf("vecs%d", vecs)
		Label(prefix)
		if vecs < s.last().vecs {
			CMPQ(cols, Imm(uint64(vecs*s.Lanes())))
			JGT(LabelRef(fmt.Sprintf("vecs%d", vecs+1)))
		}
		if vecs > 1 {
			SUBQ(Imm(uint64((vecs-1)*s.Lanes())), cols)
		}
		s.SetMask()
		Label(prefix + "loop")
		for j := range vecs {
			s.Load(Mem{Base: src, Disp: 4 * s.Lanes() * j}, s.Vec(j), j == vecs-1)
		}
		for j := range vecs {
			s.Store(s.Vec(j), Mem{Base: dst, Disp: 4 * s.Lanes() * j}, j == vecs-1)
		}
		ADDQ(stride, src)
		ADDQ(width, dst)
		DECQ(n)
		JNE(LabelRef(prefix + "loop"))
		VZEROUPPER()
		RET()
	}
}

// nth returns the address of row i < 4 from p. It takes the stride and three times the stride.
func nth(p, stride, stride3 reg.Register, i, disp int) Op {
	switch i {
	case 1:
		return Mem{Base: p, Index: stride, Scale: 1, Disp: disp}
	case 2:
		return Mem{Base: p, Index: stride, Scale: 2, Disp: disp}
	case 3:
		return Mem{Base: p, Index: stride3, Scale: 1, Disp: disp}
	}
	return Mem{Base: p, Disp: disp}
}
