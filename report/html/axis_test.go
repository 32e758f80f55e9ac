package html

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func labels(a axis) (all []string) {
	for _, t := range a.ticks {
		all = append(all, t.label)
	}
	return all
}

// Axes have round ticks within their ends.
func TestAxes(t *testing.T) {
	for _, c := range []struct {
		a    axis
		want string
	}{
		{linear(0.0451, 0.0522, 5), "0.046 0.048 0.050 0.052"},
		{linear(-7, 9, 6), "−5 0 5"},
		{linear(3, 3, 5), "2.8 3.0 3.2"},
		{linear(0, 0, 5), "−1.0 −0.5 0 0.5 1.0"},
		{linear(1e6, 3e6, 5), "1.0e6 1.5e6 2.0e6 2.5e6 3.0e6"},
		{logarithmic(0.01, 100), "0.01 0.1 1 10 100"},
		{logarithmic(0.04, 0.06), "0.040 0.045 0.050 0.055 0.060"},
		{logarithmic(1e-9, 1e9), "1e−9 1e−5 0.1 1000 1e7"},
		{epochs(1), "1"},
		{epochs(4), "1 2 3 4"},
		{epochs(20), "1 5 10 15 20"},
		{epochs(300), "1 50 100 150 200 250 300"},
	} {
		if got := strings.Join(labels(c.a), " "); got != c.want {
			t.Errorf("the axis from %v to %v has %q, want %q", c.a.lo, c.a.hi, got, c.want)
		}
		for _, tick := range c.a.ticks {
			if at := c.a.at(tick.value); !(at >= 0 && at <= 1) {
				t.Errorf("the tick %s is at %v", tick.label, at)
			}
		}
	}
}

// A chart draws what is finite, has a logarithmic scale only for values above 0, and dots only for few epochs.
func TestChart(t *testing.T) {
	v, d, err := Chart{"Loss", "", []Curve{{"a", []float64{1, math.NaN(), 100}}, {"b", []float64{10, 1, math.Inf(1)}}}}.view(0)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Scales) != 2 || strings.Count(v.Scales[1].Lines[0].Path, "M") != 2 || strings.Count(v.Scales[0].Lines[1].Path, "L") != 1 {
		t.Errorf("the scales are %+v", v.Scales)
	}
	if d.Linear[0][1] >= 0 || d.Log[1][2] >= 0 || math.Abs(d.Log[1][0]-0.5) > 1e-5 || !slices.Equal(d.Text[1], []string{"–", "1"}) {
		t.Errorf("the script gets %+v", d)
	}
	if v, d, _ = (Chart{"Loss", "", []Curve{{"a", []float64{-1, 2}}}}).view(0); len(v.Scales) != 1 || d.Log != nil {
		t.Error("a curve below 0 has a logarithmic scale")
	}
	if v, _, err := (Chart{"Loss", "", []Curve{{"a", []float64{math.NaN()}}}}).view(0); v != nil || err != nil {
		t.Errorf("a chart of nothing is drawn (%v)", err)
	}
	long := make([]float64, 2500)
	for i := range long {
		long[i] = 1 / float64(i+1)
	}
	v, _, err = Chart{"Loss", "", []Curve{{"a", long}}}.view(0)
	if err != nil || v.Scales[0].Lines[0].Dots != "" || len(v.Rows) > maxRows+1 || v.Rows[len(v.Rows)-1].Epoch != 2500 {
		t.Errorf("a long chart has %d rows (%v)", len(v.Rows), err)
	}
}

// Outliers do not shrink the rest; strips are histograms within their borders; without labels there is one.
func TestPlane(t *testing.T) {
	p := &Plane{Dims: 2}
	for i := range 300 {
		p.Points = append(p.Points, Point{X: float64(i % 17), Y: float64(i % 13)})
	}
	p.Points[7].X = 1e6
	v, d, err := p.view()
	if err != nil || len(d.X) != 299 || d.Axes[1] > 20 || !strings.HasPrefix(v.Notes[0], "1 of 300 points lie outside") || d.Label != nil || len(v.Layers) != 1 {
		t.Errorf("got %d points to %v, %q (%v)", len(d.X), d.Axes, v.Notes, err)
	}
	if strings.Count(v.Layers[0].Path, "h0") != 299 || v.Sheet != "" || v.GridSheet != "" {
		t.Error("the points are not drawn, or have images that they do not have")
	}
	p = &Plane{Dims: 1, Classes: []string{"a", "b"}}
	for i := range 200 {
		p.Points = append(p.Points, Point{X: math.Sqrt(float64(i)), Label: i % 2, Before: tile(3, 1), After: tile(3, 2)})
	}
	if v, d, err = p.view(); err != nil || d.Images != 200 || len(v.Y) != 2 {
		t.Fatalf("the strips have %d images and %d names (%v)", d.Images, len(v.Y), err)
	}
	for i, y := range d.Y {
		if low := 0.5 * float64(d.Label[i]); y <= low || y >= low+0.5 {
			t.Errorf("point %d of label %d is at %v", i, d.Label[i], y)
		}
	}
	if !strings.HasPrefix(string(v.Sheet), "data:image/jpeg;") {
		t.Errorf("coloured images are %.20s", v.Sheet)
	}
	all := &Plane{Dims: 2, Points: make([]Point, 3), Grid: &Grid{Columns: 2, Rows: 2, Images: []*Image{tile(1, 1), tile(1, 1), tile(1, 1), tile(1, 1)}}}
	if v, d, err = all.view(); err != nil || len(d.X) != 3 || v.GridSheet != "" {
		t.Errorf("codes that are all alike: %v", err)
	}
}
