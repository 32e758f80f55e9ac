package dataset

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// The handwriting has as many images as its name says, and they are those of the set with that name alone.
func TestSizedHandwriting(t *testing.T) {
	d, err := Open(t.Context(), Options{Data: "handwriting-1000000"})
	if err != nil {
		t.Fatal(err)
	}
	if d.Name != "handwriting-1000000" || d.Train.Len() != 1_000_000 || d.Test.Len() != 1_000_000 || !Named(d.Name) {
		t.Errorf("got %+v", d)
	}
	whole, err := Open(t.Context(), Options{Data: "handwriting"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := make([]float32, 784), make([]float32, 784)
	for _, i := range []int{0, 9999} {
		if err := d.Test.Example(0, i, a, nil); err != nil {
			t.Fatal(err)
		}
		if err := whole.Test.Example(0, i, b, nil); err != nil {
			t.Fatal(err)
		}
		if [784]float32(a) != [784]float32(b) || d.Test.Label(i) != whole.Test.Label(i) {
			t.Errorf("image %d is not that of the handwriting", i)
		}
	}
	for _, name := range []string{"handwriting-0", "handwriting-01", "handwriting--1", "handwriting-x", "handwriting-1000000001", "handwriting-"} {
		if Named(name) {
			t.Errorf("%s is the name of a set", name)
		}
	}
	if _, err := Open(t.Context(), Options{Data: "handwriting-5", Color: images.RGB}); err == nil || !strings.Contains(err.Error(), "want grey images") {
		t.Errorf("in colour: %v", err)
	}
}

// On demand the handwriting is the same, but not in memory.
func TestOnDemand(t *testing.T) {
	d, err := Open(t.Context(), Options{Data: "handwriting", OnDemand: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, kept := d.Train.(*images.Set); kept || d.Name != "handwriting" || d.Train.Len() != 60000 || d.Test.Len() != 10000 {
		t.Errorf("on demand the handwriting is %T of %d and %d images, with the name %s", d.Train, d.Train.Len(), d.Test.Len(), d.Name)
	}
	whole, err := Open(t.Context(), Options{Data: "handwriting"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := make([]float32, 784), make([]float32, 784)
	for _, i := range []int{0, 31234, 59999} {
		if err := d.Train.Example(0, i, a, nil); err != nil {
			t.Fatal(err)
		}
		if err := whole.Train.Example(0, i, b, nil); err != nil {
			t.Fatal(err)
		}
		if [784]float32(a) != [784]float32(b) || d.Train.Label(i) != whole.Train.Label(i) {
			t.Errorf("image %d is another one", i)
		}
	}
	if d, err = Open(t.Context(), Options{Data: "handwriting", OnDemand: true, Color: images.RGB}); err != nil || d.Train.Size().Channels != 3 {
		t.Errorf("in colour: %v", err)
	}
}
