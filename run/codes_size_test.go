package run_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/run"
)

// noise returns grey images of random numbers.
func noise(n, height, width int) *images.Set {
	s := &images.Set{Name: "noise", Channels: 1, Height: height, Width: width, Pixels: make([]byte, n*height*width)}
	src := random.New(uint64(height), "noise")
	for i := range s.Pixels {
		s.Pixels[i] = byte(src.Uint64())
	}
	return s
}

// padding trains a model of images of 30 x 30 pixels, which it pads to 32 x 32, and returns its folder.
func padding(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	s := settings(t, "conv")
	s.Training.Epochs = 1
	r, err := run.New(&dataset.Data{Name: "noise", Train: noise(20, 30, 30), Test: noise(4, 30, 30)}, s, run.Place{Dir: dir})
	if err == nil {
		_, err = r.Train(t.Context(), run.Hooks{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Images of 32 x 32 pixels have codes of the same shape as those of the training, of 30 x 30: their listing
// says that they are larger, and nothing of them is cut off.
func TestLargerImagesOfOneCode(t *testing.T) {
	dir := padding(t)
	read := func() *run.Model {
		m, err := run.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, side := range []int{29, 30, 31, 32} {
		set := noise(2, side, side)
		m, p := read(), run.PicturesOf(set)
		var want [][]float32
		err := m.Reconstruct(t.Context(), "noise", p, func(_ int, _, y []float32) error {
			want = append(want, slices.Clone(y))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		codes, shapes, err := m.EncodePictures(t.Context(), "noise", p)
		if err != nil || !shapes[0].Equal(graph.Shape{8, 4, 4}) {
			t.Fatalf("codes of shape %v (%v)", shapes, err)
		}
		names := run.List(p, nil)
		for i := range names {
			names[i].Name = string(rune('a'+i)) + ".png"
		}
		array, archive := filepath.Join(dir, "codes.npy"), filepath.Join(dir, "all.npz")
		for _, err := range []error{
			m.WriteCodes(array, slices.Concat(codes...)), names.Write(run.ListingPath(array)),
			run.WriteCodesArchive(archive, names, codes, shapes), names.Write(run.ListingPath(archive)),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		d, err := read().DecodeFile(t.Context(), array)
		if err != nil || d.Size != set.Size() || !slices.Equal(d.Pixels, slices.Concat(want...)) {
			t.Errorf("images of %v come back from an array as others of %v (%v)", set.Size(), d.Size, err)
		}
		k := 0
		err = read().DecodeArchive(t.Context(), archive, func(_ run.Picture, size images.Size, pixels []float32) error {
			if size != set.Size() || !slices.Equal(pixels, want[k]) {
				t.Errorf("image %d of %v comes back from an archive as another of %v", k, set.Size(), size)
			}
			k++
			return nil
		})
		if err != nil || k != 2 {
			t.Errorf("%d images of an archive (%v)", k, err)
		}
	}
}
