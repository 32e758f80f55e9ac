package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/random"
)

func TestAddNormal(t *testing.T) {
	const stream, stddev = 5, 0.3
	kerneltest.EveryWay(t, func(way string) {
		for _, n := range []int{0, 1, 2, 7, pool.Grain + 5} {
			for _, first := range []int{0, 1, 8, 2353} {
				x := kerneltest.Normal(uint64(n), n)
				y, check := kerneltest.Guarded(t, x)
				AddNormal(y, y, stddev, stream, uint64(first))
				check()
				for i, v := range x {
					a, b := random.NormalPair(random.Hash(stream, uint64((first+i)/2)))
					if (first+i)%2 == 1 {
						a = b
					}
					noise := float32(float32(stddev) * float32(a)) // not fused with the sum
					kerneltest.WantBits(t, way, "noise", i, y[i], v+noise)
				}
			}
		}
	})
}

func BenchmarkAddNormal(b *testing.B) {
	x := make([]float32, 256*784)
	for b.Loop() {
		AddNormal(x, x, 0.1, 1, 0)
	}
}
