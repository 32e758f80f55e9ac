package train_test

import (
	"fmt"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Parts that are computed as groups of one graph end in the bits of parts that are computed one after the
// other, in every architecture: with noise, batch norm, penalties and rates.
func TestGroupsSameBits(t *testing.T) {
	drawn, _ := handwriting.Draw(83, 1)
	for _, a := range autoencoder.Architectures() {
		ds, err := images.Augment(drawn, a.Training.Augmentation, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range []int{32, 43} { // equal parts, and parts that are not; last batches of 19 and 40
			var hashes []string
			for _, plain := range []bool{false, true} {
				ae, err := a.New().Build(graph.Shape{1, 28, 28})
				if err == nil {
					err = ae.Model.Init(1)
				}
				if err != nil {
					t.Fatal(err)
				}
				tr := compile(t, ae.Model, a.Training.Loss, a.Training.Optimizer, train.Config{Batch: batch, Seed: 2, Shards: 8})
				if plain {
					tr.PartByPart()
				}
				h := fit(t, tr, ds, nil, 1)
				if in := tr.InGroups() > 0; in == plain {
					t.Errorf("%s, batches of %d, part by part %v: does a graph compute groups: %v", a.Name, batch, plain, in)
				}
				hashes = append(hashes, train.HashWeights(ae.Model)+fmt.Sprint(" ", h.Epochs[0].Loss))
			}
			if hashes[0] != hashes[1] {
				t.Errorf("%s, batches of %d: in groups the weights and the loss are %s, part by part %s", a.Name, batch, hashes[0], hashes[1])
			}
		}
	}
}
