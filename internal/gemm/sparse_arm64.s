#include "textflag.h"
#include "zero_arm64.h"

// FMA adds the products of x and the 16 numbers in V20 to V23 to four registers of sums.
#define FMA(x, s0, s1, s2, s3) \
	VFMLA x.S4, V20.S4, s0.S4 \
	VFMLA x.S4, V21.S4, s1.S4 \
	VFMLA x.S4, V22.S4, s2.S4 \
	VFMLA x.S4, V23.S4, s3.S4

// func sparseSums1NEON(lists int, starts *uint32, step int, places *uint32, values *float32, b *float32, sums *float32, load bool)
TEXT ·sparseSums1NEON(SB), NOSPLIT, $0-57
	MOVD  lists+0(FP), R0
	MOVD  starts+8(FP), R1
	MOVD  step+16(FP), R2
	MOVD  places+24(FP), R3
	MOVD  values+32(FP), R4
	MOVD  b+40(FP), R5
	MOVD  sums+48(FP), R6
	MOVBU load+56(FP), R7
	LSL   $2, R2

list:
	MOVWU (R1), R8
	MOVWU 4(R1), R9
	ADD   R2, R1
	SUB   R8, R9, R9
	ADD   R8<<2, R3, R10
	ADD   R8<<2, R4, R11

	// The 80 sums are in V0 to V19.
	CBNZ R7, load
	ZERO(V0, V1, V2, V3)
	ZERO(V4, V5, V6, V7)
	ZERO(V8, V9, V10, V11)
	ZERO(V12, V13, V14, V15)
	ZERO(V16, V17, V18, V19)
	B    start

load:
	MOVD   R6, R12
	VLD1.P 64(R12), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R12), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P 64(R12), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1.P 64(R12), [V12.S4, V13.S4, V14.S4, V15.S4]
	VLD1.P 64(R12), [V16.S4, V17.S4, V18.S4, V19.S4]

start:
	CBZ R9, store

entry:
	MOVWU.P 4(R10), R13
	VLD1R.P 4(R11), [V24.S4]
	ADD     R5, R13
	VLD1.P  64(R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	FMA(V24, V0, V1, V2, V3)
	VLD1.P  64(R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	FMA(V24, V4, V5, V6, V7)
	VLD1.P  64(R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	FMA(V24, V8, V9, V10, V11)
	VLD1.P  64(R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	FMA(V24, V12, V13, V14, V15)
	VLD1.P  64(R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	FMA(V24, V16, V17, V18, V19)
	SUB     $1, R9
	CBNZ    R9, entry

store:
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R6)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], 64(R6)
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], 64(R6)
	VST1.P [V12.S4, V13.S4, V14.S4, V15.S4], 64(R6)
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R6)
	SUB    $1, R0
	CBNZ   R0, list
	RET

// func sparseSums4NEON(lists int, starts *uint32, step int, places *uint32, values *float32, b *float32, sums *float32, load bool)
TEXT ·sparseSums4NEON(SB), NOSPLIT, $0-57
	MOVD  lists+0(FP), R0
	MOVD  starts+8(FP), R1
	MOVD  step+16(FP), R2
	MOVD  places+24(FP), R3
	MOVD  values+32(FP), R4
	MOVD  b+40(FP), R5
	MOVD  sums+48(FP), R6
	MOVBU load+56(FP), R7
	LSL   $2, R2
	MOVD  $320, R14      // bytes of a row of sums

list:
	MOVWU (R1), R8
	MOVWU 4(R1), R9
	ADD   R2, R1
	SUB   R8, R9, R9

	// The sums of 16 columns are in V0 to V15, four registers a row.
	MOVD R6, R12
	CBNZ R7, load
	ZERO(V0, V1, V2, V3)
	ZERO(V4, V5, V6, V7)
	ZERO(V8, V9, V10, V11)
	ZERO(V12, V13, V14, V15)
	B    start

load:
	VLD1.P (R12)(R14), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P (R12)(R14), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P (R12)(R14), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1.P (R12)(R14), [V12.S4, V13.S4, V14.S4, V15.S4]

start:
	CBZ R9, store
	ADD R8<<2, R3, R10
	ADD R8<<4, R4, R11

entry:
	MOVWU.P 4(R10), R13
	VLD1.P  16(R11), [V24.S4]
	ADD     R5, R13
	VLD1    (R13), [V20.S4, V21.S4, V22.S4, V23.S4]
	VDUP    V24.S[0], V25.S4
	VDUP    V24.S[1], V26.S4
	VDUP    V24.S[2], V27.S4
	VDUP    V24.S[3], V28.S4
	FMA(V25, V0, V1, V2, V3)
	FMA(V26, V4, V5, V6, V7)
	FMA(V27, V8, V9, V10, V11)
	FMA(V28, V12, V13, V14, V15)
	SUB     $1, R9
	CBNZ    R9, entry

store:
	MOVD   R6, R12
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], (R12)(R14)
	VST1.P [V4.S4, V5.S4, V6.S4, V7.S4], (R12)(R14)
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], (R12)(R14)
	VST1.P [V12.S4, V13.S4, V14.S4, V15.S4], (R12)(R14)
	MOVD   R12, R6
	SUB    $1, R0
	CBNZ   R0, list
	RET
