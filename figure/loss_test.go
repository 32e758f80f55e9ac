package figure

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestLossText(t *testing.T) {
	for _, c := range []struct {
		name       string
		f          Loss
		want, deny []string
	}{
		{"less than a decade is linear", Loss{Train: []float64{0.9, 0.5, 0.1}, Validation: []float64{0.8, 0.5, 0.25}},
			[]string{"|0.2|", "|0.4|", "|0.6|", "|training (final 0.1)|", "|validation (final 0.25)|", "|epoch|"}, nil},
		{"more than a decade is logarithmic", Loss{Train: []float64{1, 0.1, 0.015}},
			[]string{"|0.02|", "|0.05|", "|0.1|", "|0.2|", "|0.5|", "|1|"}, []string{"validation"}},
		{"what is not positive is linear", Loss{Train: []float64{100, 1, 0}}, []string{"|20|", "|0|"}, nil},
		{"one epoch", Loss{Train: []float64{0.5}}, []string{"|1|", "|training (final 0.5)|"}, []string{"|0|", "|2|", "|1.5|"}},
		{"a gap is said", Loss{Train: []float64{1, math.NaN()}, Validation: []float64{math.Inf(1), 2}},
			[]string{"not shown: 2 of 4 values", "(final NaN)"}, nil},
		{"a true minus", Loss{Train: []float64{-1, -2}}, []string{"(final −2)"}, []string{"-"}},
	} {
		text := texts(t, c.f)
		for _, s := range c.want {
			if !strings.Contains(text, s) {
				t.Errorf("%s: want %q in %s", c.name, s, text)
			}
		}
		for _, s := range c.deny {
			if strings.Contains(text, s) {
				t.Errorf("%s: want no %q in %s", c.name, s, text)
			}
		}
	}
}

// A single epoch has no line, so its mark must be there, in the middle of the frame.
func TestOneEpochIsMarked(t *testing.T) {
	img := drawPNG(t, Loss{Train: []float64{0.5}})
	b := img.Bounds()
	b.Min.Y += 150 // below the key
	marked := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Dx() / 3; x < b.Max.X; x++ {
			if p := img.RGBAAt(x, y); p.B > 200 && p.R < 50 {
				marked++
			}
		}
	}
	if marked < 80 {
		t.Errorf("want a dot of about 110 pixels, got %d", marked)
	}
}

func TestLossErrors(t *testing.T) {
	wantError(t, map[string]drawer{
		"at least one epoch":                         Loss{Validation: []float64{1}},
		"validation loss for each of 2 epochs|got 1": Loss{Train: []float64{1, 2}, Validation: []float64{1}},
		"finite loss|none in 2 epochs":               Loss{Train: []float64{math.NaN(), math.Inf(-1)}},
	})
}

func labelsOf(ticks []tick) []string {
	var s []string
	for _, t := range ticks {
		if t.label != "" {
			s = append(s, t.label)
		}
	}
	return s
}

func TestTickLabels(t *testing.T) {
	for _, c := range []struct {
		a    axis
		want string
	}{
		{linear("", 0, 1), "0 0.2 0.4 0.6 0.8 1.0"},
		{linear("", -3, 5), "−3 −2 −1 0 1 2 3 4 5"},
		{linear("", 3, 3), "2.7 2.8 2.9 3.0 3.1 3.2 3.3"},
		{linear("", 0, 4e6), "0 5e5 1.0e6 1.5e6 2.0e6 2.5e6 3.0e6 3.5e6 4.0e6"},
		{linear("", 1, 1.00002), "1.000000 1.000005 1.000010 1.000015 1.000020"},
		{linear("", -2e-5, 1e-5), "−2.0e−5 −1.5e−5 −1.0e−5 −5e−6 0 5e−6 1.0e−5"},
		{epochs(1), "1"},
		{epochs(5), "1 2 3 4 5"},
		{epochs(20), "2 4 6 8 10 12 14 16 18 20"},
		{epochs(30), "1 5 10 15 20 25 30"},
		{logarithmic("", 0.03, 2), "0.05 0.1 0.2 0.5 1 2"},
		{logarithmic("", 1e-6, 1), "1e−6 1e−5 0.0001 0.001 0.01 0.1 1"},
		{logarithmic("", 1e-20, 1), "1e−18 1e−15 1e−12 1e−9 1e−6 0.001 1"},
	} {
		if got := strings.Join(labelsOf(c.a.ticks), " "); got != c.want {
			t.Errorf("from %v to %v: want ticks %s, got %s", c.a.lo, c.a.hi, c.want, got)
		}
	}
}

// For any range the ticks are few, increasing and inside the axis, and no two labels are equal.
func TestTicksOfRandomRanges(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for range 2000 {
		lo := (rnd.Float64() - 0.5) * math.Pow(10, float64(rnd.IntN(60)-30))
		hi := lo + rnd.Float64()*math.Pow(10, float64(rnd.IntN(60)-30))
		axes := []axis{linear("", lo, hi)}
		if lo > 0 {
			axes = append(axes, logarithmic("", lo, max(hi, 10*lo)))
		}
		for _, a := range axes {
			labels := labelsOf(a.ticks)
			if n := len(labels); n < 2 || n > 11 && !a.log || n > 20 || a.lo > lo || a.hi < hi {
				t.Fatalf("%v to %v (log %v) became %v to %v with ticks %q", lo, hi, a.log, a.lo, a.hi, labels)
			}
			if slices.Sort(labels); len(slices.Compact(labels)) != len(labelsOf(a.ticks)) {
				t.Fatalf("%v to %v: labels repeat: %q", lo, hi, labelsOf(a.ticks))
			}
			for i, k := range a.ticks {
				if k.value < a.lo || k.value > a.hi || i > 0 && k.value <= a.ticks[i-1].value {
					t.Fatalf("%v to %v: tick %d at %v", lo, hi, i, k.value)
				}
			}
		}
	}
}
