package html

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// axis maps values to places, 0 at its low end and 1 at its high end.
type axis struct {
	lo, hi float64
	log    bool
	ticks  []tick
}

type tick struct {
	value float64
	label string
}

func (a axis) at(v float64) float64 {
	if a.log {
		return math.Log(v/a.lo) / math.Log(a.hi/a.lo)
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// linear returns an axis from lo to hi with some room at both ends, and about n ticks at round values.
func linear(lo, hi float64, n int) axis {
	room := 0.04 * (hi - lo)
	if size := max(math.Abs(lo), math.Abs(hi)); hi-lo <= 1e-9*size { // equal apart from rounding
		room = 0.1 * size
	}
	if room == 0 {
		room = 1
	}
	a := axis{lo: lo - room, hi: hi + room}
	step := roundStep((a.hi - a.lo) / float64(n))
	for i := math.Ceil(a.lo / step); i*step <= a.hi; i++ {
		a.ticks = append(a.ticks, tick{i * step, number(i*step, step)})
	}
	return a
}

// roundStep returns the smallest number of at least step that is 1, 2 or 5 times a power of ten.
func roundStep(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= step {
			return m * power
		}
	}
	return 10 * power
}

// logarithmic returns an axis for values above 0. Over less than a decade and a half its ticks are
// those of a linear axis, because powers of ten would be too few.
func logarithmic(lo, hi float64) axis {
	room := max(math.Pow(hi/lo, 0.04), 1.01)
	a := axis{lo: lo / room, hi: hi * room, log: true}
	if a.hi/a.lo < 30 {
		for _, t := range linear(a.lo, a.hi, 5).ticks {
			if t.value >= a.lo && t.value <= a.hi {
				a.ticks = append(a.ticks, t)
			}
		}
		return a
	}
	first, last := int(math.Ceil(math.Log10(a.lo)-1e-9)), int(math.Floor(math.Log10(a.hi)+1e-9))
	every := 1 + (last-first)/5
	for decade := first; decade <= last; decade += every {
		v := math.Pow(10, float64(decade))
		a.ticks = append(a.ticks, tick{v, number(v, v)})
	}
	return a
}

// epochs returns an axis of whole numbers from 1 to n.
func epochs(n int) axis {
	a := axis{lo: 1, hi: float64(n)}
	room := 0.02 * (a.hi - 1)
	if n == 1 {
		room = 0.5
	}
	a.lo, a.hi = a.lo-room, a.hi+room
	step := int(max(1, roundStep(float64(n)/6)))
	if step > 1 {
		a.ticks = append(a.ticks, tick{1, "1"})
	}
	for i := step; i <= n; i += step {
		a.ticks = append(a.ticks, tick{float64(i), strconv.Itoa(i)})
	}
	return a
}

// number formats v with as many decimals as multiples of step need.
func number(v, step float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	decimals := -int(math.Floor(math.Log10(step) + 1e-9))
	s := strconv.FormatFloat(v, 'f', max(0, decimals), 64)
	if decimals > 4 || step >= 1e5 || math.Abs(v) >= 1e6 {
		digits := decimals + int(math.Floor(math.Log10(math.Abs(v))+1e-9))
		s = strconv.FormatFloat(v, 'e', max(0, digits), 64)
		s = strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
	}
	return strings.ReplaceAll(s, "-", "\u2212")
}

// percent is a share as a length in CSS, or a place.
func percent(share float64) template.CSS {
	return template.CSS(strconv.FormatFloat(100*share, 'f', 2, 64) + "%")
}

// tickView is a tick with its place.
type tickView struct {
	At    template.CSS
	Label string
}

func (a axis) views() []tickView {
	all := make([]tickView, len(a.ticks))
	for i, t := range a.ticks {
		all[i] = tickView{percent(a.at(t.value)), t.label}
	}
	return all
}
