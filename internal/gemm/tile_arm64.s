#include "textflag.h"
#include "zero_arm64.h"

// TERMS adds the products of a[i] and the 16 numbers in V16 to V19 to a row of sums. It copies a[i] to all of x.
#define TERMS(i, x, s0, s1, s2, s3) \
	VDUP  V20.S[i], x.S4       \
	VFMLA x.S4, V16.S4, s0.S4  \
	VFMLA x.S4, V17.S4, s1.S4  \
	VFMLA x.S4, V18.S4, s2.S4  \
	VFMLA x.S4, V19.S4, s3.S4

// func gemmTileNEON(k int, a *float32, lda int, b *float32, ldb int, c *float32, ldc int, load bool)
TEXT ·gemmTileNEON(SB), NOSPLIT, $0-57
	MOVD  k+0(FP), R0
	MOVD  a+8(FP), R1
	MOVD  lda+16(FP), R2
	MOVD  b+24(FP), R3
	MOVD  ldb+32(FP), R4
	MOVD  c+40(FP), R5
	MOVD  ldc+48(FP), R6
	MOVBU load+56(FP), R7
	LSL   $2, R2
	LSL   $2, R4
	LSL   $2, R6

	// The rows of C.
	ADD R6, R5, R8
	ADD R6, R8, R9
	ADD R6, R9, R10

	// The sums are in V0 to V15, four registers a row.
	CBNZ R7, load
	ZERO(V0, V1, V2, V3)
	ZERO(V4, V5, V6, V7)
	ZERO(V8, V9, V10, V11)
	ZERO(V12, V13, V14, V15)
	B    loop

load:
	VLD1 (R5), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1 (R8), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1 (R9), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1 (R10), [V12.S4, V13.S4, V14.S4, V15.S4]

loop:
	VLD1.P (R1)(R2), [V20.S4]
	VLD1.P (R3)(R4), [V16.S4, V17.S4, V18.S4, V19.S4]
	TERMS(0, V21, V0, V1, V2, V3)
	TERMS(1, V22, V4, V5, V6, V7)
	TERMS(2, V23, V8, V9, V10, V11)
	TERMS(3, V24, V12, V13, V14, V15)
	SUB    $1, R0
	CBNZ   R0, loop

	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (R5)
	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (R8)
	VST1 [V8.S4, V9.S4, V10.S4, V11.S4], (R9)
	VST1 [V12.S4, V13.S4, V14.S4, V15.S4], (R10)
	RET

// func gemmRowNEON(k int, a *float32, lda int, b *float32, ldb int, c *float32, load bool)
TEXT ·gemmRowNEON(SB), NOSPLIT, $0-49
	MOVD  k+0(FP), R0
	MOVD  a+8(FP), R1
	MOVD  lda+16(FP), R2
	MOVD  b+24(FP), R3
	MOVD  ldb+32(FP), R4
	MOVD  c+40(FP), R5
	MOVBU load+48(FP), R6
	LSL   $2, R2
	LSL   $2, R4
	SUB   $64, R4        // B is read in two halves
	ADD   $64, R5, R7

	// The sums are in V0 to V7.
	CBNZ R6, load
	ZERO(V0, V1, V2, V3)
	ZERO(V4, V5, V6, V7)
	B    loop

load:
	VLD1 (R5), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1 (R7), [V4.S4, V5.S4, V6.S4, V7.S4]

loop:
	VLD1R.P (R1)(R2), [V24.S4]
	VLD1.P  64(R3), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1.P  (R3)(R4), [V20.S4, V21.S4, V22.S4, V23.S4]
	VFMLA   V24.S4, V16.S4, V0.S4
	VFMLA   V24.S4, V17.S4, V1.S4
	VFMLA   V24.S4, V18.S4, V2.S4
	VFMLA   V24.S4, V19.S4, V3.S4
	VFMLA   V24.S4, V20.S4, V4.S4
	VFMLA   V24.S4, V21.S4, V5.S4
	VFMLA   V24.S4, V22.S4, V6.S4
	VFMLA   V24.S4, V23.S4, V7.S4
	SUB     $1, R0
	CBNZ    R0, loop

	VST1 [V0.S4, V1.S4, V2.S4, V3.S4], (R5)
	VST1 [V4.S4, V5.S4, V6.S4, V7.S4], (R7)
	RET
