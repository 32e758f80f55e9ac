package codec

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

var update = flag.Bool("update", false, "write the files in testdata again")

// vector is a test vector: a file in testdata, and what must be read from it, as JSON beside it.
type vector struct {
	Channels, Height, Width int
	Classes                 []string
	Meta                    map[string]string
	Steps, Offsets          []float32 // of the quantiser
	Names                   []string
	Labels                  []int
	Codes                   [][]int32 // the integers of each image
	Pixels                  [][]int   // the bytes of each image, (height, width, channels)
}

// pattern returns images that integers define.
func pattern(size images.Size, n int) *images.Set {
	s := &images.Set{Name: "pattern", Channels: size.Channels, Height: size.Height, Width: size.Width}
	for i := range n {
		for y := range size.Height {
			for x := range size.Width {
				for c := range size.Channels {
					s.Pixels = append(s.Pixels, byte((x*(i%5)+y*(i%3)*(c+1)+i*7)*16))
				}
			}
		}
		s.Labels = append(s.Labels, byte(i%3))
	}
	return s
}

// golden returns the case of a test vector. Its networks are not trained.
func golden(t testing.TB, name string) (*Model, *images.Set) {
	t.Helper()
	dense := autoencoder.NewTutorial()
	dense.Hidden, dense.Latent, dense.Activation, dense.Output = []int{9}, 3, autoencoder.SiLU, autoencoder.Sigmoid
	var c autoencoder.Config = dense
	size, o := images.Size{Channels: 1, Height: 4, Width: 6}, FitOptions{WeightBits: 8}
	switch name {
	case "conv":
		c, size, o = autoencoder.NewConv(), images.Size{Channels: 3, Height: 8, Width: 16}, FitOptions{WeightBits: 5, Bits: 20}
	case "external":
		o.External = true
	case "learned":
		l := autoencoder.NewCodec()
		l.Hidden, l.DecoderHidden, l.Latent, l.PriorHidden = []int{9}, []int{7}, 3, 5
		c, o.WeightBits = l, 6
	case "lossless", "lossless-colour":
		l := autoencoder.NewLossless()
		l.Embedding, l.Palette, l.Ink, l.Value = 1, 1, []int{}, []int{2}
		c, size, o.WeightBits = l, images.Size{Channels: 1, Height: 4, Width: 5}, 6
		if name == "lossless-colour" {
			size = images.Size{Channels: 3, Height: 2, Width: 3}
		}
	}
	ae, err := c.Build(graph.Shape(size.Shape()))
	if err == nil {
		err = ae.Model.Init(3)
	}
	if err != nil {
		t.Fatal(err)
	}
	if name == "learned" { // codes have several values
		for _, w := range ae.Model.Weights() {
			for i := range w.Data {
				w.Data[i] *= 4
			}
		}
	}
	m, err := Fit(t.Context(), ae, pattern(size, 300), o)
	if err != nil {
		t.Fatal(err)
	}
	return m, pattern(size, 23)
}

var vectors = []string{"dense", "conv", "external", "learned", "named", "lossless", "lossless-colour"}

// The test vectors are read, and they are written again, byte for byte. A change of what is read
// breaks files that people have. A change of what is written must keep them readable, and is then a
// new vector.
func TestGolden(t *testing.T) {
	for _, name := range vectors {
		t.Run(name, func(t *testing.T) {
			m, set := golden(t, name)
			file, _ := write(t, m, set, Options{Chunk: 10, Classes: []string{"one", "two", "three"}, Meta: map[string]string{"made": "by a test"}, NameModel: name == "named"},
				func(i int) string { return fmt.Sprintf("%s-%d.png", name, i) })
			var o ReadOptions
			path := filepath.Join("testdata", name)
			if name == "external" && *update {
				if err := (&graph.File{Model: m.Decoder}).Write(path + ".safetensors"); err != nil {
					t.Fatal(err)
				}
			}
			if name == "external" { // the decoder that the file names
				d, err := graph.ReadFile(path + ".safetensors")
				if err != nil {
					t.Fatal(err)
				}
				o.Decoder = d.Model
			}
			if name == "named" { // the model that the file names
				o.Model = modelOf(t, "dense")
			}
			if *update {
				save(t, path+".gae", file)
				save(t, path+".json", describe(t, file, o))
			}
			want, err := os.ReadFile(path + ".gae")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file, want) {
				t.Errorf("%s.gae: other bytes are written", path)
			}
			content, err := os.ReadFile(path + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(describe(t, want, o), content) {
				t.Errorf("%s.gae: something else is read than %s.json has", path, path)
			}
		})
	}
}

// modelOf returns the model of a test vector's file.
func modelOf(t *testing.T, name string) *Model {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".gae"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := NewReader(file, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &r.model
}

func save(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// describe returns what is read from a file, as JSON with a line for each image.
func describe(t *testing.T, file []byte, o ReadOptions) []byte {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil || f.Damage() != nil {
		t.Fatal(err, f.Damage())
	}
	s, m := f.Size(), f.Model()
	v := vector{Channels: s.Channels, Height: s.Height, Width: s.Width, Classes: f.Classes(), Meta: f.Meta(), Steps: m.Quantizer.Step, Offsets: m.Quantizer.Offset}
	for k := range f.Chunks() {
		loaded, err := f.load(t.Context(), k)
		if err != nil || loaded.lost != nil {
			t.Fatal(err, loaded.lost)
		}
		v.Names, v.Labels = append(v.Names, loaded.Names...), append(v.Labels, loaded.Labels...)
		for i := range loaded.Len {
			v.Codes = append(v.Codes, loaded.codes[i*m.Latents():][:m.Latents()])
		}
	}
	for i := range f.Len() {
		b, err := f.Image(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		pixels := make([]int, len(b))
		for k, p := range b {
			pixels[k] = int(p)
		}
		v.Pixels = append(v.Pixels, pixels)
	}
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("],["), []byte("],\n["))
	return append(bytes.ReplaceAll(text, []byte(`,"`), []byte(",\n\"")), '\n')
}

// Files have the same bytes with other numbers of threads, and on processors with fewer vector
// instructions.
func TestGoldenOnLesserProcessors(t *testing.T) {
	if runtime.GOARCH != "amd64" || testing.Short() {
		t.Skip("only amd64 can hide parts of itself, and -short leaves it out")
	}
	for _, env := range []string{
		"GOMAXPROCS=1", "GOMAXPROCS=7",
		"GODEBUG=cpu.avx512f=off",
		"GODEBUG=cpu.avx512f=off,cpu.avx2=off,cpu.fma=off",
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^Test(Golden|SelfTest|TrainedCodec|TrainedCodecRefined|TrainedCodecLossless)$", "-test.v")
		cmd.Env = append(os.Environ(), env)
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Count(string(out), "\n--- PASS: Test") != 5 {
			t.Errorf("with %s: %v\n%s", env, err, out)
		}
	}
}

// A codec of a trained model, and a file of it, have the same bytes everywhere.
func TestTrainedCodec(t *testing.T) {
	for bits, want := range map[int]string{
		0: "97da473ea61d2b33343b5cfc1297d83eee22ad5dbf8b9e9268326acd39a33810",
		6: "d2572ad20c163737b07f381788a225ceb4fab841f7590a240b41159c9444f49b",
	} {
		m := fit(t, small(), FitOptions{WeightBits: bits})
		file, _ := write(t, m, small().test, Options{}, numbered)
		if got := hash(file); got != want {
			t.Errorf("%d bits: the file's SHA-256 is %s, want %s as on every processor", bits, got, want)
		}
	}
}
