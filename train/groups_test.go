package train_test

import (
	"fmt"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
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

// jitter adds to each row a number that it draws, times a weight.
type jitter struct{ Noisy bool }

func (jitter) Kind() string                                 { return "test.Jitter" }
func (jitter) Shape(in ...graph.Shape) (graph.Shape, error) { return in[0], nil }
func (jitter) Weights(in ...graph.Shape) []graph.Spec {
	return []graph.Spec{{Name: "size", Shape: in[0], Init: graph.Ones, Kept: true}}
}

func (l jitter) Build(b *graph.Builder, in ...*G.Node) *G.Node {
	if b.Mode != graph.Train {
		return in[0]
	}
	noise, size := b.Noise(), b.Weight("size")
	s := op.ShapeOf(in[0])
	drawn := b.Do(op.Op{Name: "Drawn", In: []op.Shape{op.ShapeOf(size)}, Out: s, Noisy: l.Noisy, Run: func(y []float32, x [][]float32) {
		for i := range y {
			y[i] = x[0][i%s[1]] * float32((3**noise.Step+*noise.Place+uint64(i/s[1]))%7)
		}
	}}, size)
	return b.Do(op.Add(2, s), in[0], drawn)
}

// An op that draws from weights alone runs for each group. A layer whose op does not say that it draws is refused: all
// groups would get the same.
func TestGroupsOfNoise(t *testing.T) {
	ds := &table{x: uniform(1, 16, 6)}
	model := func(l jitter) *graph.Model {
		x := graph.Input("x", 6)
		m := graph.New("m", x, graph.Dense("out", graph.Call("jitter", l, x), 6))
		initialise(t, m)
		return m
	}
	cfg := train.Config{Batch: 8, Shards: 4}
	var hashes []string
	for _, plain := range []bool{false, true} {
		m := model(jitter{Noisy: true})
		tr := compile(t, m, train.MSE(), train.NewAdam(0.01), cfg)
		if plain {
			tr.PartByPart()
		}
		fit(t, tr, ds, nil, 2)
		hashes = append(hashes, train.HashWeights(m))
	}
	if hashes[0] != hashes[1] {
		t.Errorf("in groups the weights are %s, part by part %s", hashes[0], hashes[1])
	}
	_, err := train.Compile(model(jitter{}), train.MSE(), train.NewAdam(0.01), cfg)
	wantError(t, err, `layer "jitter"`, "set Noisy in its Op")
}
