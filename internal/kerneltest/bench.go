package kerneltest

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// The output of the last layer of the tutorial's autoencoder, on which kernels are measured.
const (
	BenchRows = 256
	BenchCols = 784
)

// A Bench is a kernel to be measured.
type Bench struct {
	Name  string
	Bytes int // that it reads and writes for an element
	Run   func()
}

// BenchKernels reports the bytes that each kernel reads and writes in a second, in the fastest of
// all calls, at each level. Before each kernel it clears z, in which kernels write. Use -cpu 1 for
// one core.
func BenchKernels(b *testing.B, z []float32, kernels []Bench) {
	for _, k := range kernels {
		for _, l := range Levels() {
			b.Run(fmt.Sprintf("%s/%v", k.Name, l), func(b *testing.B) {
				WithLevel(b, l)
				clear(z)
				best := time.Duration(math.MaxInt64)
				for b.Loop() {
					start := time.Now()
					k.Run()
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(k.Bytes*BenchRows*BenchCols)/best.Seconds()/1e9, "best-GB/s")
			})
		}
	}
}
