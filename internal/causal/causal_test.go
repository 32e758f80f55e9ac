package causal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// network returns a small network with random weights.
func network(channels, height, width int) (Net, [][]float32) {
	n := Net{Channels: channels, Height: height, Width: width, Embedding: 2, Palette: 3, Ink: []int{7}, Value: []int{9, 5}}
	var all [][]float32
	for i, s := range n.Shapes() {
		size := s[0]
		if len(s) == 2 {
			size *= s[1]
		}
		w := kerneltest.Normal(uint64(i), size)
		for j := range w {
			w[j] *= 0.4
		}
		all = append(all, w)
	}
	return n, all
}

// drawing returns images of which a third of the numbers are above 0, with few values.
func drawing(n Net, count int) []byte {
	src := random.New(1, "drawing")
	b := make([]byte, count*n.Size())
	for i := range b {
		if src.Uint64n(3) == 0 {
			b[i] = byte(src.Uint64n(16) * 17)
		}
	}
	return b
}

func floats(b []byte) []float32 {
	x := make([]float32, len(b))
	for i, v := range b {
		x[i] = unit[v]
	}
	return x
}

// The probabilities of all values add up to 1, and no symbol has less than 1/65536.
func TestProbabilities(t *testing.T) {
	for _, z := range []float64{0, 1, -3, 20, -300} {
		yes, _ := inkNats(z, true)
		no, _ := inkNats(z, false)
		if sum := math.Exp(-yes) + math.Exp(-no); math.Abs(sum-1) > 1e-9 || math.Max(yes, no) > 16*math.Ln2+1e-9 {
			t.Errorf("for logit %v the probabilities add up to %v, and the costs are %v and %v", z, sum, yes, no)
		}
	}
	y, often := kerneltest.Normal(1, values+gates), make([]byte, values+1)
	often[7], often[8], often[200] = 1, 2, 3
	for i := range y {
		y[i] *= 10
	}
	r := rows{layout: &layout{}, n: 1, often: often}
	e := r.exponentials(y)
	sum := 0.0
	for v := 1; v <= values; v++ {
		nats := valueNats(e, nil, byte(v), often, 1)
		if nats > 16*math.Ln2+1e-9 {
			t.Errorf("value %d costs %v nats", v, nats)
		}
		sum += math.Exp(-nats)
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("the probabilities of all values add up to %v", sum)
	}
}

// Bytes survive the way through numbers in [0, 1]; other numbers are clamped and rounded.
func TestNumber(t *testing.T) {
	for v := range 256 {
		if got := number(unit[v]); int(got) != v {
			t.Errorf("%d becomes %d", v, got)
		}
	}
	for x, want := range map[float32]byte{-1: 0, 2: 255, 0.4 / 255: 0, 0.6 / 255: 1, float32(math.Inf(1)): 255} {
		if got := number(x); got != want {
			t.Errorf("%v becomes %d, want %d", x, got, want)
		}
	}
	if number(kerneltest.NaN) != 0 {
		t.Error("NaN does not become 0")
	}
}

func TestMisuse(t *testing.T) {
	n, w := network(1, 4, 4)
	r := NewRate(n, 2)
	kerneltest.MustPanic(t, "too few images", func() { r.Bits(make([]float32, 16), w, nil, 1, nil) })
	kerneltest.MustPanic(t, "too few weights", func() { r.Bits(make([]float32, 32), w[1:], nil, 1, nil) })
	w[3] = w[3][1:]
	kerneltest.MustPanic(t, "a short weight", func() { r.Bits(make([]float32, 32), w, nil, 1, nil) })
}

// golden is the hash of the bits and gradients of some images. It is the same on every processor. A
// change to it changes every trained network and every file without loss.
const golden = "ea0c86d774aaa77207df88025285ea0406059f26e930804f6e99557f45860cdc"

