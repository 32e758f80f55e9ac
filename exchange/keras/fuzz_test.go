package keras

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// configs returns the configurations in the files of testdata.
func configs(t testing.TB) (all [][]byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/tutorial.json")
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, text)
	for _, pattern := range []string{"testdata/*.keras", "testdata/*.h5"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no %s (%v)", pattern, err)
		}
		for _, path := range paths {
			f, err := open(path, "")
			if err != nil {
				continue // weights alone
			}
			all = append(all, f.config)
			f.close()
		}
	}
	return all
}

// No configuration makes the reader fail otherwise than with an error, or makes it allocate weights.
func FuzzConfig(f *testing.F) {
	for _, text := range configs(f) {
		f.Add(text)
	}
	f.Add([]byte(`{"class_name": "Sequential", "config": [{"class_name": "Dense", "config": {"name": "a", "units": 3, "batch_input_shape": [null, 4]}}]}`))
	f.Add([]byte(`{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Conv2DTranspose", "config": {"name": "c", "filters": 3, "kernel_size": 3, "output_padding": 1, "strides": 2, "padding": "same", "batch_input_shape": [null, 4, 5, 6]}}]}}`))
	f.Add([]byte(`{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "SeparableConv2D", "config": {"name": "c", "filters": 3, "kernel_size": [3, 1], "batch_input_shape": [null, 4, 5, 6]}}, {"class_name": "GlobalMaxPooling2D", "config": {"name": "g"}}]}}`))
	f.Add([]byte(`{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Reshape", "config": {"name": "r", "target_shape": [-1, 2], "batch_input_shape": [null, 4]}}, {"class_name": "Rescaling", "config": {"name": "x", "scale": 1}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		n, top, err := readNetwork(text)
		if err != nil {
			return
		}
		b := newBuilder([]int{8, 8})
		m, err := b.model(n, n.name, nil)
		if err != nil {
			return
		}
		for _, v := range b.all(n) {
			if _, err := v.weight(); err != nil {
				t.Error(err)
			}
		}
		for _, w := range m.Weights() {
			if w.Data != nil {
				t.Errorf("%s has values", w.Name)
			}
		}
		readTraining(top.Compile)
	})
}

// No archive makes the reader fail otherwise than with an error.
func FuzzArchive(f *testing.F) {
	for _, path := range []string{"testdata/tutorial.keras", "testdata/tutorial2.h5"} {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	packed := filepath.Join(f.TempDir(), "packed.keras")
	deflate(f, "testdata/tutorial.keras", packed)
	text, err := os.ReadFile(packed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		if m, err := Read(path, Options{}); err == nil {
			if err := m.Ready(); err != nil {
				t.Error(err)
			}
		}
	})
}

// deflate writes an archive again, compressed.
func deflate(t testing.TB, from, to string) {
	t.Helper()
	in, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, m := range in.File {
		r, err := m.Open()
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(m.Name)
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// An archive that somebody packed again is read too.
func TestPacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "packed.keras")
	deflate(t, "testdata/tutorial.keras", path)
	m, err := Read(path, Options{})
	if err != nil || m.Training.Steps != 3 {
		t.Fatalf("%v: %+v", err, m)
	}
}

// The names of classes in paths are those that Keras 3.15.1 makes.
func TestSnakeCase(t *testing.T) {
	for class, want := range map[string]string{"Conv2D": "conv2d", "Conv2DTranspose": "conv2d_transpose", "LeakyReLU": "leaky_re_lu", "ReLU": "re_lu", "ELU": "elu",
		"Functional": "functional", "GlobalAveragePooling2D": "global_average_pooling2d", "InputLayer": "input_layer", "SpatialDropout2D": "spatial_dropout2d", "BatchNormalization": "batch_normalization"} {
		if got := snakeCase(class); got != want {
			t.Errorf("%s is %s, want %s", class, got, want)
		}
	}
}
