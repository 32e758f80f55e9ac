package autoencoder_test

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// sizes are heights and widths that the strides of no architecture divide, and some that they do.
var sizes = [][2]int{{1, 1}, {2, 3}, {7, 8}, {8, 7}, {9, 31}, {27, 27}, {28, 28}, {28, 32}, {30, 30}, {100, 75}, {3, 200}, {33, 1}}

// Architectures of convolutions are built for images of any size.
func TestBuildAnySize(t *testing.T) {
	for name, c := range map[string]autoencoder.Config{"conv": autoencoder.NewConv(), "conv-strided": autoencoder.NewStrided()} {
		for _, size := range sizes {
			for _, channels := range []int{1, 3} {
				shape := graph.Shape{channels, size[0], size[1]}
				ae, err := autoencoder.Build(c, shape)
				if err != nil {
					t.Fatalf("%s for images of %v: %v", name, shape, err)
				}
				if !ae.Encoder.In().Equal(shape) || !ae.Model.In().Equal(shape) || !ae.Model.Out().Equal(shape) || !ae.Decoder.Out().Equal(shape) {
					t.Errorf("%s for images of %v takes %v and makes %v", name, shape, ae.Model.In(), ae.Model.Out())
				}
				direct, err := c.Build(shape)
				if err == nil && describe(direct.Model) != describe(ae.Model) {
					t.Errorf("%s for images of %v, which its layers take, has other layers", name, shape)
				}
			}
		}
	}
	if _, err := autoencoder.Build(autoencoder.NewConv(), graph.Shape{1, 0, 8}); err == nil {
		t.Error("a model for images without rows was built")
	}
}

// A model of convolutions takes images of every size, and reconstructs each as if it had been padded
// by hand and cropped.
func TestResizeAnySize(t *testing.T) {
	ae := tiny(t, autoencoder.NewConv()) // for 8 x 8 pixels
	for _, size := range sizes {
		h, w := size[0], size[1]
		fit, err := ae.Resize(1, h, w)
		if err != nil {
			t.Fatalf("%d x %d: %v", h, w, err)
		}
		high, wide := (h+7)/8*8, (w+7)/8*8
		whole, err := ae.Resize(1, high, wide)
		if err != nil {
			t.Fatal(err)
		}
		src := random.New(1, "pixels")
		x := make([]float32, h*w)
		for i := range x {
			x[i] = src.Float32()
		}
		padded := make([]float32, 0, high*wide)
		for i := range high {
			for j := range wide {
				padded = append(padded, x[min(i, h-1)*w+min(j, w-1)])
			}
		}
		got, err := fit.Model.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		all, err := whole.Model.Predict(t.Context(), padded)
		if err != nil {
			t.Fatal(err)
		}
		var want []float32
		for i := range h {
			want = append(want, all[i*wide:][:w]...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d x %d: the reconstruction is not that of the padded image", h, w)
		}
		if again, err := fit.Resize(1, 16, 24); err != nil || describe(again.Model) != describe(mustResize(t, ae, 16, 24).Model) {
			t.Errorf("a model that pads and is resized to a size without padding keeps its borders (%v)", err)
		}
	}
}

// tiny builds a configuration for grey images of 8 x 8 pixels, with weights.
func tiny(t *testing.T, config autoencoder.Config) *autoencoder.Autoencoder {
	t.Helper()
	ae, err := config.Build(graph.Shape{1, 8, 8})
	if err == nil {
		err = ae.Model.Init(1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ae
}

func mustResize(t *testing.T, ae *autoencoder.Autoencoder, height, width int) *autoencoder.Autoencoder {
	t.Helper()
	fit, err := ae.Resize(1, height, width)
	if err != nil {
		t.Fatal(err)
	}
	return fit
}

// What depends on the size says so: a dense model takes no other size, and one of convolutions with
// a dense layer no larger one.
func TestResizeRefuses(t *testing.T) {
	dense := tiny(t, autoencoder.NewDeep())
	if _, err := dense.Resize(1, 7, 7); err == nil {
		t.Error("a dense model for 8 x 8 pixels takes 7 x 7")
	}
	strided := tiny(t, autoencoder.NewStrided())
	if fit, err := strided.Resize(1, 7, 5); err != nil || !fit.Model.Out().Equal(graph.Shape{1, 7, 5}) {
		t.Errorf("conv-strided for 8 x 8 pixels does not take 7 x 5: %v", err)
	}
	if _, err := strided.Resize(1, 9, 8); err == nil {
		t.Error("conv-strided for 8 x 8 pixels takes 9 x 8")
	}
	if _, err := mustResize(t, tiny(t, autoencoder.NewConv()), 8, 8).Resize(3, 8, 8); err == nil {
		t.Error("a model of grey images takes colour")
	}
}
