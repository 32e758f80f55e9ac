package norm

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"github.com/gorgonae/gorgonae/internal/f32"
	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// sumAlong adds along the tree of addTree.
func sumAlong(x []float32) float32 {
	if len(x) == 1 {
		return x[0]
	}
	return sumAlong(x[:len(x)/2]) + sumAlong(x[len(x)/2:])
}

// ofChannel returns a sum over samples and pixels. term adds element i to a sum.
func ofChannel(samples, pixels, n, c int, term func(i int, sum float32) float32) float32 {
	sums := make([]float32, samples)
	for s := range sums {
		for p := range pixels {
			sums[s] = term((s*pixels+p)*n+c, sums[s])
		}
	}
	return sumAlong(sums)
}

// naiveNorm returns the results that the kernels of batch normalisation should write, in the order
// of normResults.
func naiveNorm(x, dy, scale, offset []float32, epsilon float32, samples, pixels, n int) [][]float32 {
	size := samples * pixels * n
	want := [][]float32{make([]float32, n), make([]float32, n), make([]float32, size), make([]float32, n), make([]float32, n), make([]float32, size), make([]float32, size)}
	mean, variance, y, dscale, doffset, dx, dxFixed := want[0], want[1], want[2], want[3], want[4], want[5], want[6]
	count := float32(samples * pixels)
	for c := range n {
		mean[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return sum + x[i] }) / count
		variance[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 {
			return f32.FMA(x[i]-mean[c], x[i]-mean[c], sum)
		}) / count
		inverse := 1 / float32(math.Sqrt(float64(variance[c]+epsilon)))
		gain := scale[c] * inverse
		doffset[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return sum + dy[i] })
		dscale[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return f32.FMA(dy[i], x[i]-mean[c], sum) }) * inverse
		for i := c; i < size; i += n {
			y[i] = float32((x[i]-mean[c])*gain) + offset[c]
			shift := doffset[c] / count
			slope := dscale[c] * inverse / count
			dx[i] = gain * ((dy[i] - shift) - float32((x[i]-mean[c])*slope))
			dxFixed[i] = gain * (dy[i] - float32((x[i]-mean[c])*0))
		}
	}
	return want
}

var normResults = []string{"ChannelMeans", "ChannelVariances", "ChannelNorm", "dscale", "doffset", "ChannelNormGrad", "ChannelNormGrad, fixed"}

func TestChannels(t *testing.T) {
	const epsilon = 1e-3
	kerneltest.EveryWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {1, 7, 3}, {5, 4, 16}, {6, 3, 17}, {7, 9, 8}, {9, 1, 300}, {4, 2, 33}, {37, 784, 5}} {
			samples, pixels, n := s[0], s[1], s[2]
			draw := kerneltest.Normal
			if seed%2 == 1 && samples < 10 {
				draw = kerneltest.Mixed
			}
			x, dy := draw(uint64(seed), samples*pixels*n), draw(50, samples*pixels*n)
			scale, offset := kerneltest.Normal(51, n), kerneltest.Normal(52, n)
			want := naiveNorm(x, dy, scale, offset, epsilon, samples, pixels, n)
			var got [][]float32
			var checks []func()
			for _, w := range want {
				g, check := kerneltest.Guarded(t, kerneltest.Mixed(7, len(w)))
				got, checks = append(got, g), append(checks, check)
			}
			scratch, check := kerneltest.Guarded(t, kerneltest.Mixed(8, ChannelScratch(samples, n)))
			checks = append(checks, check)
			ChannelMeans(got[0], x, samples, pixels, scratch)
			ChannelVariances(got[1], x, got[0], samples, pixels, scratch)
			ChannelNorm(got[2], x, scale, offset, got[0], got[1], epsilon, samples, pixels, scratch)
			ChannelNormSums(got[3], got[4], dy, x, got[0], got[1], epsilon, samples, pixels, scratch)
			ChannelNormGrad(got[5], dy, x, scale, got[0], got[1], got[3], got[4], epsilon, true, samples, pixels, scratch)
			ChannelNormGrad(got[6], dy, x, scale, got[0], got[1], got[3], got[4], epsilon, false, samples, pixels, scratch)
			for _, check := range checks {
				check()
			}
			for k, w := range want {
				for i, v := range w {
					if !kerneltest.SameBits(got[k][i], v) {
						t.Fatalf("%s, %s, %v: element %d is %g, want %g", normResults[k], way, s, i, got[k][i], v)
					}
				}
			}
		}
	})
}

