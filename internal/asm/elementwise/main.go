// Command elementwise writes the assembly of package elementwise. It runs in the folder asm.
package main

import (
	"slices"

	"github.com/gorgonae/gorgonae/internal/asm/vector"
)

// The fields of the structs of operands, as the package declares them. TestOperandsLayout checks
// the offsets.
const (
	elementsY, elementsA, elementsB, elementsP = 0, 24, 48, 72

	pixelsY, pixelsX = 0, 24

	adamW, adamG, adamM, adamV               = 0, 24, 48, 72
	adamAlpha, adamRate1, adamRate2, adamEps = 96, 100, 104, 108

	dropoutY, dropoutX, dropoutKeep, dropoutStream, dropoutLast = 0, 24, 48, 56, 64
)

func main() {
	vector.Write("elementwise", slices.Concat(straight(), updates(), smooth(), gelu()), emitSteps)
}

// A function has methods for the functions that the kernels of this package share.
type function struct{ *vector.Func }
