package keras_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/keras"
	"github.com/gorgonae/gorgonae/train"
)

// Files of Keras 3 and Keras 2 predict here what they predict there, and go on training as they do.
// testdata/make.py has made them.
func TestFiles(t *testing.T) {
	for _, c := range []struct{ file, config, version string }{
		{"tutorial.keras", "", "3.15.1"}, {"tutorial.h5", "", "3.15.1"}, {"tutorial2.h5", "", "2.21.0"}, {"tutorial.weights.h5", "tutorial.json", ""},
		{"convolutional.keras", "", "3.15.1"}, {"convolutional.h5", "", "3.15.1"}, {"convolutional2.h5", "", "2.21.0"},
		{"branches.keras", "", "3.15.1"}, {"branches.h5", "", "3.15.1"}, {"branches2.h5", "", "2.21.0"},
	} {
		t.Run(c.file, func(t *testing.T) {
			options := keras.Options{}
			if c.config != "" {
				options.Config = "testdata/" + c.config
			}
			m, err := keras.Read("testdata/"+c.file, options)
			if err != nil {
				t.Fatal(err)
			}
			if m.Version != c.version {
				t.Errorf("the version is %q, want %q", m.Version, c.version)
			}
			base := "testdata/" + strings.Split(c.file, ".")[0]
			agreesWith(t, m, base)
			if m.Training.Known != (c.config == "") {
				t.Errorf("the training is known: %v", m.Training.Known)
			}
			if m.Training.Known {
				if m.Training.Steps != 3 || m.Training.Slots == nil {
					t.Errorf("the optimizer has done %d steps, with the state %v", m.Training.Steps, m.Training.Slots)
				}
				continues(t, m, base)
			}
		})
	}
}

// What cannot be taken over is said.
func TestNotes(t *testing.T) {
	for file, want := range map[string]string{
		"convolutional.keras": "the schedule ExponentialDecay of the learning rate is not taken over",
		"tutorial.keras":      "",
	} {
		m, err := keras.Read("testdata/"+file, keras.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.Notes, "; "); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: the notes are %q, want %q", file, got, want)
		}
	}
	m, err := keras.Read("testdata/convolutional.keras", keras.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := m.Training.Optimizer.(train.Adam); !ok || a.Beta1 != 0.8 || a.LearningRate != 0.002 {
		t.Errorf("the optimizer is %v at %v", m.Training.Optimizer, m.Training.Optimizer.Rate())
	}
}