func TestScaleChannels(t *testing.T) {
	kerneltest.EveryWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {3, 5, 2}, {70, 100, 16}} {
			samples, pixels, n := s[0], s[1], s[2]
			x, factor := kerneltest.Mixed(uint64(seed), samples*pixels*n), kerneltest.Mixed(9, samples*n)
			y, check := kerneltest.Guarded(t, x)
			ScaleChannels(y, x, factor, samples, pixels, n)
			check()
			for i, v := range x {
				if want := v * factor[i/(pixels*n)*n+i%n]; !kerneltest.SameBits(y[i], want) {
					t.Fatalf("%s, %v: element %d is %g, want %g", way, s, i, y[i], want)
				}
			}
		}
	})
}

func TestLayerNorm(t *testing.T) {
	const epsilon = 1e-3
	kerneltest.EveryWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {3, 5, 4}, {2, 1, 17}, {33, 60, 20}} {
			samples, rows, n := s[0], s[1], s[2]
			size := samples * rows * n
			x, dy, scale, offset := kerneltest.Normal(uint64(seed), size), kerneltest.Normal(50, size), kerneltest.Normal(51, n), kerneltest.Normal(52, n)
			y, dx, dscale, doffset := make([]float32, size), make([]float32, size), make([]float32, n), make([]float32, n)
			LayerNorm(y, x, scale, offset, epsilon, samples*rows, n)
			LayerNormGrad(dx, dy, x, scale, epsilon, samples*rows, n)
			LayerNormSums(dscale, doffset, dy, x, epsilon, samples, rows, kerneltest.Mixed(8, ChannelScratch(samples, n)))
			h := make([]float32, size)
			for r := range samples * rows {
				mean, inverse := naiveRow(x[r*n:][:n], epsilon)
				var g, gh [16]float64
				for i := range n {
					k := r*n + i
					d := (float64(x[k]) - mean) * inverse
					h[k] = float32(d)
					kerneltest.WantBits(t, way, "y", k, y[k], float32(float64(d*float64(scale[i]))+float64(offset[i])))
					g[i%16] += float64(dy[k]) * float64(scale[i])
					gh[i%16] += float64(float64(dy[k]) * float64(scale[i]) * d)
				}
				meanG, meanGH := sixteen(g)/float64(n), sixteen(gh)/float64(n)
				for i := range n {
					k := r*n + i
					d := (float64(x[k]) - mean) * inverse
					kerneltest.WantBits(t, way, "dx", k, dx[k], float32(inverse*(float64(dy[k])*float64(scale[i])-meanG-float64(d*meanGH))))
				}
			}
			for c := range n {
				kerneltest.WantBits(t, way, "dscale", c, dscale[c], ofChannel(samples, rows, n, c, func(i int, sum float32) float32 { return f32.FMA(dy[i], h[i], sum) }))
				kerneltest.WantBits(t, way, "doffset", c, doffset[c], ofChannel(samples, rows, n, c, func(i int, sum float32) float32 { return sum + dy[i] }))
			}
		}
	})
}

func naiveRow(x []float32, epsilon float32) (mean, inverse float64) {
	var sums, squares [16]float64
	for i, v := range x {
		sums[i%16] += float64(v)
	}
	mean = sixteen(sums) / float64(len(x))
	for i, v := range x {
		squares[i%16] += float64((float64(v) - mean) * (float64(v) - mean))
	}
	return mean, 1 / math.Sqrt(sixteen(squares)/float64(len(x))+float64(epsilon))
}

// sixteen adds up lanes: j+8 to j, then j+4, j+2 and 1.
func sixteen(l [16]float64) float64 {
	for _, half := range []int{8, 4, 2, 1} {
		for j := range half {
			l[j] += l[j+half]
		}
	}
	return l[0]
}

