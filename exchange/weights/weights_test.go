package weights

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// mixed is a model of every layer with weights that other libraries have, for coloured images.
func mixed(t *testing.T) *graph.Model {
	t.Helper()
	x := graph.Input("in", 4, 4, 6)
	y := graph.Conv2D("conv", x, 8, graph.Pair{3, 2}, graph.Same, graph.Groups(2), graph.NoBias)
	y = graph.LayerNorm("layernorm", graph.BatchNorm("norm", y))
	y = graph.BatchNorm("flatnorm", graph.Flatten("flatten", y))
	y = graph.Dense("code", graph.Tanh("tanh", y), 5)
	y = graph.ReLU("relu", graph.Dense("back", y, 8*4*6))
	y = graph.ConvTranspose2D("up", graph.Reshape("image", y, 8, 4, 6), 3, 3, graph.Same)
	m := graph.New("net.a_model", x, y)
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Weights() {
		for i := range w.Data {
			w.Data[i] += float32(i) // all numbers of a weight differ
		}
	}
	return m
}

func TestNames(t *testing.T) {
	m := mixed(t)
	for l, want := range map[Layout]string{
		PyTorch: "net_a.conv.weight (8, 2, 3, 2), net_a.norm.weight (8), net_a.norm.bias (8), net_a.norm.running_mean (8), net_a.norm.running_var (8), " +
			"net_a.layernorm.weight (8), net_a.layernorm.bias (8), net_a.flatnorm.weight (192), net_a.flatnorm.bias (192), net_a.flatnorm.running_mean (192), " +
			"net_a.flatnorm.running_var (192), net_a.code.weight (5, 192), net_a.code.bias (5), net_a.back.weight (192, 5), net_a.back.bias (192), " +
			"net_a.up.weight (8, 3, 3, 3), net_a.up.bias (3)",
		Keras: "net.a/conv/kernel (3, 2, 2, 8), net.a/norm/gamma (8), net.a/norm/beta (8), net.a/norm/moving_mean (8), net.a/norm/moving_variance (8), " +
			"net.a/layernorm/gamma (8), net.a/layernorm/beta (8), net.a/flatnorm/gamma (192), net.a/flatnorm/beta (192), net.a/flatnorm/moving_mean (192), " +
			"net.a/flatnorm/moving_variance (192), net.a/code/kernel (192, 5), net.a/code/bias (5), net.a/back/kernel (5, 192), net.a/back/bias (192), " +
			"net.a/up/kernel (3, 3, 3, 8), net.a/up/bias (3)",
	} {
		all, _, err := Arrange(m, l, images.Size{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range all {
			got = append(got, fmt.Sprintf("%s %v", a.Name, graph.Shape(a.Shape)))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s has\n%s, want\n%s", l, text, want)
		}
	}
	all, _, err := Arrange(m, Own, images.Size{})
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range m.Weights() {
		if all[i].Name != w.Name || !w.Shape.Equal(all[i].Shape) || !slices.Equal(all[i].Values(), w.Data) {
			t.Errorf("weight %s of shape %v became %s of %v", w.Name, w.Shape, all[i].Name, all[i].Shape)
		}
	}
}

// find returns the tensor of a weight.
func find(t *testing.T, all []Tensor, weight string) Tensor {
	t.Helper()
	i := slices.IndexFunc(all, func(a Tensor) bool { return a.Weight.Name == weight })
	if i < 0 {
		t.Fatalf("there is no %s", weight)
	}
	return all[i]
}

// Keras flattens images pixel by pixel, we channel by channel: rows of the kernel behind a Flatten move,
// and what lies between the two layers moves with them. So do the columns before a Reshape.
func TestFlattenedInKeras(t *testing.T) {
	m := mixed(t)
	all, _, err := Arrange(m, Keras, images.Size{})
	if err != nil {
		t.Fatal(err)
	}
	norm, code, back, bias := find(t, all, "net.a/flatnorm/mean"), find(t, all, "net.a/code/kernel"), find(t, all, "net.a/back/kernel"), find(t, all, "net.a/back/bias")
	norms, codes, backs, biases := norm.Values(), code.Values(), back.Values(), bias.Values()
	const channels, height, width, units = 8, 4, 6, 5
	for c := range channels {
		for h := range height {
			for w := range width {
				here, there := (c*height+h)*width+w, (h*width+w)*channels+c
				if norms[there] != norm.Weight.Data[here] || biases[there] != bias.Weight.Data[here] {
					t.Fatalf("channel %d, row %d, column %d: a norm or a bias is in another order", c, h, w)
				}
				for u := range units {
					if codes[there*units+u] != code.Weight.Data[here*units+u] || backs[u*192+there] != back.Weight.Data[u*192+here] {
						t.Fatalf("channel %d, row %d, column %d, unit %d: a kernel is in another order", c, h, w, u)
					}
				}
			}
		}
	}
}

// A model that counts pixel by pixel itself, as an imported one, is as Keras has it, and its rows move in PyTorch.
func TestFlattenedByPixels(t *testing.T) {
	x := graph.Input("in", 3, 2, 2)
	m := graph.New("m", x, graph.Dense("dense", graph.FlattenIn(graph.PixelByPixel, "flatten", x), 1, graph.NoBias))
	if err := m.Init(1); err != nil {
		t.Fatal(err)
	}
	own := m.Weights()[0].Data
	for i := range own {
		own[i] = float32(i)
	}
	for l, want := range map[Layout][]float32{Keras: own, PyTorch: {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}} {
		all, _, err := Arrange(m, l, images.Size{})
		if err != nil || !slices.Equal(all[0].Values(), want) {
			t.Errorf("%s: got %v (%v), want %v", l, all[0].Values(), err, want)
		}
	}
}

// A coloured image that is a vector has its numbers pixel by pixel here, and in PyTorch channel by channel.
func TestFlatImagesInPyTorch(t *testing.T) {
	size := images.Size{Channels: 3, Height: 8, Width: 5}
	ae, err := autoencoder.NewDeep().Build(size.Shape())
	if err != nil {
		t.Fatal(err)
	}
	if err := ae.Model.Init(1); err != nil {
		t.Fatal(err)
	}
	all, notes, err := Arrange(ae.Model, PyTorch, size)
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0], "x.flatten(1)") {
		t.Fatalf("notes %q, error %v", notes, err)
	}
	first, last := find(t, all, "encoder/encoder_dense_1/kernel"), find(t, all, "decoder/decoder_dense_4/kernel")
	firsts, lasts := first.Values(), last.Values()
	for c := range 3 {
		for p := range 40 {
			here, there := p*3+c, c*40+p
			for u := range 1000 {
				if firsts[u*120+there] != first.Weight.Data[here*1000+u] || lasts[there*1000+u] != last.Weight.Data[u*120+here] {
					t.Fatalf("channel %d, pixel %d, unit %d: another order", c, p, u)
				}
			}
		}
	}
}

