package figure

import "gonum.org/v1/plot/vg"

// With one latent each label has a strip of its own, 1 high, whose dots are
// spread vertically as far as codes are frequent there: the outline is a
// histogram, and still every code is a dot.

// strips gives the height and the y axis for a strip a label.
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

// scatterStrips gives each code its height on the y axis: within the strip of
// its label, at most as far from the strip's middle as the share of the label's
// codes at this place is of the largest such share. uniform draws from [0, 1).
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
