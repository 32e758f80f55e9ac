package codec

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

var background = context.Background()

// What is written is read, by a Reader and by a File, and it is what the model's own decoder makes
// of the codes. The report of Fit is about what is read.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		name  string
		small trained
		fit   FitOptions
	}{
		{"dense", small(), FitOptions{}},
		{"conv", smallConv(), FitOptions{WeightBits: 6}},
		{"bits", small(), FitOptions{Bits: 17}},
		{"external", small(), FitOptions{External: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fit(t, c.small, c.fit)
			test := c.small.test
			file, info := write(t, m, test, Options{Chunk: 128, Measure: true, Classes: test.Classes, Meta: map[string]string{"a": "b"}}, numbered)
			t.Logf("%d bytes, %+v, error %.4f, %.2f bits\n%+v", len(file), info.Bytes, info.SquaredError(), info.BitsPerImage(), m.Report)

			var o ReadOptions
			if c.fit.External {
				o.Decoder = c.small.ae.Decoder
			}
			r, err := NewReader(bytes.NewReader(file), o)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Open(bytes.NewReader(file), int64(len(file)), o)
			if err != nil || f.Damage() != nil {
				t.Fatal(err, f.Damage())
			}
			if f.Len() != test.Len() || f.Chunks() != 3 || f.Meta()["a"] != "b" || !slices.Equal(f.Classes(), test.Classes) {
				t.Fatal(f.Len(), f.Chunks(), f.Meta(), f.Classes())
			}
			if n, sum := compare(t, r, f, test); n != test.Len() || sum != info.squared {
				t.Errorf("read %d images with a sum of squares of %d, wrote %d with %d", n, sum, test.Len(), info.squared)
			}
			if a, b := r.Info(), info; a.Bytes != b.Bytes || a.Images != b.Images || a.Chunks != b.Chunks {
				t.Errorf("reader's numbers %+v, writer's %+v", a, b)
			}
			if a, err := f.Info(); err != nil || a.Bytes != info.Bytes || a.Images != info.Images || a.Chunks != info.Chunks {
				t.Errorf("file's numbers %+v, writer's %+v, error %v", a, info, err)
			}
			if info.Bytes.sum() != int64(len(file)) || info.Bytes.Total != int64(len(file)) {
				t.Errorf("parts %+v of %d bytes", info.Bytes, len(file))
			}
		})
	}
}

// compare reads all images from a Reader and a File, and compares them with each other and with the
// names and labels of a set. It returns the number of images, and the sum of their squared errors.
func compare(t *testing.T, r *Reader, f *File, set *images.Set) (next int, sum uint64) {
	t.Helper()
	n := set.Size().Numbers()
	for {
		c, err := r.Next(t.Context())
		if err == io.EOF {
			return next, sum
		}
		if err != nil || c.First != next {
			t.Fatal(err, c)
		}
		next += c.Len
		for k := range c.Len {
			i := c.First + k
			pixels := c.Pixels[k*n:][:n]
			sum += images.SquaredError(pixels, set.Image(i))
			got, err := f.Image(t.Context(), i)
			if err != nil || !bytes.Equal(got, pixels) {
				t.Fatalf("image %d: File and Reader differ, error %v", i, err)
			}
			name, err := f.Name(t.Context(), i)
			if err != nil || name != c.Names[k] || name != numbered(i) {
				t.Fatalf("image %d: name %q, %q, error %v", i, name, c.Names[k], err)
			}
			label, err := f.Label(t.Context(), i)
			if err != nil || label != c.Labels[k] || label != set.Label(i) {
				t.Fatalf("image %d: label %d, %d, error %v", i, label, c.Labels[k], err)
			}
		}
	}
}

func TestSelfTest(t *testing.T) {
	got, err := computeSelfTest()
	if err != nil {
		t.Fatal(err)
	}
	if got != selfTestHash {
		t.Errorf("the hash of arithmetic version %d is %s", arithmetic, got)
	}
}

// Several goroutines use a file at once.
func TestConcurrent(t *testing.T) {
	file, o, f := tiny(t)
	want, _ := readAll(t, file, o)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for k := range 30 {
				i := (k*7 + g*5) % f.Len()
				pixels, err := f.Image(t.Context(), i)
				if err != nil || !bytes.Equal(pixels, want[i/8].Pixels[i%8*784:][:784]) {
					t.Errorf("image %d: %v", i, err)
				}
				if c, err := f.Chunk(t.Context(), i/8); err != nil || !bytes.Equal(c.Pixels, want[i/8].Pixels) {
					t.Errorf("chunk %d: %v", i/8, err)
				}
			}
		})
	}
	group.Wait()
}