// What is arranged for another library comes back as it was, for all architectures.
func TestBack(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		for _, channels := range []int{1, 3} {
			ae, err := a.New().Build(graph.Shape{channels, 8, 8})
			if err != nil {
				t.Fatal(err)
			}
			if err := ae.Model.Init(1); err != nil {
				t.Fatal(err)
			}
			for _, l := range Layouts() {
				all, _, err := Arrange(ae.Model, l, images.Size{Channels: channels, Height: 8, Width: 8})
				if err != nil {
					t.Fatalf("%s: %v", a.Name, err)
				}
				for i, w := range ae.Model.Weights() {
					own, err := all[i].Own(all[i].Values())
					if err != nil || all[i].Weight != w || !slices.Equal(own, w.Data) || graph.Shape(all[i].Shape).Size() != len(w.Data) {
						t.Fatalf("%s, %s: %s does not come back (%v)", a.Name, l, w.Name, err)
					}
				}
			}
		}
	}
	if _, err := (Tensor{Name: "a", Weight: mixed(t).Weights()[0]}).Own(nil); err == nil {
		t.Error("a tensor of no numbers was taken")
	}
}

// A vector that must have two orders, and what Keras lacks, is refused.
func TestRefused(t *testing.T) {
	for want, build := range map[string]func(x *graph.Node) *graph.Node{
		`another for "sample"`: func(x *graph.Node) *graph.Node {
			return graph.GaussianSample("sample", graph.Flatten("flatten", x), 1)
		},
		`layer "other"`: func(x *graph.Node) *graph.Node { return graph.Reshape("other", x, 8, 2, 2) },
		"got 2 groups":  func(x *graph.Node) *graph.Node { return graph.ConvTranspose2D("up", x, 4, 3, graph.Groups(2)) },
	} {
		x := graph.Input("in", 2, 4, 4)
		m := graph.New("m", x, build(x))
		if err := m.Init(1); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Arrange(m, PyTorch, images.Size{}); err != nil {
			t.Errorf("PyTorch: %v", err)
		}
		if _, _, err := Arrange(m, Keras, images.Size{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %s", err, want)
		}
	}
}

func TestWritten(t *testing.T) {
	m := mixed(t)
	all, _, err := Arrange(m, PyTorch, images.Size{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.safetensors")
	if err := WriteSafetensors(path, PyTorch, all, map[string]string{"k": "v"}); err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.ReadFile(path)
	if err != nil || f.Metadata["format"] != "pt" || f.Metadata["k"] != "v" || !strings.HasPrefix(f.Metadata["names"], `["net_a.conv.weight","net_a.norm.weight",`) {
		t.Fatalf("the metadata are %q (%v)", f.Metadata, err)
	}
	if err := WriteSafetensors(path, PyTorch, all, map[string]string{"format": "tf"}); err == nil {
		t.Error("another format was taken into the metadata")
	}
	zipped := filepath.Join(t.TempDir(), "a.npz")
	if err := WriteNumPy(zipped, all); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(zipped)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	a, err := npy.OpenArchive(in, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range a.Names() {
		got, err := a.Read(name)
		if err != nil || name != all[i].Name || !slices.Equal(got.Shape, all[i].Shape) || !slices.Equal(got.Data, all[i].Values()) {
			t.Errorf("array %d is %s of shape %v (%v)", i, name, got.Shape, err)
		}
	}
	for _, s := range f.Tensors {
		i := slices.IndexFunc(all, func(a Tensor) bool { return a.Name == s.Name })
		if i < 0 || !slices.Equal(all[i].Shape, s.Shape) || !slices.Equal(all[i].Values(), s.Data) {
			t.Errorf("tensor %s differs", s.Name)
		}
	}
}
