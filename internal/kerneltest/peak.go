package kerneltest

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/gorgonae/gorgonae/internal/pool"
	"github.com/gorgonae/gorgonae/internal/simd"
)

// BenchProduct measures f, which does a number of floating-point operations at a level. It reports:
//
//   - GFLOPS and median-GFLOPS: those of the fastest and of the median call;
//   - peak: the multiply-add peak of as many threads with the same instructions, measured between
//     the calls, in GFLOPS;
//   - %peak: the percentage of the peak that the fastest call reaches.
//
// One run is for one number of threads: -cpu 1, and again -cpu 2, rather than -cpu 1,2.
func BenchProduct(b *testing.B, flops float64, level simd.Level, f func()) {
	var times, peaks []time.Duration
	reps := max(1, int(2e5/flops)) // a call of less than some microseconds is timed in a row
	for b.Loop() {
		start := time.Now()
		for range reps {
			f()
		}
		times = append(times, time.Since(start)/time.Duration(reps))
		start = time.Now()
		pool.Run(runtime.GOMAXPROCS(0), peakTask(level))
		peaks = append(peaks, time.Since(start))
	}
	best := flops / float64(slices.Min(times))
	b.ReportMetric(best, "GFLOPS")
	slices.Sort(times)
	b.ReportMetric(flops/float64(times[len(times)/2]), "median-GFLOPS")
	b.ReportMetric(0, "ns/op")
	if one := peakFlops(level); level != simd.Portable && one > 0 {
		peak := one * float64(runtime.GOMAXPROCS(0)) / float64(slices.Min(peaks))
		b.ReportMetric(peak, "peak")
		b.ReportMetric(100*best/peak, "%peak")
	}
}
