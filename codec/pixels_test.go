package codec

import (
	"bytes"
	"math"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

func TestToBytes(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	x := []float32{0, float32(math.Copysign(0, -1)), 1, nan, -nan, inf, -inf, -1e-40, 1e-40, 2, -2, 1e30, -1e30, 0.5 / 255, 1.5 / 255, 254.5 / 255, math.Nextafter32(1, 0)}
	for b := uint32(0x30000000); b < 0x40000000; b += 9973 {
		x = append(x, math.Float32frombits(b), -math.Float32frombits(b))
	}
	got := make([]byte, len(x))
	toBytes(got, x)
	if want := images.ToBytes(x); !bytes.Equal(got, want) {
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%v becomes %d, want %d", x[i], got[i], want[i])
			}
		}
	}
}

func BenchmarkToBytes(b *testing.B) {
	x := make([]float32, 1<<20)
	for i := range x {
		x[i] = float32(i*7919%1000)/700 - 0.2
	}
	pixels := make([]byte, len(x))
	b.SetBytes(int64(len(x)))
	for b.Loop() {
		toBytes(pixels, x)
	}
}
