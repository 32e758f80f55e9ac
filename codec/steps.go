package codec

import "math"

// steps are the quantisers among which Fit searches. A uniform quantiser of step s adds s²/12 to
// the variance of a latent, and so effect²·s²/12 to the squared error of an image. For a given
// error, the fewest bits are taken if each latent adds the same (A. Gersho and R. Gray, "Vector
// quantization and signal compression", 1992, section 8.3). So a latent's step is a factor divided
// by its effect.
type steps struct {
	offset            []float32
	deviation, effect []float64
	digits            int
}

// The factor is 2^(k/factorDigits).
const (
	factorDigits = 32
	leastFactor  = -24 * factorDigits
	mostFactor   = 16 * factorDigits
)

// A step is at least finest and at most coarsest times the deviation of its latent.
const (
	finest   = 1.0 / 4096
	coarsest = 16
)

func newSteps(mean, deviation, effect []float64) *steps {
	s := &steps{deviation: deviation, effect: effect, digits: 7}
	if len(mean) >= 16 {
		s.digits = 3 // their steps need not be exact one by one, and take fewer bytes
	}
	for _, v := range mean {
		s.offset = append(s.offset, roundFloat(v, s.digits))
	}
	return s
}

// quantizer returns the quantiser for a factor of 2^(k/32).
func (s *steps) quantizer(k int) Quantizer {
	f := factor(k)
	q := Quantizer{Offset: s.offset, Step: make([]float32, len(s.offset))}
	for i, d := range s.deviation {
		if d < 1e-20 { // it is constant
			q.Step[i] = 1
			continue
		}
		step := d * coarsest
		if e := s.effect[i]; e > 0 {
			step = min(step, max(f/e, d*finest))
		}
		q.Step[i] = roundFloat(step, s.digits)
	}
	return q
}

// factor returns 2^(k/32) by square roots and products, which are the same on every machine.
func factor(k int) float64 {
	root, power := 2.0, 1.0
	fraction := k & (factorDigits - 1)
	for bit := factorDigits / 2; bit > 0; bit /= 2 {
		if root = math.Sqrt(root); fraction&bit != 0 {
			power *= root
		}
	}
	return math.Ldexp(power, (k-fraction)/factorDigits)
}

// search returns the greatest factor from least to most that is good, if all smaller ones are good
// and all greater ones are not; if none is good, the least.
func search(least, most int, good func(k int) (bool, error)) (int, error) {
	lo, hi := least, most+1
	for hi-lo > 1 {
		k := lo + (hi-lo)/2
		ok, err := good(k)
		if err != nil {
			return 0, err
		}
		if ok {
			lo = k
		} else {
			hi = k
		}
	}
	return lo, nil
}