// The tutorial's encoder and decoder are found, a flat model is cut at its smallest layer, and both predict as
// the whole.
func TestParts(t *testing.T) {
	for _, c := range []struct {
		file, note string
		how        autoencoder.Roles
	}{
		{"tutorial.keras", "the encoder is encoder_model, the decoder decoder_model", autoencoder.Roles{}},
		{"convolutional.keras", "the encoder ends with the layer dropout, whose output of (3) is the code", autoencoder.Roles{}},
		{"convolutional.keras", "the encoder ends with the layer flatten", autoencoder.Roles{Bottleneck: "flatten"}},
		{"branches.keras", "the encoder ends with the layer code", autoencoder.Roles{}},
		{"tutorial.keras", "the encoder ends with the layer encoder_output", autoencoder.Roles{Encoder: "encoder_model"}},
	} {
		m, err := keras.Read("testdata/"+c.file, keras.Options{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := autoencoder.Part(m.Model, c.how)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if !strings.HasPrefix(p.Note, c.note) {
			t.Errorf("%s: %q, want %q", c.file, p.Note, c.note)
		}
		base := "testdata/" + strings.Split(c.file, ".")[0]
		x, want := floats(t, base+".x"), floats(t, base+".y")
		code, err := p.Encoder.Predict(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		y, err := p.Decoder.Predict(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range y {
			if math.Abs(float64(v-want[i])) > 1e-5 {
				t.Fatalf("%s in two parts: number %d is %v, want %v", c.file, i, v, want[i])
			}
		}
		for _, w := range m.Weights() {
			if p.Weights[w] == nil {
				t.Errorf("%s: %s has no counterpart", c.file, w.Name)
			}
		}
	}
}

// A file that is not what it should be is refused, with its name and a way out.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	n := 0
	config := func(name string) string {
		n++
		text, err := os.ReadFile("testdata/tutorial.json")
		if err != nil {
			t.Fatal(err)
		}
		from, to, _ := strings.Cut(name, " -> ")
		if !strings.Contains(string(text), from) {
			t.Fatalf("tutorial.json has no %s", from)
		}
		return write(fmt.Sprintf("other%d.json", n), strings.Replace(string(text), from, to, 1))
	}
	weights := "testdata/tutorial.weights.h5"
	for _, c := range []struct{ path, config, want string }{
		{weights, "", "add --config model.json"},
		{"testdata/tutorial.keras", "testdata/tutorial.json", "want no --config for a file that holds the model's configuration"},
		{write("short", "HDF"), "", "less than 8 bytes"},
		{write("text", "no file of any such kind"), "", "HDF5"},
		{write("zip", "PK\x03\x04 and no archive"), "", "zip"},
		{weights, config(`"class_name": "LeakyReLU" -> "class_name": "PReLU"`), `layer "encoder_leakyrelu_1" (PReLU): want a layer that is supported, got PReLU: supported are Activation, ActivityRegularization, Add, `},
		{weights, config(`"units": 8 -> "units": 9`), `want its kernel of shape (36, 9), got (36, 8) at /layers/functional/layers/dense/vars/0`},
		{weights, config(`"activation": "linear" -> "activation": "mish"`), `layer "encoder_dense_1" (Dense): activation: want one of the activations elu, gelu`},
		{weights, config(`"negative_slope" -> "slopes"`), `want a layer without slopes=`},
		{weights, config(`"units": 8 -> "lora_rank": 4, "units": 8`), "want a layer without lora_rank=4: this option is not supported"},
		{weights, config(`"module": "keras.layers", "class_name": "Dense" -> "module": "mine", "class_name": "Dense"`), "one of a class of its own"},
		{weights, config(`"use_bias": true -> "use_bias": false`), "want weights of the model's layers alone, got 1 more: layers/functional/layers/dense/vars/1"},
		{weights, config(`["encoder_input", 0, 0]}}], "kwargs": {} -> ["encoder_output", 0, 0]}}], "kwargs": {}`), "depends on its own output"},
		{weights, config(`["encoder_input", 0, 0]}}], "kwargs": {} -> ["nobody", 0, 0]}}], "kwargs": {}`), `want an input from a layer of the model, got "nobody"`},
		{weights, config(`{"module" -> [{"module"`), "cannot read"},
	} {
		_, err := keras.Read(c.path, keras.Options{Config: c.config})
		if err == nil {
			t.Errorf("%s is read, want an error about %q", c.path, c.want)
		} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("the error is %q, want one about %s that says %q", err, c.path, c.want)
		}
	}
}

// Keras 3.15.1 leaves the optimizer out of the configuration in an archive that is saved after the same model
// was saved as .h5 (saving_utils.model_metadata takes it out of the model's own configuration). The state is in
// the file all the same, under the optimizer's name: then it is taken over, and said.
func TestForgottenOptimizer(t *testing.T) {
	for _, c := range []keras.Options{{}, {Config: "testdata/tutorial.json"}} {
		path := "testdata/forgotten.keras"
		if c.Config != "" {
			path = "testdata/tutorial.weights.h5"
		}
		m, err := keras.Read(path, c)
		if err != nil {
			t.Fatal(err)
		}
		if m.Training.Known || m.Training.Steps != 3 || !strings.Contains(strings.Join(m.Notes, "; "), "the file names the optimizer, Adam, and not its settings") {
			t.Errorf("%s: %d steps, notes %q", path, m.Training.Steps, m.Notes)
		}
		if m.Training.Optimizer.Rate() != 5e-4 { // its value is a variable
			t.Errorf("the rate is %v", m.Training.Optimizer.Rate())
		}
		continues(t, m, "testdata/tutorial")
	}
}
