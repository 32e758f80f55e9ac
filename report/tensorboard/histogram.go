package tensorboard

import (
	"encoding/binary"
	"math"
	"slices"
)

// buckets is how many buckets a histogram has. TensorBoard's own have as many.
const buckets = 30

// histogram shows how often numbers are how large. It has the form of TensorBoard's histogram plugin:
// a tensor of shape (buckets, 3), with the left edge, the right edge and the count of each bucket.
// If all numbers are the same, they are in the last bucket, and all edges are that number. ok is
// false without a finite number.
func histogram(tag string, numbers []float32, description string) (v value, ok bool) {
	finite := make([]float64, 0, len(numbers))
	for _, x := range numbers {
		if f := float64(x); !math.IsNaN(f) && !math.IsInf(f, 0) {
			finite = append(finite, f)
		}
	}
	if len(finite) == 0 {
		return v, false
	}
	low, high := slices.Min(finite), slices.Max(finite)
	counts := make([]float64, buckets)
	for _, x := range finite {
		at := buckets - 1
		if high > low {
			at = min(at, int((x-low)/(high-low)*buckets))
		}
		counts[at]++
	}
	var content []byte
	edge := func(i int) float64 {
		if i == buckets {
			return high
		}
		return low + (high-low)*float64(i)/buckets
	}
	for i, n := range counts {
		for _, x := range []float64{edge(i), edge(i + 1), n} {
			content = binary.LittleEndian.AppendUint64(content, math.Float64bits(x))
		}
	}
	return value{tag: tag, plugin: "histograms", description: description, body: tensor(float64Type, content, buckets, 3)}, true
}
