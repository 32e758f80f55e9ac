package autoencoder_test

import (
	"math"
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

// Some latents may be still while others move.
func TestStill(t *testing.T) {
	config := autoencoder.NewDeep()
	config.Latent = 5
	ae, err := config.Build(graph.Shape{3, 8, 16})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		t.Fatal(err)
	}
	var kernel []float32 // of the layer that gives the code, (units, 5)
	for _, w := range ae.Encoder.Weights() {
		if strings.HasSuffix(w.Name, "/kernel") {
			kernel = w.Data
		}
	}
	for i := range kernel {
		if i%5 == 1 || i%5 == 4 {
			kernel[i] = 0
		}
	}
	if still, all, err := ae.Still(t.Context(), coloured{}); err != nil || still != 2 || all != 5 {
		t.Errorf("%d of %d latents are still (%v), want 2 of 5", still, all, err)
	}
	if still, _, err := ae.Still(t.Context(), equal{}); err != nil || still != 0 {
		t.Errorf("of equal images, %d latents are still (%v)", still, err)
	}
}

// Latents of a codec are still if they are so once they are rounded, as the decoder gets them.
func TestStillRounded(t *testing.T) {
	for _, prior := range []autoencoder.Prior{autoencoder.Factorized, autoencoder.Conditional} {
		config := autoencoder.NewCodec()
		config.Prior, config.Latent = prior, 5
		ae, err := config.Build(graph.Shape{3, 8, 16})
		if err == nil {
			err = ae.Model.Init(1)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			step  float32 // of the quantiser
			still int
		}{{1e-3, 0}, {1e3, 5}} {
			for _, w := range ae.Model.Weights() {
				if strings.HasSuffix(w.Name, "/log_step") {
					for i := range w.Data {
						w.Data[i] = float32(math.Log(float64(c.step)))
					}
				}
			}
			if still, all, err := ae.Still(t.Context(), coloured{}); err != nil || still != c.still || all != 5 {
				t.Errorf("%s, steps of %v: %d of %d latents are still (%v), want %d of 5", prior, c.step, still, all, err, c.still)
			}
		}
	}
}

// A code that is the image itself has no latents that could be still: a pixel may be black in all images.
func TestStillOfImages(t *testing.T) {
	ae, err := autoencoder.NewLossless().Build(graph.Shape{3, 8, 16})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		t.Fatal(err)
	}
	if still, all, err := ae.Still(t.Context(), framed{}); err != nil || still != 0 || all != 3*8*16 {
		t.Errorf("%d of %d latents are still (%v), want 0 of 384", still, all, err)
	}
}

// framed is images whose first number is 0.
type framed struct{ coloured }

func (framed) Example(epoch, i int, x, y []float32) error {
	err := coloured{}.Example(epoch, i, x, y)
	x[0] = 0
	return err
}
