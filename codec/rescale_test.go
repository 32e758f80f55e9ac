package codec

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

var smallFactorized = sync.OnceValue(func() trained {
	c := smallCodec()
	c.Prior = autoencoder.Factorized
	return learn(c)
})

// A learned codec serves other errors and bits than those it was trained for. More bits make less
// error.
func TestLearnedRates(t *testing.T) {
	for name, w := range map[string]trained{"conditional": smallLearned(), "factorized": smallFactorized()} {
		f, err := NewFitter(t.Context(), w.ae, w.training)
		if err != nil {
			t.Fatal(err)
		}
		native, err := f.Fit(t.Context(), FitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r := native.Report
		for _, o := range []FitOptions{{Bits: 0.8 * r.Bits}, {Bits: 1.3 * r.Bits}, {Error: r.Error + 1}, {Error: r.Decoder + 0.3*(r.Error-r.Decoder)}} {
			m, err := f.Fit(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			got := m.Report
			t.Logf("%s: %+v: %.2f bits, error %.3f; as trained %.2f, %.3f", name, o, got.Bits, got.Error, r.Bits, r.Error)
			if got.Bits > o.Bits && o.Bits > 0 || got.Error > o.Error && o.Error > 0 ||
				got.Bits < 0.95*o.Bits || got.Error < r.Decoder+0.85*(o.Error-r.Decoder) {
				t.Errorf("%s: wanted %+v, got %.2f bits and an error of %.3f", name, o, got.Bits, got.Error)
			}
			// With an error, the decoder is rounded as finely as that needs, so more than the steps differs.
			if o.Bits > 0 && (got.Bits > r.Bits) != (got.Error < r.Error) {
				t.Errorf("%s: %.2f bits have an error of %.3f, and %.2f bits one of %.3f", name, got.Bits, got.Error, r.Bits, r.Error)
			}
			checkDecoded(t, m, w)
		}
		if _, err := f.Fit(t.Context(), FitOptions{Error: r.Decoder / 2}); err == nil || !strings.Contains(err.Error(), "want a squared error of") {
			t.Errorf("an error below that of the model: got %v", err)
		}
	}
}

// checkDecoded checks that a file is decoded to what the writer measured.
func checkDecoded(t *testing.T, m *Model, w trained) {
	t.Helper()
	file, info := write(t, m, w.test, Options{Measure: true}, nil)
	chunks, errs := readAll(t, file, ReadOptions{})
	if len(chunks) != 1 || len(errs) > 0 {
		t.Fatal(len(chunks), errs)
	}
	if sum := images.SquaredError(chunks[0].Pixels, w.test.Pixels); sum != info.squared {
		t.Errorf("what was read has a sum of squares of %d, what was written %d", sum, info.squared)
	}
}

// With steps twice as large, a code q has the distributions of the code 2q, with half their means
// and scales.
func TestRescale(t *testing.T) {
	layer, _, err := codeLayer(smallLearned().ae.Model)
	if err != nil {
		t.Fatal(err)
	}
	priors := [2]*conditional{}
	for i := range priors {
		p, err := fitConditional(t.Context(), layer, i*factorDigits, nil, 0, 8)
		if err != nil {
			t.Fatal(err)
		}
		priors[i] = p.(*conditional)
	}
	fine, coarse := priors[0].Walk(1), priors[1].Walk(1)
	q := []int32{0}
	for i := range priors[0].Latents() {
		m, s := fine.Next([]int32{2 * q[0]})
		m2, s2 := coarse.Next(q)
		if math.Abs(float64(m[0]/2-m2[0])) > 1e-3 || math.Abs(float64(s[0]-math.Ln2-s2[0])) > 2e-2 {
			t.Errorf("latent %d: mean %v and scale %v become %v and %v", i, m[0], s[0], m2[0], s2[0])
		}
		q[0] = int32(i*i%7) - 3
	}
}
