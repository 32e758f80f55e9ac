package keras

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// The weights in an .h5 file go by the order of the layers if some names differ, as they do between sessions of
// Keras, which count dense, dense_1, ...: then the dense_1 of the model need not be that of the file.
func TestNamesOfAnotherSession(t *testing.T) {
	values := func(rename bool) (all [][]float32) {
		f, err := open("testdata/convolutional.h5", "")
		if err != nil {
			t.Fatal(err)
		}
		defer f.close()
		text := f.config
		if rename {
			for _, name := range []string{"batch_normalization_1", "batch_normalization"} {
				text = bytes.ReplaceAll(text, []byte(`"`+name+`"`), []byte(`"`+strings.ReplaceAll(name+"_1", "_1_1", "_2")+`"`))
			}
		}
		n, _, err := readNetwork(text)
		if err != nil {
			t.Fatal(err)
		}
		b := newBuilder(nil)
		if _, err := b.model(n, n.name, nil); err != nil {
			t.Fatal(err)
		}
		w, err := f.weights(b, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range b.all(n) {
			all = append(all, w[v])
		}
		return all
	}
	if want, got := values(false), values(true); !slices.EqualFunc(got, want, slices.Equal) {
		t.Error("the weights are others than those of the model with the names in the file")
	}
}
