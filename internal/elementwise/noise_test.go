package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

func TestAddNormal(t *testing.T) {
	const key, step, stddev = 5, 6, 0.3
	kerneltest.EveryWay(t, func(way string) {
		for _, n := range []int{0, 1, 2, 7, pool.Grain + 5} {
			x := kerneltest.Normal(uint64(n), n)
			y, check := kerneltest.Guarded(t, x)
			AddNormal(y, y, stddev, key, step)
			check()
			for i, v := range x {
				a, b := random.NormalPair(random.Hash(random.Sub(key, step), uint64(i/2)))
				if i%2 == 1 {
					a = b
				}
				noise := float32(float32(stddev) * float32(a)) // not fused with the sum
				kerneltest.WantBits(t, way, "noise", i, y[i], v+noise)
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
