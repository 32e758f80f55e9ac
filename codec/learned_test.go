package codec

import (
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// smallLearned is a small learned codec.
var smallLearned = sync.OnceValue(func() trained { return learn(smallCodec()) })

func smallCodec() *autoencoder.Codec {
	c := autoencoder.NewCodec()
	c.Hidden, c.DecoderHidden, c.Latent, c.PriorHidden, c.Lambda = []int{64}, []int{32}, 10, 24, 4
	return c
}

func learn(c *autoencoder.Codec) trained {
	return trainFor(c, c.WeighLoss(train.MSE().Sum()), train.NewAdam(3e-3), 32, 4, 1500, 300)
}

// A learned codec keeps its prior, and its files have the size that training reports.
func TestLearned(t *testing.T) {
	w := smallLearned()
	m := fit(t, w, FitOptions{})
	file, info := write(t, m, w.test, Options{Chunk: 100, Measure: true}, nil)
	chunks, errs := readAll(t, file, ReadOptions{})
	if len(chunks) != 3 || len(errs) > 0 {
		t.Fatal(len(chunks), errs)
	}
	sum := uint64(0)
	for k, c := range chunks {
		n := 784
		sum += images.SquaredError(c.Pixels, w.test.Pixels[k*100*n:][:100*n])
	}
	if sum != info.squared {
		t.Errorf("what was read has a sum of squares of %d, what was written %d", sum, info.squared)
	}
	e, err := train.Evaluate(t.Context(), w.ae.Model, w.test, train.MSE().Sum(), 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v, %+v, %.2f bits, error %.3f, trained %+v", m.Report, info.Bytes, info.BitsPerImage(), info.SquaredError(), e)
	_, one := write(t, m, w.test, Options{}, nil)
	if r := one.BitsPerImage() / e.Terms[0].Value; math.Abs(r-1) > 0.01 {
		t.Errorf("%.3f bits an image are written, and the model has %.3f", one.BitsPerImage(), e.Terms[0].Value)
	}
	static := &Model{Size: m.Size, Encoder: m.Encoder, Decoder: m.Decoder, Quantizer: m.Quantizer, network: m.network, rows: m.rows}
	s, err := takeSample(t.Context(), m, w.training, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.prior(static)
	t.Logf("a static prior takes %.2f bits, the conditional one %.2f", static.Report.Bits, m.Report.Bits)
}

// The prior of a file is the one that was written.
func TestConditional(t *testing.T) {
	m := fit(t, smallLearned(), FitOptions{WeightBits: 5})
	p := m.Prior.(*conditional)
	again, err := readPrior(p.Append([]byte{conditionalKind}), p.Latents())
	if err != nil {
		t.Fatal(err)
	}
	codes := make([]int32, 7*p.Latents())
	for i := range codes {
		codes[i] = int32(i*i%11) - 5
	}
	codes[3], codes[20], codes[40] = maxCode, -maxCode, 1000
	b, err := p.Encode(t.Context(), codes)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Prior{p, again} {
		got := make([]int32, len(codes))
		if err := p.Decode(t.Context(), b, got); err != nil || !slices.Equal(got, codes) {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

// All tables are near their distributions.
func TestLogisticTables(t *testing.T) {
	for scale := range scales {
		for fraction := range fractions {
			table := makeLogistic(scale, fraction)
			s := math.Exp(leastScale + scaleStep*float64(scale))
			mean := float64(fraction) / fractions
			sum, bits := 0.0, 0.0
			below := func(v float64) float64 { return 1 / (1 + math.Exp(-(v-mean)/s)) }
			for v := -2000.0; v <= 2000; v++ {
				if p := below(v+0.5) - below(v-0.5); p > 1e-12 {
					bits += p * (table.Bits(int32(v)) + math.Log2(p))
					sum += p
				}
			}
			if bits/sum > 0.01 {
				t.Errorf("scale %d, fraction %d: the table costs %.5f bits too many", scale, fraction, bits)
			}
		}
	}
	for _, c := range []struct {
		mean, logScale float32
		whole          int32
	}{{0, 0, 0}, {-0.01, -9, 0}, {-0.02, 9, -1}, {0.999, 0, 1}, {-3.5, 0, -4}, {1 << 20, 0, 1 << 20}, {-1 << 20, 0, -1 << 20}} {
		if whole, _ := logisticTable(c.mean, c.logScale); whole != c.whole {
			t.Errorf("mean %v: whole part %d, want %d", c.mean, whole, c.whole)
		}
	}
}
