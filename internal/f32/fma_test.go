package f32

import (
	"math"
	"math/big"
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
	"github.com/gorgonae/gorgonae/internal/random"
)

// exactFMA computes x*y + z with math/big.
func exactFMA(x, y, z float32) float32 {
	product := float64(x) * float64(y) // exact
	if sum := product + float64(z); sum == 0 || math.IsInf(sum, 0) || sum != sum {
		// The sum is exact too. big.Float has no NaN, and its own rules for the sign of a zero sum.
		return float32(sum)
	}
	var p, q, s big.Float
	s.SetPrec(2000).Add(p.SetFloat64(product), q.SetFloat64(float64(z)))
	r, _ := s.Float32() // rounds to nearest even, subnormal results included
	return r
}

// fmaArguments draws triples. Their sums are often exactly or nearly halfway between two float32,
// or subnormal, or at the ends of the range.
func fmaArguments(s *random.Source) (x, y, z float32) {
	bits := func() float32 { return math.Float32frombits(uint32(s.Uint64())) }
	switch s.Uint64n(8) {
	case 0:
		return bits(), bits(), bits()
	case 1: // nasty ones
		pick := func() float32 { return kerneltest.Nasty[s.Uint64n(uint64(len(kerneltest.Nasty)))] }
		return pick(), pick(), pick()
	case 2: // a subnormal result
		e := int(s.Uint64n(60)) - 150
		x, y = 1+s.Float32(), float32(math.Ldexp(float64(1+s.Float32()), -126))
		return float32(math.Ldexp(float64(x), e+126)), y, float32(math.Ldexp(float64(s.Float32()-0.5), int(s.Uint64n(30))-150))
	case 3: // few bits: exact ties
		few := func() float32 {
			return float32(int(s.Uint64n(4097))-2048) * float32(math.Ldexp(1, int(s.Uint64n(30))-15))
		}
		return few(), few(), few()
	case 4: // z and the last place of the product differ by half a unit
		x, y = 1+s.Float32(), 1+s.Float32()
		return x, y, float32(math.Ldexp(float64(1+2*s.Uint64n(2)), int(s.Uint64n(60))-30))
	case 5: // the product is about half a unit in the last place of z
		x = 1 + float32(s.Uint64n(4))*0x1p-23
		y = float32(math.Ldexp(1-float64(s.Uint64n(3))*0x1p-24, -24+int(s.Uint64n(2))))
		z = 1 + s.Float32()
		scale := float32(math.Ldexp(1, int(s.Uint64n(253))-126))
		return x, y * scale, z * scale
	case 6: // near the largest
		x = float32(math.Ldexp(float64(1+s.Float32()), 100))
		return x, float32(math.Ldexp(float64(1+s.Float32()), 26)), bits()
	}
	return 2*s.Float32() - 1, 2*s.Float32() - 1, 2*s.Float32() - 1
}

func TestFMA(t *testing.T) {
	n := 2_000_000
	if testing.Short() {
		n /= 10
	}
	s := random.New(1, "fma")
	for i := range n {
		x, y, z := fmaArguments(s)
		if i&1 != 0 {
			z = -z
		}
		if got, want := FMA(x, y, z), exactFMA(x, y, z); !kerneltest.SameBits(got, want) {
			t.Fatalf("%x * %x + %x is %x, want %x", x, y, z, got, want)
		}
	}
	for _, x := range kerneltest.Nasty {
		for _, y := range kerneltest.Nasty {
			for _, z := range kerneltest.Nasty {
				if got, want := FMA(x, y, z), exactFMA(x, y, z); !kerneltest.SameBits(got, want) {
					t.Fatalf("%x * %x + %x is %x, want %x", x, y, z, got, want)
				}
			}
		}
	}
}

// FMA takes a product as z rounded, even where the compiler sees that it is one and could fuse it.
func TestFMAOfProducts(t *testing.T) {
	s := random.New(2, "fma")
	for range 10_000 {
		x, y := 1+s.Float32(), 1+s.Float32()
		square, product := x*x, x*y
		rest, sum := FMA(x, x, -square), FMA(y, y, 3*x)
		if want := exactFMA(x, x, -square); rest != want {
			t.Fatalf("%x² - %x is %x, want %x", x, square, rest, want)
		}
		if want := exactFMA(y, y, float32(3*x)); sum != want {
			t.Fatalf("%x² + %x is %x, want %x", y, float32(3*x), sum, want)
		}
		if got, want := FMA(square, y, product), exactFMA(square, y, float32(product)); got != want {
			t.Fatalf("%x * %x + %x is %x, want %x", square, y, product, got, want)
		}
	}
}

// The sum in float64 rounds to a tie of float32 here. To convert it would give a result that is off
// by one.
func TestFMADoubleRounding(t *testing.T) {
	for _, c := range []struct{ x, y, z, want float32 }{
		{0x1p-60, 0x1p-1, 0x1p+0, 1},
		{0x1.000002p0, 0x1p-24, 0x1p0, 0x1.000002p0}, // just above a half
		{0x1.fffffep-1, 0x1p-24, 0x1p0, 1},           // just below
		{0x1.fffffep-1, 0x1.000002p-24, 0x1p0, 0x1.000002p0},
		{-0x1p-75, 0x1p-76, 0x1p-149, 0x1p-149},       // subnormal
		{0x1.000002p-75, 0x1p-75, 0x1p-149, 0x1p-148}, // above half of the smallest subnormal
		{0x1p-75, 0x1p-75, 0x1p-149, 0x1p-148},        // a tie goes to even
		{0x1.fffffep-76, 0x1p-75, 0x1p-149, 0x1p-149},
		{0x1.fffffep63, 0x1p64, 0x1p103, kerneltest.Inf},
		{0x1.fffffep63, 0x1p64, 0x1.fffffep102, math.MaxFloat32},
	} {
		if got := FMA(c.x, c.y, c.z); !kerneltest.SameBits(got, c.want) {
			t.Errorf("%x * %x + %x is %x, want %x", c.x, c.y, c.z, got, c.want)
		}
	}
}
