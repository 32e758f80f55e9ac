package autoencoder_test

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// equal is four equal images.
type equal struct{ coloured }

func (equal) Example(_, _ int, x, _ []float32) error { return coloured{}.Example(0, 1, x, nil) }

// A code that hardly depends on the image has collapsed. In a variational autoencoder, a variance of
// the means below 0.01 is that.
func TestCollapsed(t *testing.T) {
	for _, c := range []struct {
		config autoencoder.Config
		factor float32 // of the weights that give the code
		want   bool
	}{
		{autoencoder.NewDeep(), 1, false}, {autoencoder.NewDeep(), 1e-2, false}, {autoencoder.NewDeep(), 0, true},
		{autoencoder.NewVAE(), 10, false}, {autoencoder.NewVAE(), 1e-2, true},
	} {
		ae, err := c.config.Build(graph.Shape{3, 8, 16})
		if err != nil {
			t.Fatal(err)
		}
		if err := ae.Model.Init(1); err != nil {
			t.Fatal(err)
		}
		var last []float32 // the kernel of the encoder's last dense layer
		for _, w := range ae.Encoder.Weights() {
			if strings.HasSuffix(w.Name, "/kernel") {
				last = w.Data
			}
			if strings.HasSuffix(w.Name, "/bias") {
				for i := range w.Data {
					w.Data[i] = 0.3
				}
			}
		}
		for i := range last {
			last[i] *= c.factor
		}
		if got, err := ae.Collapsed(t.Context(), coloured{}); err != nil || got != c.want {
			t.Errorf("%T with the last kernel times %v: collapsed: %v (%v), want %v", c.config, c.factor, got, err, c.want)
		}
		if got, err := ae.Collapsed(t.Context(), equal{}); err != nil || got {
			t.Errorf("%T: equal images have equal codes, but that is no collapse: %v (%v)", c.config, got, err)
		}
	}
}
