package bench

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
)

// BenchmarkShards prints how much longer a step takes if its batch of 256 is cut into shards, whose gradients are
// added in a fixed order: what one machine pays for the bits of many.
func BenchmarkShards(b *testing.B) {
	all := workloads()
	for _, a := range autoencoder.Architectures() {
		if a.Name == "vae" || a.Name == "codec" {
			all = append(all, workload{name: a.Name + "-256", config: a.New(), loss: a.Training.Loss})
		}
	}
	for _, w := range all {
		if w.rows == 32 || w.rows == 1024 {
			continue
		}
		name := w.name[:strings.LastIndex(w.name, "-")]
		w.rows = 256
		plain := w.onGraph(b)
		for _, shards := range []int{1, 8} {
			w.shards = shards
			b.Run(fmt.Sprintf("%s/%d:none", name, shards), func(b *testing.B) { ratio(b, w.onGraph(b), plain) })
		}
	}
}
