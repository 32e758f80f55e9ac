package run_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// trained returns a model of the digits of 28 x 28 pixels with codes of 5 numbers, and a folder.
func trained(t *testing.T) (*run.Model, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	s := run.Settings{Architecture: "mine", Config: &mine{5}, Control: run.Control{Seed: 2}, Training: autoencoder.Training{
		Loss: train.MSE(), Optimizer: train.NewAdam(1e-2), Schedule: train.Constant{}, Epochs: 1, Batch: 10}}
	if _, err := begin(t, s, run.Place{Dir: dir}).Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m, dir
}

func arrayFile(t *testing.T, path string, a npy.Array) string {
	t.Helper()
	var b bytes.Buffer
	if err := npy.Write(&b, a); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// ramp returns an array of a shape, with numbers from 0 to less than 1.
func ramp(shape ...int) npy.Array {
	n := 1
	for _, s := range shape {
		n *= s
	}
	a := npy.Array{Shape: shape, Data: make([]float32, n)}
	for i := range a.Data {
		a.Data[i] = float32(i) / float32(n)
	}
	return a
}

// Codes are read with axes of length 1, and one code is a batch of one.
func TestShapesOfCodes(t *testing.T) {
	m, dir := trained(t)
	decode := func(shape ...int) (run.Decoded, error) {
		return m.DecodeFile(t.Context(), arrayFile(t, filepath.Join(dir, "x.npy"), ramp(shape...)))
	}
	for _, c := range []struct {
		shape []int
		n     int
		note  string
	}{
		{[]int{5}, 1, ""}, {[]int{1, 5}, 1, ""}, {[]int{1, 1, 5}, 1, ""}, {[]int{3, 5}, 3, ""}, {[]int{3, 1, 5}, 3, ""}, {[]int{3, 5, 1}, 3, ""},
		{[]int{0, 5}, 0, ""}, {[]int{5, 5}, 5, "read as 5 codes, one a row"},
	} {
		d, err := decode(c.shape...)
		if err != nil || len(d.Pixels) != c.n*d.Size.Numbers() || !strings.Contains(strings.Join(d.Notes, "\n"), c.note) || c.note == "" && len(d.Notes) > 0 {
			t.Errorf("%v: %d numbers, %v, %v", c.shape, len(d.Pixels), d.Notes, err)
		}
	}
	for want, shape := range map[string][]int{
		"save array.T": {5, 3}, "got (5, 1)": {5, 1}, "got (4)": {4}, "got ()": {}, "the shape of images, which encode takes": {2, 28, 28}, "the shape of images": {28, 28},
		"got (784), the shape of images": {784}, "got (2, 6)": {2, 6},
	} {
		if _, err := decode(shape...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %s", shape, err, want)
		}
	}
}

// An array of an archive is named, and has the numbers of the file of the array.
func TestArchives(t *testing.T) {
	m, dir := trained(t)
	write := func(name string, members ...string) string {
		var b bytes.Buffer
		w := npy.NewArchive(&b)
		for i, member := range members {
			if err := w.Add(member, ramp(2+i, 28, 28)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	one, two, misnamed := write("one.npz", "x"), write("two.npz", "x", "faces/y"), write("archive.npy", "x")
	for path, shape := range map[string][]int{one: {2, 28, 28}, one + ":x": {2, 28, 28}, misnamed: {2, 28, 28}, misnamed + ":x": {2, 28, 28}, two + ":faces/y": {3, 28, 28}} {
		want, err := m.EncodeFile(t.Context(), arrayFile(t, filepath.Join(dir, "x.npy"), ramp(shape...)), run.ByShape)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.EncodeFile(t.Context(), path, run.ByShape)
		if err != nil || !slices.Equal(got.Numbers, want.Numbers) || len(got.Names) != shape[0] {
			t.Errorf("%s: %v", path, err)
		}
	}
	for path, want := range map[string]string{
		two:               "got an archive of 2, x, faces/y: name one, as in FILE.npz:x",
		two + ":z":        `want the array "z"`,
		misnamed + ":z":   `want the array "z"`,
		dir + "/no.npz:x": "no such file",
	} {
		if _, err := m.EncodeFile(t.Context(), path, run.ByShape); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

// The listing beside an array gives its rows their names, if it has as many.
func TestNamesOfArrays(t *testing.T) {
	m, dir := trained(t)
	path := arrayFile(t, filepath.Join(dir, "a.npy"), ramp(3, 28, 28))
	codes, err := m.EncodeFile(t.Context(), path, run.ByShape)
	if err != nil || len(codes.Names) != 3 || codes.Names[0] != (run.Picture{Height: 28, Width: 28}) {
		t.Fatalf("without a listing: %v, %v", codes.Names, err)
	}
	list := run.Listing{{Name: "x.png", Label: "face", Height: 28, Width: 28}, {Name: "sub/y.png", Height: 28, Width: 28}, {Name: "z.jpg", Height: 28, Width: 28}}
	if err := list.Write(run.ListingPath(path)); err != nil {
		t.Fatal(err)
	}
	if codes, err = m.EncodeFile(t.Context(), path, run.ByShape); err != nil || !slices.Equal(codes.Names, list) {
		t.Errorf("with a listing: %v, %v", codes.Names, err)
	}
	path = arrayFile(t, path, ramp(2, 28, 28))
	want := fmt.Sprintf("%s has 3 names and the array 2 rows: its names are not used", run.ListingPath(path))
	if codes, err = m.EncodeFile(t.Context(), path, run.ByShape); err != nil || codes.Names[0].Name != "" || codes.Note != want {
		t.Errorf("with a listing of other images: %v, %q, %v", codes.Names, codes.Note, err)
	}
	path = arrayFile(t, path, ramp(3, 5))
	if d, err := m.DecodeFile(t.Context(), path); err != nil || !slices.Equal(d.Names, list) || len(d.Notes) > 0 {
		t.Errorf("codes with a listing: %v, %v, %v", d.Names, d.Notes, err)
	}
	path = arrayFile(t, path, ramp(2, 5))
	if d, err := m.DecodeFile(t.Context(), path); err != nil || d.Names != nil || !slices.Equal(d.Notes, []string{want}) {
		t.Errorf("codes with a listing of other images: %v, %q, %v", d.Names, d.Notes, err)
	}
	if err := os.WriteFile(run.ListingPath(path), []byte("nonsense"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := m.DecodeFile(t.Context(), path); err == nil || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("a damaged listing: %v", err)
	}
}

func TestClip(t *testing.T) {
	x := []float32{-0.5, 0, 0.5, 1, 1.5}
	if n := run.Clip(x); n != 2 || !slices.Equal(x, []float32{0, 0, 0.5, 1, 1}) {
		t.Errorf("got %d, %v", n, x)
	}
}