// The results have the pinned bits, however many goroutines share the work.
func TestGolden(t *testing.T) {
	kerneltest.EveryWay(t, func(way string) {
		h := sha256.New()
		for _, channels := range []int{1, 3} {
			n, w := network(channels, 11, 13)
			const batch = 5
			images := floats(drawing(n, batch))
			r := NewRate(n, batch)
			g := make([][]float32, len(w))
			for i := range g {
				g[i] = make([]float32, len(w[i]))
			}
			for _, sample := range []*Sample{nil, {}} {
				bits := r.Bits(images, w, g, 0.5, sample)
				if alone := r.Bits(images, w, nil, 0.5, sample); alone != bits {
					t.Errorf("without gradients the bits are %v, with them %v", alone, bits)
				}
				binary.Write(h, binary.LittleEndian, bits)
				for _, x := range g {
					binary.Write(h, binary.LittleEndian, x)
				}
			}
		}
		if got := fmt.Sprintf("%x", h.Sum(nil)); got != golden {
			t.Errorf("%s: the results have hash %s, want %s", way, got, golden)
		}
	})
}

// A walk gives the ranges that the coder gives, for any number of images, and they cost the bits that
// the rate has.
func TestWalk(t *testing.T) {
	for _, channels := range []int{1, 3} {
		n, weights := network(channels, 6, 7)
		c := NewCoder(n, weights)
		for _, count := range []int{1, 3, walkImages + 5} {
			images := drawing(n, count)
			clear(images[:n.Size()-2])
			ink, value := make([]Range, len(images)), make([]Range, len(images))
			if err := c.Ranges(t.Context(), images, ink, value); err != nil {
				t.Fatal(err)
			}
			w := c.Walk(count)
			above, numbers := make([]bool, count), make([]byte, count)
			bits := 0.0
			for i := range n.Size() {
				zeros := w.Ink()
				for k := range count {
					at := k*n.Size() + i
					numbers[k] = images[at]
					above[k] = numbers[k] > 0
					want := Range{0, zeros[k]}
					if above[k] {
						want = Range{zeros[k], steps - zeros[k]}
					}
					if ink[at] != want {
						t.Fatalf("image %d, number %d: the range is %v, in the walk %v", k, i, ink[at], want)
					}
					bits += 16 - math.Log2(float64(want.Frequency))
				}
				w.Values(above)
				for k := range count {
					at := k*n.Size() + i
					if !above[k] {
						continue
					}
					for _, slot := range []uint32{value[at].Start, value[at].Start + value[at].Frequency - 1} {
						if v, r := w.Find(k, slot); v != numbers[k] || r != value[at] {
							t.Fatalf("image %d, number %d: slot %d is value %d in range %v, want %d in %v", k, i, slot, v, r, numbers[k], value[at])
						}
					}
					bits += 16 - math.Log2(float64(value[at].Frequency))
				}
				w.Next(numbers)
			}
			rate := float64(NewRate(n, count).Bits(floats(images), weights, nil, 1, nil))
			if math.Abs(bits-rate) > 0.001*rate {
				t.Errorf("%d images cost %v bits, and their rate is %v", count, bits, rate)
			}
		}
	}
}

// Weights that are no numbers give ranges that fill all slots, so that a file cannot make a reader
// fail.
func TestRangesOfNonsense(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, z := range []float32{kerneltest.NaN, inf, -inf, 0} {
		yes, no := inkRange(z, true), inkRange(z, false)
		if no.Start != 0 || no.Frequency < 1 || yes.Start != no.Frequency || yes.Frequency < 1 || yes.Start+yes.Frequency != steps {
			t.Errorf("logit %v: ranges %v and %v", z, no, yes)
		}
	}
	for _, x := range []float32{kerneltest.NaN, inf, -inf, 0, 1} {
		r := rows{layout: &layout{}, n: 1, often: make([]byte, values+1)}
		y := make([]float32, values+gates)
		y[3], y[250] = x, x
		sums, at := make([]uint32, values+1), uint32(0)
		cumulative(sums, r.exponentials(y))
		for v := 1; v <= values; v++ {
			got := valueRange(sums, byte(v))
			if got.Start != at || got.Frequency < 1 {
				t.Fatalf("output %v: value %d has the range %v, want it to start at %d", x, v, got, at)
			}
			at += got.Frequency
			if f, _ := findValue(sums, got.Start); int(f) != v {
				t.Fatalf("output %v: slot %d is value %d, want %d", x, got.Start, f, v)
			}
		}
		if at != steps {
			t.Errorf("output %v: the ranges end at %d", x, at)
		}
	}
}
