package codec

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// trained is a small autoencoder, trained for a second, with its images.
type trained struct {
	ae             *autoencoder.Autoencoder
	training, test *images.Set
}

var small = sync.OnceValue(func() trained {
	c := autoencoder.NewTutorial()
	c.Hidden, c.Latent = []int{24}, 5
	return fitted(c, 2)
})

var smallConv = sync.OnceValue(func() trained { return fitted(autoencoder.NewConv(), 1) })

func fitted(c autoencoder.Config, epochs int) trained {
	return trainFor(c, train.MSE(), train.NewAdam(3e-3), 32, epochs, 1500, 300)
}

// trainFor trains an autoencoder for some epochs of so many images of the handwriting, in batches.
func trainFor(c autoencoder.Config, loss train.Loss, o train.Optimizer, batch, epochs, images, held int) trained {
	ae, err := c.Build(graph.Shape{1, 28, 28})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		panic(err)
	}
	training, test := handwriting.Draw(images, held)
	t, err := train.Compile(ae.Model, loss, o, train.Config{Batch: batch, Seed: 1})
	if err == nil {
		_, err = t.Fit(background, training, test, epochs, train.Hooks{})
	}
	if err != nil {
		panic(err)
	}
	return trained{ae, training, test}
}

// fit makes a codec.
func fit(t testing.TB, w trained, o FitOptions) *Model {
	t.Helper()
	m, err := Fit(t.Context(), w.ae, w.training, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// write returns a file of all images of a set.
func write(t testing.TB, m *Model, set *images.Set, o Options, name func(i int) string) ([]byte, Info) {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, m, o)
	if err == nil {
		err = w.WriteAll(t.Context(), set, name)
	}
	if err == nil {
		err = w.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.Info()
}

// digits are the classes of the handwriting.
var digits = []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}

func numbered(i int) string { return fmt.Sprintf("digits/%05d.png", i) }

func hash(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
