package figure

import "gonum.org/v1/plot/vg"

// If a code is one number, each label has a strip that is 1 high. The dots of a strip spread more in
// y where codes are more frequent. So the outline of a strip is a histogram, and every code is a dot.

// strips returns the height and the y axis for one strip per label.
func (f Latent) strips() (vg.Length, axis) {
	n := f.labels()
	height := snap(min(max(28*vg.Length(n), 1.5*vg.Inch), 7*vg.Inch))
	a := axis{hi: float64(n)}
	if len(f.Labels) > 0 {
		a.label = barTitle
		a.ticks = thin(f.labelTicks(), leading*tickSize, height/vg.Length(n))
	}
	return height, a
}

// scatterStrips returns a random y for each code, in the strip of its label. Its largest distance
// from the middle of the strip is proportional to the number of the label's codes near this x.
// uniform draws from [0, 1).
func (f Latent) scatterStrips(x axis, uniform func() float64) []float64 {
	const bins = 150
	counts := make([][bins + 1]float64, f.labels())
	place := func(i int) (bin int, rest float64) {
		at := bins * (float64(f.Codes[i]) - x.lo) / (x.hi - x.lo)
		at = min(max(at, 0), bins-1e-6)
		return int(at), at - float64(int(at))
	}
	for i := range f.Codes {
		c := &counts[f.label(i)]
		b, rest := place(i)
		c[b] += 1 - rest
		c[b+1] += rest
	}
	ys := make([]float64, len(f.Codes))
	for i := range ys {
		label := f.label(i)
		c := &counts[label]
		most := 0.0
		for _, v := range c {
			most = max(most, v)
		}
		b, rest := place(i)
		density := ((1-rest)*c[b] + rest*c[b+1]) / most
		ys[i] = float64(label) + 0.5 + 0.9*density*(uniform()-0.5)
	}
	return ys
}
