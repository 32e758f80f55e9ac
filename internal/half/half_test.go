package half

import (
	"math"
	"testing"
)

func TestFloat32(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x7bff: 65504, 0xfbff: -65504,
		0x0001: 5.9604644775390625e-08, 0x03ff: 6.097555160522461e-05, 0x0400: 6.103515625e-05, 0x8001: -5.9604644775390625e-08,
		0x7c00: float32(math.Inf(1)), 0xfc00: float32(math.Inf(-1)),
	} {
		if got := Float32(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if got := Float32(0x8000); got != 0 || math.Float32bits(got) != 1<<31 {
		t.Errorf("0x8000 is %v, want a negative zero", got)
	}
	if got := Float32(0x7e00); got == got {
		t.Errorf("0x7e00 is %v, want NaN", got)
	}
}

// The positive numbers of a format are in the order of their bits.
func TestOrder(t *testing.T) {
	for h := uint16(0); h < 0x7c00; h++ {
		if Float32(h) >= Float32(h+1) {
			t.Fatalf("%#04x is %v, and the next number is %v", h, Float32(h), Float32(h+1))
		}
	}
}

func TestBfloat16(t *testing.T) {
	for bits, want := range map[uint16]float32{0x3f80: 1, 0xc000: -2, 0x3eab: 0.333984375, 0x0001: 9.183549615799121e-41} {
		if got := FromBfloat16(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
}
