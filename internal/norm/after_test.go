package norm

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/internal/elementwise"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// ChannelNorm with an activation, and the way back, have the bits of the kernels one after another.
func TestChannelNormAfter(t *testing.T) {
	const epsilon = 1e-3
	activations := map[string]Activation{
		"SiLU": {elementwise.SiLU, elementwise.SiLUGrad, true},
		"GELU": {elementwise.GELU, elementwise.GELUGrad, true},
		"ReLU": {elementwise.ReLU, elementwise.ReLUGrad, false},
		"Tanh": {elementwise.Tanh, elementwise.TanhGrad, false},
	}
	kerneltest.EveryWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {5, 4, 16}, {6, 3, 17}, {9, 1, 300}, {37, 196, 5}} {
			samples, pixels, n := s[0], s[1], s[2]
			size := samples * pixels * n
			x, dy, scale, offset := kerneltest.Normal(uint64(seed), size), kerneltest.Normal(50, size), kerneltest.Normal(51, n), kerneltest.Normal(52, n)
			mean, variance := kerneltest.Normal(53, n), slices.Repeat([]float32{0.7}, n)
			scratch := kerneltest.Mixed(8, ChannelScratch(samples, n))
			for name, a := range activations {
				z, y, dz, dscale, doffset := make([]float32, size), make([]float32, size), make([]float32, size), make([]float32, n), make([]float32, n)
				ChannelNorm(z, x, scale, offset, mean, variance, epsilon, samples, pixels, scratch)
				a.Forward(y, z)
				v, read := z, []float32(nil) // what the gradient comes from, and the output that the kernel reads
				if !a.FromInput {
					v, read = y, y
				}
				a.Gradient(dz, dy, v)
				ChannelNormSums(dscale, doffset, dz, x, mean, variance, epsilon, samples, pixels, scratch)

				gotY, checkY := kerneltest.Guarded(t, kerneltest.Mixed(7, size))
				pixelwise, check := kerneltest.Guarded(t, slices.Clone(x))
				p := NewPixels(n)
				p.Set(scale, offset, mean, variance, epsilon)
				for some := range slices.Chunk(pixelwise, 3*n) {
					p.Apply(some)
				}
				p.Apply(nil)
				check()
				ChannelNormAfter(gotY, x, scale, offset, mean, variance, epsilon, samples, pixels, scratch, a)
				checkY()
				gotDZ, check := kerneltest.Guarded(t, kerneltest.Mixed(7, size))
				gotScale, gotOffset := make([]float32, n), make([]float32, n)
				ChannelNormAfterSums(gotDZ, gotScale, gotOffset, dy, read, x, scale, offset, mean, variance, epsilon, samples, pixels, scratch, a)
				check()
				for what, p := range map[string][2][]float32{"z": {pixelwise, z}, "y": {gotY, y}, "dz": {gotDZ, dz}, "dscale": {gotScale, dscale}, "doffset": {gotOffset, doffset}} {
					if !slices.EqualFunc(p[0], p[1], kerneltest.SameBits) {
						t.Fatalf("%s, %s, %v: %s has other bits than the kernels one after another", name, way, s, what)
					}
				}
			}
		}
	})
}
