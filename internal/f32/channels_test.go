package f32

import (
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/random"
)

// sumAlong adds along the tree of addTree.
func sumAlong(x []float32) float32 {
	if len(x) == 1 {
		return x[0]
	}
	return sumAlong(x[:len(x)/2]) + sumAlong(x[len(x)/2:])
}

// ofChannel is the sum over samples and pixels of what term adds to a sum.
func ofChannel(samples, pixels, n, c int, term func(i int, sum float32) float32) float32 {
	sums := make([]float32, samples)
	for s := range sums {
		for p := range pixels {
			sums[s] = term((s*pixels+p)*n+c, sums[s])
		}
	}
	return sumAlong(sums)
}

// naiveNorm is what the kernels of batch normalisation should write, in the order of normResults.
func naiveNorm(x, dy, scale, offset []float32, epsilon float32, samples, pixels, n int) [][]float32 {
	size := samples * pixels * n
	want := [][]float32{make([]float32, n), make([]float32, n), make([]float32, size), make([]float32, n), make([]float32, n), make([]float32, size), make([]float32, size)}
	mean, variance, y, dscale, doffset, dx, dxFixed := want[0], want[1], want[2], want[3], want[4], want[5], want[6]
	count := float32(samples * pixels)
	for c := range n {
		mean[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return sum + x[i] }) / count
		variance[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 {
			return fma32(x[i]-mean[c], x[i]-mean[c], sum)
		}) / count
		inverse := 1 / float32(math.Sqrt(float64(variance[c]+epsilon)))
		gain := scale[c] * inverse
		doffset[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return sum + dy[i] })
		dscale[c] = ofChannel(samples, pixels, n, c, func(i int, sum float32) float32 { return fma32(dy[i], x[i]-mean[c], sum) }) * inverse
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
	everyWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {1, 7, 3}, {5, 4, 16}, {6, 3, 17}, {7, 9, 8}, {9, 1, 300}, {4, 2, 33}, {37, 784, 5}} {
			samples, pixels, n := s[0], s[1], s[2]
			draw := normal
			if seed%2 == 1 && samples < 10 {
				draw = mixed
			}
			x, dy := draw(uint64(seed), samples*pixels*n), draw(50, samples*pixels*n)
			scale, offset := normal(51, n), normal(52, n)
			want := naiveNorm(x, dy, scale, offset, epsilon, samples, pixels, n)
			var got [][]float32
			var checks []func()
			for _, w := range want {
				g, check := guarded(t, mixed(7, len(w)))
				got, checks = append(got, g), append(checks, check)
			}
			scratch, check := guarded(t, mixed(8, ChannelScratch(samples, n)))
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
					if !sameBits(got[k][i], v) {
						t.Fatalf("%s, %s, %v: element %d is %g, want %g", normResults[k], way, s, i, got[k][i], v)
					}
				}
			}
		}
	})
}

func TestScaleChannels(t *testing.T) {
	everyWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {3, 5, 2}, {70, 100, 16}} {
			samples, pixels, n := s[0], s[1], s[2]
			x, factor := mixed(uint64(seed), samples*pixels*n), mixed(9, samples*n)
			y, check := guarded(t, x)
			ScaleChannels(y, x, factor, samples, pixels, n)
			check()
			for i, v := range x {
				if want := v * factor[i/(pixels*n)*n+i%n]; !sameBits(y[i], want) {
					t.Fatalf("%s, %v: element %d is %g, want %g", way, s, i, y[i], want)
				}
			}
		}
	})
}

