package train

import (
	"math"
	"strings"
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
	if worst > 4e-16 {
		t.Errorf("sine is off by %.2g, want at most 4e-16", worst)
	}
}

func TestConstant(t *testing.T) {
	for _, step := range []int{0, 1, 1000, math.MaxInt} {
		if f := (Constant{}).Factor(step, 1000, 0); f != 1 {
			t.Errorf("the factor of step %d is %v", step, f)
		}
	}
}

func TestCosine(t *testing.T) {
	for _, c := range []struct{ warmup, total int }{{0, 1}, {0, 2}, {0, 1000}, {1, 1000}, {200, 1000}, {999, 1000}, {1000, 1000}, {5000, 1000}} {
		s := Cosine{Warmup: c.warmup}
		c.warmup = min(c.warmup, c.total/2)
		before := float32(0)
		for step := range c.total {
			f := s.Factor(step, c.total, 0)
			var want float64
			if step < c.warmup {
				want = float64(step+1) / float64(c.warmup+1)
			} else {
				want = (1 + math.Cos(math.Pi*float64(step-c.warmup)/float64(c.total-c.warmup))) / 2
			}
			if math.Abs(float64(f)-want) > 6e-8 {
				t.Fatalf("%v: the factor of step %d of %d is %v, want %v", s, step, c.total, f, want)
			}
			if rises := step <= c.warmup; step > 0 && (rises && f <= before || !rises && f >= before) {
				t.Errorf("%v: from step %d to %d of %d the factor goes from %v to %v", s, step-1, step, c.total, before, f)
			}
			if !(f > 0 && f <= 1) {
				t.Errorf("%v: the factor of step %d of %d is %v", s, step, c.total, f)
			}
			before = f
		}
		if f := s.Factor(c.warmup, c.total, 0); f != 1 {
			t.Errorf("%v: the factor after warming up is %v, want 1", s, f)
		}
		for _, step := range []int{c.total, c.total + 1, 1 << 40} {
			if f := s.Factor(step, c.total, 0); f != 0 {
				t.Errorf("%v: the factor of step %d of %d is %v, want 0", s, step, c.total, f)
			}
		}
	}
}

func TestStep(t *testing.T) {
	s := Step{Every: 3, By: 0.1}
	for epoch, want := range []float64{1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001} {
		if f := float64(s.Factor(999, 1000, epoch)); math.Abs(f-want) > 1e-7*want {
			t.Errorf("the factor of epoch %d is %v, want %v", epoch, f, want)
		}
	}
}

// The bits of a run depend on the learning rate: its bits must be the same in every version, on
// every processor.
func TestPinnedFactors(t *testing.T) {
	for _, c := range []struct {
		s           Cosine
		step, total int
		want        uint32
	}{
		{Cosine{}, 0, 1000, 0x3f800000},
		{Cosine{}, 1, 1000, 0x3f7fffd7},
		{Cosine{}, 333, 1000, 0x3f401db5},
		{Cosine{}, 500, 1000, 0x3f000000},
		{Cosine{}, 999, 1000, 0x36259598},
		{Cosine{7}, 3, 1000, 0x3f000000},
		{Cosine{7}, 800, 4700, 0x3f6e625c},
	} {
		if got := math.Float32bits(c.s.Factor(c.step, c.total, 0)); got != c.want {
			t.Errorf("the factor of step %d of %d (%v) has the bits %#x, want %#x", c.step, c.total, c.s, got, c.want)
		}
	}
}

func TestParseSchedule(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  Schedule
		total bool
	}{
		{"constant", Constant{}, false}, {"cosine", Cosine{}, true}, {"cosine:warmup=200", Cosine{200}, true},
		{"step:every=10,by=0.5", Step{10, 0.5}, false},
	} {
		got, err := ParseSchedule(c.text)
		if err != nil || got != c.want || got.String() != c.text || got.UsesTotal() != c.total {
			t.Errorf("%q was read as %v (%v)", c.text, got, err)
		}
	}
	for _, bad := range []string{"", "Cosine", "cosine:", "cosine:warmup", "cosine:warmup=", "cosine:warmup=-1", "cosine:warmup=1.5",
		"cosine:warmup=99999999999999999999", "constant:warmup=1",
		"step", "step:every=10", "step:every=0,by=0.5", "step:every=2,by=0", "step:every=2,by=1.5", "step:every=2,by=NaN", "every=2,by=0.5", "step:by=0.5,every=2"} {
		if s, err := ParseSchedule(bad); err == nil || !strings.Contains(err.Error(), "want a schedule constant, cosine, cosine:warmup=N") {
			t.Errorf("%q was read as %v (%v)", bad, s, err)
		}
	}
}
