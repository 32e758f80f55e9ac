package pooling

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

func TestBilinear(t *testing.T) {
	kerneltest.EveryWay(t, func(way string) {
		src := random.New(1, "bilinear")
		for trial := range 20 {
			e := &Enlargement{1 + int(src.Uint64n(5)), 1 + int(src.Uint64n(5)), 1 + int(src.Uint64n(20)), 1 + int(src.Uint64n(4)), 1 + int(src.Uint64n(4))}
			samples := 1 + int(src.Uint64n(4))
			if trial == 0 {
				e, samples = &Enlargement{20, 20, 9, 2, 2}, 5
			}
			x, dy := kerneltest.Normal(uint64(trial), samples*e.in()), kerneltest.Normal(99, samples*e.out())
			y, dx := make([]float32, samples*e.out()), kerneltest.Mixed(3, samples*e.in())
			Bilinear(y, x, samples, e)
			BilinearGrad(dx, dy, samples, e)
			wantDX := make([]float32, len(dx))
			for s := range samples {
				for i := range e.Height * e.Down {
					for j := range e.Width * e.Across {
						r, c := between(i, e.Down, e.Height), between(j, e.Across, e.Width)
						for ch := range e.Channels {
							at := ((s*e.Height*e.Down+i)*e.Width*e.Across+j)*e.Channels + ch
							var sum float32
							for k := range 4 {
								from := ((s*e.Height+r[k/2].index)*e.Width+c[k%2].index)*e.Channels + ch
								weight := r[k/2].weight * c[k%2].weight
								if sum += float32(x[from] * weight); k == 0 {
									sum = x[from] * weight
								}
								wantDX[from] += float32(dy[at] * weight)
							}
							kerneltest.WantBits(t, way, fmt.Sprintf("%+v", *e), at, y[at], sum)
						}
					}
				}
			}
			for i, v := range wantDX {
				kerneltest.WantBits(t, way, fmt.Sprintf("gradient of %+v", *e), i, dx[i], v)
			}
		}
	})
}

type neighbour struct {
	index  int
	weight float32
}

// between computes the neighbours of an element from the place of its centre.
func between(i, factor, n int) [2]neighbour {
	at := (float64(i)+0.5)/float64(factor) - 0.5
	at = math.Max(0, math.Min(at, float64(n-1)))
	low := int(math.Floor(at + 1e-9))
	high := float32(math.Max(0, at-float64(low)))
	return [2]neighbour{{low, 1 - high}, {min(low+1, n-1), high}}
}
