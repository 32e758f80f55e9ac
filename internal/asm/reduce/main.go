// Command reduce writes the assembly of package reduce. It runs in the folder asm.
package main

import (
	"slices"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The fields of the structs of operands, as the package declares them. TestOperandsLayout checks
// the offsets.
const (
	termsA, termsB, termsDX, termsSums, termsFactor = 0, 24, 48, 72, 96

	finiteX, finiteCarry = 0, 24

	gradientDX, gradientY, gradientTarget, gradientScale, gradientMinus = 0, 24, 48, 72, 76

	columnSumsY, columnSumsX, columnSumsRows, columnSumsN = 0, 24, 48, 56

	leakySums, leakyDX, leakyDY, leakyY = 0, 24, 48, 72
	leakyRows, leakyN, leakySlope       = 96, 104, 112
)

func main() {
	vector.Write("reduce", slices.Concat(sums(), gradients(), columns()))
}

// A function has methods for the functions that the kernels of this package share.
type function struct{ *vector.Func }
