package figure

import (
	"math"
	"testing"
)

func TestHistogramText(t *testing.T) {
	values, labels := []float64{10, 20, 30, 60}, []int{0, 2, 2, 0}
	for _, c := range []struct {
		f          Histogram
		want, deny []string
	}{
		{Histogram{XLabel: "bits", Values: values}, []string{"|all|", "|mean 30.0 of 4|", "|bits|"}, []string{"of 2", "labels"}},
		{Histogram{Values: values, Labels: labels}, []string{"|all|", "|0|", "|2|", "|mean 35.0 of 2|", "|mean 25.0 of 2|"}, []string{"|1|"}},
		{Histogram{Values: values, Labels: labels, Names: []string{"cat", "dog", "cow"}}, []string{"|cat|", "|cow|"}, []string{"dog"}},
		{Histogram{Values: normal(400), Labels: upTo(400)}, []string{"30 of 400 labels: those with the greatest means", "|mean 100."}, nil},
	} {
		wantTexts(t, c.f, c.want, c.deny)
	}
}

// If labels are left out, those with the greatest means stay, in the order of their numbers.
func TestHistogramKeepsTheGreatest(t *testing.T) {
	f := Histogram{Labels: upTo(100)}
	for i := range 100 {
		f.Values = append(f.Values, float64((i*37)%100))
	}
	bands, _ := f.bands()
	if len(bands) != maxBands+1 || bands[0].name != "all" {
		t.Fatalf("%d bands, the first is %q", len(bands), bands[0].name)
	}
	for i, b := range bands[1:] {
		if b.mean < 70 || b.label != int(b.values[0])*73%100 || i > 0 && b.label <= bands[i].label {
			t.Errorf("band %d is label %d with a mean of %v", i, b.label, b.mean)
		}
	}
}

// The tallest bar of each band fills it, and bars are where their values are.
func TestHistogramBars(t *testing.T) {
	img := drawPNG(t, Histogram{Values: []float64{0, 0, 0, 10}, Labels: []int{0, 0, 0, 1}})
	first, second := where(img, ten[0]), where(img, ten[1])
	if first.Empty() || second.Empty() || second.Min.Y < first.Max.Y || second.Min.X < first.Max.X || second.Dy() < first.Dy()-2 {
		t.Errorf("the bars are at %v and %v", first, second)
	}
}

func TestHistogramErrors(t *testing.T) {
	wantError(t, map[string]drawer{
		"one or more values|got 0 and 0":        Histogram{},
		"a label for each|got 2 and 1":          Histogram{Values: []float64{1, 2}, Labels: []int{1}},
		"finite values, got NaN as value 1":     Histogram{Values: []float64{1, math.NaN()}},
		"from 0 to 999, got -1 for value 0":     Histogram{Values: []float64{1}, Labels: []int{-1}},
		"labels from 0 to 1, got 2 for value 0": Histogram{Values: []float64{1}, Labels: []int{2}, Names: []string{"a", "b"}},
	})
}
