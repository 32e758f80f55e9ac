package autoencoder_test

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// The divergence of a vae is for a whole image. So a loss averaged over the pixels is refused, unless
// the divergence counts as little.
func TestVAELoss(t *testing.T) {
	image := graph.Shape{1, 28, 28}
	for _, c := range []struct {
		loss string
		kl   float32
		want string // part of the error
	}{
		{"bce:sum", 1, ""}, {"mse:sum", 100, ""}, {"3*mae:sum", 100, ""}, {"mse", 1. / 784, ""}, {"784*mse", 1, ""}, {"mse", 0.01, ""},
		{"bce", 1, `loss: want bce:sum, since the divergence is for a whole image and would outweigh a mean over its pixels (or a kl divided by their number, as 0.0013 for 28 x 28), got "bce"`},
		{"mse", 0.02, "want mse:sum"}, {"10*huber", 1, "want 10*huber:sum, since the divergence is for a whole image and would outweigh a mean over its pixels (or a kl divided by their number, as 0.013"},
	} {
		loss, err := train.ParseLoss(c.loss)
		if err != nil {
			t.Fatal(err)
		}
		v := autoencoder.NewVAE()
		v.Divergence = c.kl
		err = autoencoder.CheckLoss(v, loss, image)
		if c.want == "" && err != nil {
			t.Errorf("%s with kl %v: %v", c.loss, c.kl, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s with kl %v: got the error %v, want %q", c.loss, c.kl, err, c.want)
		}
	}
	if err := autoencoder.CheckLoss(autoencoder.NewDeep(), train.MSE(), image); err != nil {
		t.Errorf("deep with mse: %v", err)
	}
}
