package train

import (
	"math"
	"testing"
)

func TestSine(t *testing.T) {
	const n = 100_000
	worst, before := 0.0, -1.0
	for i := range n + 1 {
		x := math.Pi / 2 * float64(i) / n
		s := sine(x)
		worst = math.Max(worst, math.Abs(s-math.Sin(x)))
		if s < before || s > 1 {
			t.Fatalf("sine(%v) is %v, want it to grow from %v and not beyond 1", x, s, before)
		}
		before = s
	}
	t.Log(worst)
	if worst > 3e-16 {
		t.Errorf("sine is off by %.2g, want at most 3e-16", worst)
	}
}
