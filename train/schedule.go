package train

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Schedule changes the learning rate in the course of a run.
type Schedule interface {
	// Factor is what the learning rate is multiplied with in a step, counted from 0, of total steps.
	Factor(step, total int) float32

	// UsesTotal reports whether the factor depends on total: then a run cannot be made longer later on.
	UsesTotal() bool

	// String is the schedule as ParseSchedule reads it.
	String() string
}

// Constant leaves the learning rate as it is.
type Constant struct{}

// Factor is 1.
func (Constant) Factor(int, int) float32 { return 1 }

// UsesTotal is false.
func (Constant) UsesTotal() bool { return false }

func (Constant) String() string { return "constant" }

// Cosine lowers the learning rate along half a cosine to 0 at the run's end (Loshchilov and Hutter 2017, without
// restarts), after raising it in equal steps over the first Warmup steps.
type Cosine struct{ Warmup int }

// Factor is (step+1)/(Warmup+1) while warming up, then (1+cos(π·share))/2, share being that of the steps after it which
// are done.
func (c Cosine) Factor(step, total int) float32 {
	if step < c.Warmup {
		return float32(step+1) / float32(c.Warmup+1)
	}
	left := float64(max(total-step, 0)) / float64(max(total-c.Warmup, 1))
	s := sine(math.Pi / 2 * left)
	return float32(s * s) // (1+cos(π-2a))/2 = sin²(a)
}

// UsesTotal is true.
func (Cosine) UsesTotal() bool { return true }

func (c Cosine) String() string {
	if c.Warmup == 0 {
		return "cosine"
	}
	return fmt.Sprintf("cosine:warmup=%d", c.Warmup)
}

// sine is sin(x) for x in [0, π/2] by its Taylor series up to x^21, within 4e-16. Unlike math.Sin it has the same bits
// on every processor: no product is fused with a sum.
func sine(x float64) float64 {
	sum, square := 0.0, float64(x*x)
	for k := 21.0; k > 1; k -= 2 {
		sum = float64(square / (k * (k - 1)) * (1 - sum))
	}
	return float64(x * (1 - sum))
}

// ParseSchedule reads "constant", "cosine" or "cosine:warmup=N", N being a number of steps.
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
	return nil, errors.Errorf("unknown schedule %q, want constant, cosine or cosine:warmup=N with N steps", s)
}
