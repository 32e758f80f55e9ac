package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Schedule changes the learning rate during a run.
type Schedule interface {
	// Factor is what the learning rate is multiplied by in one of total steps. step and epoch are
	// counted from 0.
	Factor(step, total, epoch int) float32

	// UsesTotal reports whether the factor depends on total. If it does, a run cannot be extended
	// later.
	UsesTotal() bool

	// Check returns an error if the settings make no sense.
	Check() error

	// String is the schedule with all its settings. A run is only resumed with the same. For the
	// built-in schedules it is what ParseSchedule reads.
	String() string
}

// Constant leaves the learning rate as it is.
type Constant struct{}

// Factor is 1.
func (Constant) Factor(_, _, _ int) float32 { return 1 }

// UsesTotal is false.
func (Constant) UsesTotal() bool { return false }

// Check returns nil.
func (Constant) Check() error { return nil }

func (Constant) String() string { return "constant" }

// Cosine raises the learning rate linearly over the first Warmup steps, but at most over half of
// all steps. Then it lowers the rate along half a cosine to 0 at the end of the run (Loshchilov and
// Hutter 2017, without restarts).
type Cosine struct{ Warmup int }

// Factor is (step+1)/(warmup+1) in the first warmup = min(Warmup, total/2) steps. After them it is
// (1+cos(π·share))/2, and share grows from 0 to 1: (step-warmup)/(total-warmup).
func (c Cosine) Factor(step, total, _ int) float32 {
	warmup := min(c.Warmup, total/2)
	if step < warmup {
		return float32(step+1) / float32(warmup+1)
	}
	left := float64(max(total-step, 0)) / float64(max(total-warmup, 1))
	s := sine(math.Pi / 2 * left)
	return float32(s * s) // (1+cos(π-2a))/2 = sin²(a)
}

// UsesTotal is true.
func (Cosine) UsesTotal() bool { return true }

// Check refuses a negative warm-up.
func (c Cosine) Check() error {
	if c.Warmup < 0 {
		return errors.Errorf("want a warm-up of 0 or more steps, got %d", c.Warmup)
	}
	return nil
}

func (c Cosine) String() string {
	if c.Warmup == 0 {
		return "cosine"
	}
	return fmt.Sprintf("cosine:warmup=%d", c.Warmup)
}

// sine is sin(x) for x in [0, π/2] by its Taylor series up to x^21, within 4e-16. Unlike math.Sin
// it has the same bits on every processor, since no product is fused with a sum.
func sine(x float64) float64 {
	sum, square := 0.0, float64(x*x)
	for k := 21.0; k > 1; k -= 2 {
		sum = float64(square / (k * (k - 1)) * (1 - sum))
	}
	return float64(x * (1 - sum))
}

// Step multiplies the learning rate by a factor again and again, each time after the same number of
// epochs.
type Step struct {
	Every int     // epochs
	By    float32 // the factor, above 0 and at most 1
}

// Factor is By^(epoch/Every), with the quotient rounded down.
func (s Step) Factor(_, _, epoch int) float32 { return power(s.By, uint64(epoch/s.Every)) }

// UsesTotal is false.
func (Step) UsesTotal() bool { return false }

func (s Step) String() string { return fmt.Sprintf("step:every=%d,by=%v", s.Every, s.By) }

// Check refuses settings outside their ranges.
func (s Step) Check() error {
	if s.Every < 1 || !(s.By > 0 && s.By <= 1) {
		return errors.Errorf("want a schedule with a step every 1 or more epochs, by a factor above 0 and at most 1, got %v", s)
	}
	return nil
}

// ParseSchedule reads "constant", "cosine", "cosine:warmup=N" with N steps, or "step:every=N,by=F"
// with N epochs and the factor F.
func ParseSchedule(s string) (Schedule, error) {
	switch {
	case s == "constant":
		return Constant{}, nil
	case s == "cosine":
		return Cosine{}, nil
	case strings.HasPrefix(s, "cosine:warmup="):
		n, err := strconv.Atoi(strings.TrimPrefix(s, "cosine:warmup="))
		if err == nil && n >= 0 {
			return Cosine{n}, nil
		}
	}
	if every, by, ok := strings.Cut(strings.TrimPrefix(s, "step:every="), ",by="); ok && strings.HasPrefix(s, "step:every=") {
		n, err := strconv.Atoi(every)
		f, notNumber := strconv.ParseFloat(by, 32)
		if step := (Step{n, float32(f)}); err == nil && notNumber == nil && step.Check() == nil {
			return step, nil
		}
	}
	return nil, errors.Errorf("want a schedule constant, cosine, cosine:warmup=N with N steps, or step:every=N,by=F with N epochs and a factor F of at most 1, got %q", s)
}
