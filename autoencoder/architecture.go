package autoencoder

import (
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Architecture is an architecture by its name, with what suits it.
type Architecture struct {
	Name     string
	About    string   // in a line
	Options  Options  // the defaults of what can be changed about it
	Training Training // how to train it

	build func(Options) (*Autoencoder, error)
}

// Training is how an architecture is trained where nobody says otherwise. Loss, optimizer, schedule, augmentation and
// binarization are written as packages train and images parse them.
type Training struct {
	Loss      string
	Optimizer string
	Rate      float32 // the learning rate
	Schedule  string
	Epochs    int
	Batch     int
	Augment   string
	Binarize  string
}

// Architectures are all of them, the tutorial's first.
func Architectures() []Architecture {
	return []Architecture{tutorial(), deep(), denoising(), vae(), conv(), strided()}
}

// Find finds an architecture by its name.
func Find(name string) (Architecture, error) {
	var names []string
	for _, a := range Architectures() {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Architecture{}, errors.Errorf("unknown model %q, want one of %s", name, strings.Join(names, ", "))
}

// Build builds the architecture for images of a shape, (channels, height, width). What the options leave out has the
// architecture's defaults.
func (a Architecture) Build(image graph.Shape, o Options) (*Autoencoder, error) {
	o.Image, o.Input = image, image.Size()
	ae, err := a.build(o)
	return ae, errors.WithMessage(err, a.Name)
}
