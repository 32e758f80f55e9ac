package f32

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

func TestAddNormal(t *testing.T) {
	const key, step, stddev = 5, 6, 0.3
	everyWay(t, func(way string) {
		for _, n := range []int{0, 1, 2, 7, grain + 5} {
			x := normal(uint64(n), n)
			y, check := guarded(t, x)
			AddNormal(y, y, stddev, key, step)
			check()
			for i, v := range x {
				a, b := random.NormalPair(random.Hash(random.Sub(key, step), uint64(i/2)))
				if i%2 == 1 {
					a = b
				}
				noise := float32(float32(stddev) * float32(a)) // not fused with the sum
				wantBits(t, way, "noise", i, y[i], v+noise)
			}
		}
	})
}

func BenchmarkAddNormal(b *testing.B) {
	x := make([]float32, 256*784)
	for b.Loop() {
		AddNormal(x, x, 0.1, 1, 2)
	}
}
