package codec

import (
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
)

// BenchmarkLossless codes a chunk of handwriting without loss, by a network of the standard size that
// is not trained: training changes the bits, and not the work.
func BenchmarkLossless(b *testing.B) {
	ae, err := autoencoder.NewLossless().Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		b.Fatal(err)
	}
	set, _ := handwriting.Draw(1024, 1)
	m, err := Fit(b.Context(), ae, set, FitOptions{WeightBits: 8})
	if err != nil {
		b.Fatal(err)
	}
	q := make([]int32, len(set.Pixels))
	for i, v := range set.Pixels {
		q[i] = int32(v)
	}
	data, err := m.Prior.Encode(b.Context(), q)
	if err != nil {
		b.Fatal(err)
	}
	for name, run := range map[string]func() error{
		"encode": func() error { _, err := m.Prior.Encode(b.Context(), q); return err },
		"decode": func() error { return m.Prior.Decode(b.Context(), data, q) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*set.Len())/b.Elapsed().Seconds(), "images/s")
		})
	}
}
