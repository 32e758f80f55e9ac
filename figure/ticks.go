package figure

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
)

// tick marks a value of an axis. Without a label it is a minor tick.
type tick struct {
	value float64
	label string
}

// linear returns an axis from lo to hi, with some room beyond both ends and four to ten ticks at
// round values.
func linear(label string, lo, hi float64) axis {
	lo, hi = widen(lo, hi)
	a := axis{label: label, lo: lo, hi: hi}
	step := roundStep((hi - lo) / 9)
	for i := math.Ceil(lo / step); i <= math.Floor(hi/step); i++ {
		a.ticks = append(a.ticks, tick{i * step, number(i*step, step)})
	}
	return a
}

// widen adds 3 % of the range at both ends. Values that are equal apart from rounding get a range
// around them.
func widen(lo, hi float64) (float64, float64) {
	room, size := 0.03*(hi-lo), max(math.Abs(lo), math.Abs(hi))
	if hi-lo <= 1e-9*size {
		room = 0.11 * size
	}
	if room == 0 {
		room = 1
	}
	return lo - room, hi + room
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

// epochs returns an axis of whole numbers from 1 to n.
func epochs(n int) axis {
	a := axis{label: "epoch", lo: 1, hi: float64(n)}
	room := max(0.5, 0.03*a.hi)
	if n > 1 {
		room = 0.03 * (a.hi - 1)
	}
	a.lo, a.hi = a.lo-room, a.hi+room
	step := int(max(1, roundStep(float64(n)/10)))
	if step > 2 {
		a.ticks = append(a.ticks, tick{1, "1"})
	}
	for i := step; i <= n; i += step {
		a.ticks = append(a.ticks, tick{float64(i), strconv.Itoa(i)})
	}
	return a
}

// logarithmic returns an axis for positive values from lo to hi. Up to two decades, the ticks at 1, 2
// and 5 have labels; beyond two, only the decades.
func logarithmic(label string, lo, hi float64) axis {
	room := math.Pow(hi/lo, 0.03)
	a := axis{label: label, lo: lo / room, hi: hi * room, log: true}
	first, last := int(math.Floor(math.Log10(a.lo))), int(math.Floor(math.Log10(a.hi)))
	every := 1 + (last-first)/8
	digits := 10.0
	if every > 1 {
		digits = 2
	}
	for decade := first; decade <= last; decade++ {
		for digit := 1.0; digit < digits; digit++ {
			v := digit * math.Pow(10, float64(decade))
			if v < a.lo || v > a.hi {
				continue
			}
			t := tick{value: v}
			switch {
			case digit == 1 && (decade-first)%every == 0,
				(digit == 2 || digit == 5) && a.hi/a.lo < 150:
				t.label = number(v, v)
			}
			a.ticks = append(a.ticks, t)
		}
	}
	return a
}

// thin keeps every k-th tick, so that neighbours are at least room apart. The given ticks are pitch
// apart.
func thin(ticks []tick, room, pitch vg.Length) []tick {
	k := max(1, int(math.Ceil(float64(room/pitch))))
	var kept []tick
	for i := 0; i < len(ticks); i += k {
		kept = append(kept, ticks[i])
	}
	return kept
}

// widestLabel returns the width of the widest label.
func widestLabel(ticks []tick) vg.Length {
	w := vg.Length(0)
	for _, t := range ticks {
		w = max(w, widest([]string{t.label}, tickSize))
	}
	return w
}

// number formats v with as many decimals as multiples of step need.
func number(v, step float64) string {
	if math.Abs(v) < step/2 {
		return "0"
	}
	decimals := -int(math.Floor(math.Log10(step) + 1e-9))
	s := strconv.FormatFloat(v, 'f', max(0, decimals), 64)
	if decimals > 4 && math.Abs(v) < 1e-3 || step >= 1e5 || math.Abs(v) >= 1e6 {
		digits := decimals + int(math.Floor(math.Log10(math.Abs(v))+1e-9))
		s = strconv.FormatFloat(v, 'e', max(0, digits), 64)
		s = strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
	}
	return minus(s)
}

// minus replaces hyphens in a number by minus signs.
func minus(s string) string { return strings.ReplaceAll(s, "-", "\u2212") }
