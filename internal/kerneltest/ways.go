package kerneltest

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/gorgonae/gorgonae/internal/simd"
)

// Levels returns the levels of this processor, portable first.
func Levels() []simd.Level {
	var all []simd.Level
	for l := simd.Portable; l <= simd.Best(); l++ {
		all = append(all, l)
	}
	return all
}

// WithLevel runs the rest of the test with the instructions of a level.
func WithLevel(t testing.TB, level simd.Level) {
	t.Helper()
	old := simd.Use(level)
	t.Cleanup(func() { simd.Use(old) })
}

// WithProcs sets GOMAXPROCS for the rest of the test.
func WithProcs(t testing.TB, n int) {
	t.Helper()
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

// EveryWay runs f at each level, and with 1, 2 and 7 workers.
func EveryWay(t *testing.T, f func(way string)) {
	t.Helper()
	for level := simd.Best(); level >= simd.Portable; level-- {
		for _, workers := range []int{1, 2, 7} {
			level0, procs0 := simd.Use(level), runtime.GOMAXPROCS(0)
			if workers != procs0 {
				runtime.GOMAXPROCS(workers)
			}
			f(fmt.Sprintf("%v, %d workers", level, workers))
			simd.Use(level0)
			runtime.GOMAXPROCS(procs0)
		}
	}
}
