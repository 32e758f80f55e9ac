package codec

import (
	"bytes"
	"io"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
)

// Learned codecs of digits write and read so many images a second, and their networks alone compute
// so many.
func BenchmarkLearned(b *testing.B) {
	ae, err := autoencoder.NewCodec().Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	training, _ := handwriting.Draw(4096, 0)
	m, err := Fit(b.Context(), ae, training, FitOptions{WeightBits: 8})
	if err != nil {
		b.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := WriteTo(b.Context(), &file, m, training, nil, Options{}); err != nil {
		b.Fatal(err)
	}
	each := func(b *testing.B) {
		b.ReportMetric(float64(training.Len())*float64(b.N)/b.Elapsed().Seconds(), "images/s")
	}
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if _, err := WriteTo(b.Context(), io.Discard, m, training, nil, Options{}); err != nil {
				b.Fatal(err)
			}
		}
		each(b)
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			r, err := NewReader(bytes.NewReader(file.Bytes()), ReadOptions{})
			if err != nil {
				b.Fatal(err)
			}
			for err == nil {
				_, err = r.Next(b.Context())
			}
			if err != io.EOF {
				b.Fatal(err)
			}
		}
		each(b)
	})
	x := make([]float32, 784*training.Len())
	z := make([]float32, m.Latents()*training.Len())
	b.Run("encoder", func(b *testing.B) {
		for b.Loop() {
			if _, err := m.Encoder.Predict(b.Context(), x); err != nil {
				b.Fatal(err)
			}
		}
		each(b)
	})
	b.Run("decoder", func(b *testing.B) {
		for b.Loop() {
			if _, err := m.Decoder.Predict(b.Context(), z); err != nil {
				b.Fatal(err)
			}
		}
		each(b)
	})
	q := make([]int32, len(z))
	b.Run("prior", func(b *testing.B) {
		for b.Loop() {
			for from := 0; from < len(q); from += 1024 * m.Latents() {
				if _, err := m.Prior.Encode(b.Context(), q[from:][:1024*m.Latents()]); err != nil {
					b.Fatal(err)
				}
			}
		}
		each(b)
	})
}