func TestSoftmax(t *testing.T) {
	kerneltest.EveryWay(t, func(way string) {
		for seed, s := range [][2]int{{1, 1}, {3, 7}, {2, 40}, {500, 100}} {
			rows, n := s[0], s[1]
			x, dy := kerneltest.Normal(uint64(seed), rows*n), kerneltest.Normal(9, rows*n)
			for i := range x {
				x[i] *= 40
			}
			y, dx := make([]float32, rows*n), make([]float32, rows*n)
			Softmax(y, x, rows, n)
			SoftmaxGrad(dx, dy, y, rows, n)
			for r := range rows {
				var sum, dot float64
				for i := range n {
					sum += math.Exp(float64(x[r*n+i]) - float64(x[r*n]))
					dot += float64(dy[r*n+i]) * float64(y[r*n+i])
				}
				for i := range n {
					k := r*n + i
					if u := kerneltest.Ulps(y[k], math.Exp(float64(x[k])-float64(x[r*n]))/sum); u > 1.6 {
						t.Fatalf("%s, %v: y[%d] is %g, %.3g ulp off", way, s, k, y[k], u)
					}
					if want := float64(y[k]) * (float64(dy[k]) - dot); math.Abs(float64(dx[k])-want) > 1e-6*math.Abs(want)+1e-14 {
						t.Fatalf("%s, %v: dx[%d] is %g, want %g", way, s, k, dx[k], want)
					}
				}
			}
		}
	})
	for what, c := range map[string][2][]float32{
		"far apart": {{-200, 3e38, -3e38}, {0, 1, 0}},
		"NaN":       {{1, kerneltest.NaN, 3}, {kerneltest.NaN, kerneltest.NaN, kerneltest.NaN}},
		"+Inf":      {{1, kerneltest.Inf, 3}, {kerneltest.NaN, kerneltest.NaN, kerneltest.NaN}},
		"-Inf":      {{-kerneltest.Inf, 2, 2}, {0, 0.5, 0.5}},
	} {
		y := make([]float32, 3)
		Softmax(y, c[0], 1, 3)
		for i, v := range c[1] {
			if !kerneltest.SameBits(y[i], v) {
				t.Errorf("%s: the softmax of %v is %v, want %v", what, c[0], y, c[1])
				break
			}
		}
	}
}

func BenchmarkChannels(b *testing.B) {
	const samples, pixels = 128, 14 * 14
	for _, n := range []int{8, 16, 32} {
		x, dy, y := kerneltest.Normal(1, samples*pixels*n), kerneltest.Normal(2, samples*pixels*n), make([]float32, samples*pixels*n)
		scale, mean, variance, dscale, doffset := kerneltest.Normal(3, n), make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		scratch := make([]float32, ChannelScratch(samples, n))
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"Means", func() { ChannelMeans(mean, x, samples, pixels, scratch) }},
			{"Variances", func() { ChannelVariances(variance, x, mean, samples, pixels, scratch) }},
			{"Norm", func() { ChannelNorm(y, x, scale, mean, mean, variance, 1e-3, samples, pixels, scratch) }},
			{"NormSums", func() { ChannelNormSums(dscale, doffset, dy, x, mean, variance, 1e-3, samples, pixels, scratch) }},
			{"NormGrad", func() {
				ChannelNormGrad(y, dy, x, scale, mean, variance, dscale, doffset, 1e-3, true, samples, pixels, scratch)
			}},
		} {
			b.Run(fmt.Sprintf("%s/14x14x%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(4 * len(x)))
				for b.Loop() {
					c.run()
				}
			})
		}
	}
}

// The assembly finds the operands at the offsets that asm/norm has.
func TestOperandsLayout(t *testing.T) {
	var x images
	kerneltest.WantOffsets(t, map[string]kerneltest.Offset{
		"y": {Got: unsafe.Offsetof(x.y), Want: 0}, "x": {Got: unsafe.Offsetof(x.x), Want: 24},
		"dy": {Got: unsafe.Offsetof(x.dy), Want: 48}, "constants": {Got: unsafe.Offsetof(x.constants), Want: 72},
		"pixels": {Got: unsafe.Offsetof(x.pixels), Want: 96},
	})
}
