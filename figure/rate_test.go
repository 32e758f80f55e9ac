package figure

import (
	"math"
	"testing"
)

func rates(curves ...RateCurve) RateDistortion {
	return RateDistortion{Title: "t", XLabel: "bits an image", Numbers: 784, Curves: curves}
}

func TestRateText(t *testing.T) {
	ours := RateCurve{Name: "ours", Bits: []float64{80, 100, 140}, SquaredErrors: []float64{5, 3.6, 2.5}}
	jpeg := RateCurve{Name: "JPEG", Bits: []float64{300, 3000}, SquaredErrors: []float64{20, 0.1}, Colour: 1}
	far := RateCurve{Name: "far", Bits: []float64{30, 40}, SquaredErrors: []float64{90, 80}, Colour: 2}
	png := RateCurve{Name: "PNG", Bits: []float64{1300}, SquaredErrors: []float64{0}, Colour: 3}
	whole := rates(ours, jpeg, far, png)
	part := whole
	part.Least, part.Most = 1, 10
	for _, c := range []struct {
		f          RateDistortion
		want, deny []string
	}{
		{rates(ours), []string{"|PSNR, dB|", "|squared error an image|", "|ours|", "|3|", "|80|"}, []string{"lossless", "|10|"}},
		{whole, []string{"|JPEG|", "|far|", "|PNG, lossless|", "|1000|", "|0.1|", "|20|"}, nil},
		{part, []string{"|JPEG|", "|PNG, lossless|", "|1000|", "|2|"}, []string{"far", "|0.1|", "|50|"}},
	} {
		wantTexts(t, c.f, c.want, c.deny)
	}
}

// A curve is cut where it leaves the errors that are shown. Its ends there are no points of the codec.
func TestCut(t *testing.T) {
	c := RateCurve{Bits: []float64{100, 400, 1600}, SquaredErrors: []float64{16, 4, 1}}
	for _, want := range []struct {
		least, most  float64
		bits, errors []float64
		ends         int
	}{
		{0, math.Inf(1), c.Bits, c.SquaredErrors, 0},
		{2, 8, []float64{200, 400, 800}, []float64{8, 4, 2}, 2},
		{1, 4, []float64{400, 1600}, []float64{4, 1}, 0},
		{8, 12, []float64{100 * math.Pow(4, math.Log(16.0/12)/math.Log(4)), 200}, []float64{12, 8}, 2},
		{20, 30, nil, nil, 0},
	} {
		got := c.cut(want.least, want.most)
		same := len(got.Bits) == len(want.bits) && len(got.ends) == want.ends
		for i := range got.Bits {
			same = same && math.Abs(got.Bits[i]-want.bits[i]) < 1e-9 && got.SquaredErrors[i] == want.errors[i]
		}
		if !same {
			t.Errorf("from %v to %v: got %+v", want.least, want.most, got)
		}
	}
	back := RateCurve{Bits: []float64{1600, 100}, SquaredErrors: []float64{1, 16}}.cut(2, 8)
	if len(back.Bits) != 2 || math.Abs(back.Bits[0]-800) > 1e-9 || math.Abs(back.Bits[1]-200) > 1e-9 {
		t.Errorf("a curve towards larger errors: got %+v", back)
	}
}

func TestRateErrors(t *testing.T) {
	one := RateCurve{Name: "one", Bits: []float64{1}, SquaredErrors: []float64{2}}
	away := rates(one)
	away.Least, away.Most = 3, 4
	wantError(t, map[string]drawer{
		"one or more curves":                   rates(),
		"images of one number or more|0":       RateDistortion{Curves: []RateCurve{one}},
		`curve "a"|got 1, 2 and 0`:             rates(RateCurve{Name: "a", Bits: []float64{1, 2}, SquaredErrors: []float64{1}}),
		`curve "b"|got 0, 0 and 0`:             rates(one, RateCurve{Name: "b"}),
		`"c"|got 0 and 1 in point 0`:           rates(RateCurve{Name: "c", Bits: []float64{0}, SquaredErrors: []float64{1}}),
		`"d"|got 1 and NaN in point 1`:         rates(RateCurve{Name: "d", Bits: []float64{1, 1}, SquaredErrors: []float64{1, math.NaN()}}),
		`"e"|got 1 and 0 in point 1`:           rates(RateCurve{Name: "e", Bits: []float64{1, 1}, SquaredErrors: []float64{1, 0}}),
		`"f"|got +Inf and 1`:                   rates(RateCurve{Name: "f", Bits: []float64{math.Inf(1)}, SquaredErrors: []float64{1}}),
		"a curve that is not lossless":         rates(RateCurve{Bits: []float64{1}, SquaredErrors: []float64{0}}),
		"squared errors from 3 to 4, got none": away,
	})
}
