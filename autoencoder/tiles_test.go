package autoencoder

import (
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/random"
)

// deepConvolutions is an autoencoder of convolutions whose strides, kernels and paddings differ.
func deepConvolutions(image graph.Shape) (*Autoencoder, error) {
	in := graph.Input("encoder_input", image...)
	x := graph.SiLU("", graph.BatchNorm("", graph.Conv2D("", in, 3, 5, graph.Same, graph.Stride(2))))
	x = graph.AveragePool2D("", graph.ReLU("", graph.Conv2D("", x, 4, 3, graph.Same, graph.Dilation(2))), 3, 2, graph.Same)
	encoder := graph.New("encoder_model", in, graph.Conv2D("", x, 2, 1))
	code := graph.Input("decoder_input", encoder.Out()...)
	y := graph.ConvTranspose2D("", code, 3, 3, graph.Same, graph.Stride(2))
	y = graph.Add("", y, graph.LayerNorm("", y))
	y = graph.UpSample2D("", y, 2, graph.Bilinear)
	return Join(encoder, graph.New("decoder_model", code, graph.Sigmoid("", graph.Conv2D("", y, image[0], 3, graph.Same))))
}

// An image that is computed in parts has the bits of one that is computed as a whole.
func TestTiles(t *testing.T) {
	for name, build := range map[string]func(image graph.Shape) (*Autoencoder, error){
		"conv": NewConv().Build, "another": deepConvolutions,
	} {
		for _, size := range [][2]int{{201, 333}, {300, 64}, {41, 400}, {284, 292}} {
			shape := graph.Shape{2, 28, 28}
			small, err := build(shape)
			if err == nil {
				err = small.Model.Init(3)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range small.Model.Weights() { // zero biases would hide what padding changes
				for k := range w.Data {
					w.Data[k] += 0.05
				}
			}
			a, err := small.Resize(2, size[0], size[1])
			if err != nil {
				t.Fatal(err)
			}
			src := random.New(4, "tiles")
			x := make([]float32, 2*size[0]*size[1])
			for i := range x {
				x[i] = src.Float32()
			}
			core, err := a.bare()
			if err != nil {
				t.Fatal(err)
			}
			const side = 190 // of a part, more than the layers reach
			most := core.Model.Largest() / core.Model.In()[1] / core.Model.In()[2] * side * side
			for _, m := range []*graph.Model{core.Model, core.Encoder, a.Decoder} {
				if tiles, ok := newTiling(m, most); !ok || len(tiles.rows)*len(tiles.columns) < 2 {
					t.Fatalf("%s: images of %v are not divided by %s: %v", name, size, m.Name(), ok)
				}
			}
			same := func(what string, whole, parts []float32, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(whole, parts) {
					t.Errorf("%s: the %s of an image of %v in parts differs from that of the whole", name, what, size)
				}
			}
			whole, _ := a.Model.Predict(t.Context(), x)
			parts, err := a.reconstruct(t.Context(), x, most)
			same("reconstruction", whole, parts, err)
			code, _ := a.Encoder.Predict(t.Context(), x)
			parts, err = a.encodeImages(t.Context(), slices.Concat(x, x), most)
			same("codes", slices.Concat(code, code), parts, err)
			parts, err = decodeAll(t.Context(), a.Decoder, slices.Concat(code, code), most)
			same("decoded images", slices.Concat(whole, whole), parts, err)
		}
	}
}

// Models that look at a whole image are not divided.
func TestTilesOfGlobalModels(t *testing.T) {
	ae, err := NewStrided().Build(graph.Shape{1, 256, 256})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := newTiling(ae.Model, 1000); ok {
		t.Error("a model with a dense layer is divided")
	}
	x := graph.Input("x", 1, 64, 64)
	uneven := graph.New("m", x, graph.UpSample2D("", graph.MaxPool2D("", x, graph.Pair{2, 1}, graph.Pair{2, 1}, graph.Same), graph.Pair{2, 1}, graph.Nearest))
	if _, ok := uneven.Reach(); ok || uneven.Err() != nil {
		t.Errorf("a model with different strides for rows and columns has one reach (%v)", uneven.Err())
	}
}
