package f32

import (
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func TestCheckMatrix(t *testing.T) {
	x := make([]float32, 12)
	for _, s := range [][2]int{{3, 4}, {12, 1}, {1, 12}} {
		CheckMatrix(x, s[0], s[1])
	}
	for _, s := range [][2]int{{0, 5}, {5, 0}, {0, 0}, {math.MaxInt, 0}} {
		CheckMatrix(nil, s[0], s[1])
	}
	for _, s := range [][2]int{
		{0, 5}, {3, 5}, {-3, -4}, {-3, 4}, {math.MinInt, math.MinInt}, {math.MaxInt, math.MaxInt}, {math.MinInt, 2}, {math.MaxInt/4 + 4, 4},
	} {
		kerneltest.MustPanic(t, "a matrix of another size", func() { CheckMatrix(x, s[0], s[1]) })
	}
}
