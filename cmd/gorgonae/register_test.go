package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// narrow is an architecture that a program adds to the command: its option becomes a flag.
type narrow struct {
	Width int `json:"width" flag:"narrow-width" help:"of narrow: numbers of a code"`
}

func (c *narrow) Build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	if c.Width < 1 {
		return nil, &autoencoder.FieldError{Field: "width", Want: "at least 1", Got: c.Width}
	}
	x, code := graph.Input("image", image...), graph.Input("code", c.Width)
	encoder := graph.New("encoder", x, graph.Dense("narrow", graph.Flatten("flat", x), c.Width))
	y := graph.Reshape("picture", graph.Dense("wide", code, image.Size()), image...)
	return autoencoder.Join(encoder, graph.New("decoder", code, y))
}

func init() {
	autoencoder.Register(autoencoder.Architecture{
		Name:     "narrow",
		About:    "two dense layers",
		New:      func() autoencoder.Config { return &narrow{Width: 3} },
		Training: autoencoder.Training{Loss: train.MSE(), Optimizer: train.NewAdam(0.01), Schedule: train.Constant{}, Epochs: 1, Batch: 8},
		Trial:    graph.Shape{1, 8, 8},
	})
}

// A registered architecture and its flag appear in the help, and train and summary accept them.
func TestRegisteredArchitecture(t *testing.T) {
	workplace(t)
	help := works(t, "train", "-h")
	for _, want := range []string{"\n  narrow        two dense layers\n                --narrow-width 3 --loss mse", "\n --narrow-width int of narrow: numbers of a code"} {
		if !strings.Contains(help, want) && !strings.Contains(regexp.MustCompile(` +`).ReplaceAllString(help, " "), want) {
			t.Errorf("the help lacks %q: %s", want, help)
		}
	}
	if out := works(t, "summary", "--model", "narrow", "--narrow-width", "5"); !strings.Contains(out, "│ code (Input)      │ (None, 5) ") {
		t.Errorf("summary prints %s", out)
	}
	works(t, "train", "--model", "narrow", "--data", "pics", "--narrow-width", "4", "--out", "run")
	m, err := run.Read("run")
	if err != nil || !m.Encoder.Out().Equal(graph.Shape{4}) {
		t.Errorf("the run holds a model with codes of %v (%v)", m.Encoder.Out(), err)
	}
	refused(t, []string{"deep has no --narrow-width: it belongs to narrow"}, "summary", "--model", "deep", "--narrow-width", "5")
	refused(t, []string{"--narrow-width: want at least 1, got 0"}, "summary", "--model", "narrow", "--narrow-width", "0")
	refused(t, []string{"narrow has no --latent: it belongs to tutorial, "}, "summary", "--model", "narrow", "--latent", "5")
}