func TestLayerNorm(t *testing.T) {
	const epsilon = 1e-3
	everyWay(t, func(way string) {
		for seed, s := range [][3]int{{1, 1, 1}, {3, 5, 4}, {2, 1, 17}, {33, 60, 20}} {
			samples, rows, n := s[0], s[1], s[2]
			size := samples * rows * n
			x, dy, scale, offset := normal(uint64(seed), size), normal(50, size), normal(51, n), normal(52, n)
			y, dx, dscale, doffset := make([]float32, size), make([]float32, size), make([]float32, n), make([]float32, n)
			LayerNorm(y, x, scale, offset, epsilon, samples*rows, n)
			LayerNormGrad(dx, dy, x, scale, epsilon, samples*rows, n)
			LayerNormSums(dscale, doffset, dy, x, epsilon, samples, rows, mixed(8, ChannelScratch(samples, n)))
			h := make([]float32, size)
			for r := range samples * rows {
				mean, inverse := naiveRow(x[r*n:][:n], epsilon)
				var g, gh [16]float64
				for i := range n {
					k := r*n + i
					d := (float64(x[k]) - mean) * inverse
					h[k] = float32(d)
					wantBits(t, way, "y", k, y[k], float32(float64(d*float64(scale[i]))+float64(offset[i])))
					g[i%16] += float64(dy[k]) * float64(scale[i])
					gh[i%16] += float64(float64(dy[k]) * float64(scale[i]) * d)
				}
				meanG, meanGH := sixteen(g)/float64(n), sixteen(gh)/float64(n)
				for i := range n {
					k := r*n + i
					d := (float64(x[k]) - mean) * inverse
					wantBits(t, way, "dx", k, dx[k], float32(inverse*(float64(dy[k])*float64(scale[i])-meanG-float64(d*meanGH))))
				}
			}
			for c := range n {
				wantBits(t, way, "dscale", c, dscale[c], ofChannel(samples, rows, n, c, func(i int, sum float32) float32 { return fma32(dy[i], h[i], sum) }))
				wantBits(t, way, "doffset", c, doffset[c], ofChannel(samples, rows, n, c, func(i int, sum float32) float32 { return sum + dy[i] }))
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

func wantBits(t *testing.T, way, what string, i int, got, want float32) {
	t.Helper()
	if !sameBits(got, want) {
		t.Fatalf("%s, %s: element %d is %g, want %g", way, what, i, got, want)
	}
}

func TestSoftmax(t *testing.T) {
	everyWay(t, func(way string) {
		for seed, s := range [][2]int{{1, 1}, {3, 7}, {2, 40}, {500, 100}} {
			rows, n := s[0], s[1]
			x, dy := normal(uint64(seed), rows*n), normal(9, rows*n)
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
					if u := ulps(y[k], math.Exp(float64(x[k])-float64(x[r*n]))/sum); u > 1.6 {
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
		"NaN":       {{1, nan, 3}, {nan, nan, nan}},
		"+Inf":      {{1, inf, 3}, {nan, nan, nan}},
		"-Inf":      {{-inf, 2, 2}, {0, 0.5, 0.5}},
	} {
		y := make([]float32, 3)
		Softmax(y, c[0], 1, 3)
		for i, v := range c[1] {
			if !sameBits(y[i], v) {
				t.Errorf("%s: the softmax of %v is %v, want %v", what, c[0], y, c[1])
				break
			}
		}
	}
}

func TestBilinear(t *testing.T) {
	everyWay(t, func(way string) {
		src := random.New(1, "bilinear")
		for trial := range 20 {
			e := &Enlargement{1 + int(src.Uint64n(5)), 1 + int(src.Uint64n(5)), 1 + int(src.Uint64n(20)), 1 + int(src.Uint64n(4)), 1 + int(src.Uint64n(4))}
			samples := 1 + int(src.Uint64n(4))
			if trial == 0 {
				e, samples = &Enlargement{20, 20, 9, 2, 2}, 5
			}
			x, dy := normal(uint64(trial), samples*e.in()), normal(99, samples*e.out())
			y, dx := make([]float32, samples*e.out()), mixed(3, samples*e.in())
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
							wantBits(t, way, fmt.Sprintf("%+v", *e), at, y[at], sum)
						}
					}
				}
			}
			for i, v := range wantDX {
				wantBits(t, way, fmt.Sprintf("gradient of %+v", *e), i, dx[i], v)
			}
		}
	})
}

type neighbour struct {
	index  int
	weight float32
}

// between finds the neighbours of an element from the place of its centre.
func between(i, factor, n int) [2]neighbour {
	at := (float64(i)+0.5)/float64(factor) - 0.5
	at = math.Max(0, math.Min(at, float64(n-1)))
	low := int(math.Floor(at + 1e-9))
	high := float32(math.Max(0, at-float64(low)))
	return [2]neighbour{{low, 1 - high}, {min(low+1, n-1), high}}
}

func BenchmarkChannels(b *testing.B) {
	const samples, pixels = 128, 14 * 14
	for _, n := range []int{8, 16, 32} {
		x, dy, y := normal(1, samples*pixels*n), normal(2, samples*pixels*n), make([]float32, samples*pixels*n)
		scale, mean, variance, dscale, doffset := normal(3, n), make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
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
