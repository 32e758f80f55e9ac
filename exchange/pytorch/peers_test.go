package pytorch

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/weights"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/random"
)

// Every architecture, and a model of every other layer, is in real PyTorch what it is here, by its exported
// module and weights.
func TestPeersModule(t *testing.T) {
	python := os.Getenv("PEERS_PYTHON")
	if python == "" {
		t.Skip("NOT TESTED AGAINST REAL PYTORCH: PEERS_PYTHON is not set; make exchange sets it")
	}
	dir, args := t.TempDir(), []string{"testdata/peers_module.py"}
	add := func(name string, ae *autoencoder.Autoencoder, size images.Size) {
		folder := filepath.Join(dir, name)
		exported(t, folder, ae, size)
		args = append(args, folder)
	}
	for _, a := range autoencoder.Architectures() {
		if a.Name == "lossless" { // its encoder and decoder pass the image on
			continue
		}
		for _, size := range []images.Size{{Channels: 1, Height: 12, Width: 12}, {Channels: 3, Height: 16, Width: 8}} {
			ae, err := autoencoder.Build(a.New(), size.Shape())
			if err != nil {
				t.Fatal(err)
			}
			add(fmt.Sprintf("%s-%d", a.Name, size.Channels), ae, size)
		}
	}
	padded := autoencoder.NewStrided()
	padded.Padding, padded.Epsilon = autoencoder.OnePadding, 1e-5
	size := images.Size{Channels: 3, Height: 8, Width: 12}
	ae, err := padded.Build(size.Shape())
	if err != nil {
		t.Fatal(err)
	}
	add("conv-strided-torch", ae, size)
	add("layers", layers(t), images.Size{Channels: 4, Height: 9, Width: 10})
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// layers is an autoencoder with the layers and settings that no architecture has.
func layers(t *testing.T) *autoencoder.Autoencoder {
	t.Helper()
	in := graph.Input("in", 4, 9, 10)
	x := graph.Conv2D("a", graph.ZeroPad2D("zeros", in, 1, 0, 2, 1), 6, graph.Pair{2, 3}, graph.Same, graph.Stride(graph.Pair{1, 2}), graph.Groups(2), graph.Dilation(graph.Pair{2, 1})) // (6, 10, 7)
	x = graph.AveragePool2D("mean", graph.ELU("elu", x, 0.7), 3, 2, graph.Same)                                                                                                          // (6, 5, 4)
	x = graph.MaxPool2D("max", graph.EdgePad2D("edge", x, 1, 2, 0, 1), 2, 2, graph.Same)                                                                                                 // (6, 4, 3)
	x = graph.LayerNorm("norm", graph.Softplus("softplus", graph.Dense("code", graph.FlattenIn(graph.PixelByPixel, "flat", x), 5)), graph.Epsilon(0.01))
	encoder := graph.New("encoder_model", in, x)
	code := graph.Input("code_in", 5)
	y := graph.BatchNorm("flatnorm", graph.Dense("back", code, 6*3*2, graph.NoBias), graph.Momentum(0.9))
	y = graph.ReshapeIn(graph.PixelByPixel, "image", graph.Tanh("tanh", y), 6, 3, 2)
	y = graph.UpSample2D("up", y, graph.Pair{2, 3}, graph.Bilinear)                                                                         // (6, 6, 6)
	y = graph.ConvTranspose2D("b", graph.SiLU("silu", y), 8, graph.Pair{4, 3}, graph.Padding(1), graph.Groups(2))                           // (8, 7, 6)
	y = graph.ConvTranspose2D("c", y, 4, graph.Pair{1, 3}, graph.Same, graph.Stride(2), graph.NoBias, graph.KernelInit(graph.GlorotNormal)) // (4, 14, 12)
	y = graph.Sigmoid("sigmoid", graph.Crop2D("crop", y, 2, 3, 1, 1))                                                                       // (4, 9, 10)
	ae, err := autoencoder.Join(encoder, graph.New("decoder_model", code, y))
	if err != nil {
		t.Fatal(err)
	}
	return ae
}

// exported writes what peers_module.py reads.
func exported(t *testing.T, folder string, ae *autoencoder.Autoencoder, size images.Size) {
	t.Helper()
	r := random.New(1, folder[len(filepath.Dir(folder)):])
	if err := ae.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	for _, w := range ae.Model.Weights() {
		for i := range w.Data {
			w.Data[i] = 1.6*w.Data[i] + 0.5*(r.Float32()-0.5)/float32(w.Shape[0]) // as if trained: no bias is zero, no norm neutral
		}
	}
	if err := os.Mkdir(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteModule(filepath.Join(folder, "module.py"), ae); err != nil {
		t.Fatal(err)
	}
	all, _, err := weights.Arrange(ae.Model, weights.PyTorch, size)
	if err != nil {
		t.Fatal(err)
	}
	if err := weights.WriteSafetensors(filepath.Join(folder, "model.safetensors"), weights.PyTorch, all, nil); err != nil {
		t.Fatal(err)
	}
	const rows = 3
	x := make([]float32, rows*ae.Model.In().Size())
	for i := range x {
		x[i] = r.Float32()
	}
	code, err := ae.Encoder.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	y, err := ae.Decoder.Predict(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Max(y)-slices.Min(y) < 0.02 {
		t.Errorf("%s predicts numbers from %v to %v, which compare nothing", folder, slices.Min(y), slices.Max(y))
	}
	for name, data := range map[string][]float32{"x.npy": x, "y.npy": y} {
		err := atomicfile.Write(filepath.Join(folder, name), func(w io.Writer) error {
			return npy.Write(w, npy.Array{Shape: []int{rows, size.Height, size.Width, size.Channels}, Data: data})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(ae.Model.In()) == 1 {
		if err := os.WriteFile(filepath.Join(folder, "flat"), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
