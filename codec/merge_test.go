package codec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

// piece returns some images of the test set, with their labels.
func piece(from, to int) *images.Set {
	s := *small().test
	n := s.Size().Numbers()
	s.Pixels, s.Labels = s.Pixels[from*n:to*n], s.Labels[from:to]
	return &s
}

// A merged file has the images, names and labels of its pieces, for all ways to keep a model.
func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name string
		fit  FitOptions
		o    Options
	}{
		{"whole", FitOptions{}, Options{}},
		{"external", FitOptions{External: true}, Options{}},
		{"named", FitOptions{Bits: 33}, Options{NameModel: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fit(t, small(), c.fit)
			o := c.o
			o.Chunk, o.Classes = 16, digits
			var inputs []io.Reader
			var want []*Chunk
			read := ReadOptions{Decoder: m.Decoder, Model: m}
			at := 0
			for k, n := range []int{40, 7, 0, 33} { // chunks that are not full stand in the middle
				o.Meta = map[string]string{"all": "x", "piece": fmt.Sprint(k)}
				set, from := piece(at, at+n), at
				var name func(i int) string
				if k != 1 {
					name = func(i int) string { return numbered(from + i) }
				} else {
					set.Labels = nil
				}
				file, _ := write(t, m, set, o, name)
				inputs = append(inputs, bytes.NewReader(file))
				chunks, errs := readAll(t, file, read)
				if len(errs) > 0 {
					t.Fatal(errs)
				}
				for _, c := range chunks {
					c.First += at
					want = append(want, c)
				}
				at += n
			}
			var b bytes.Buffer
			info, err := Merge(t.Context(), &b, inputs...)
			if err != nil {
				t.Fatal(err)
			}
			got, errs := readAll(t, b.Bytes(), read)
			if len(errs) > 0 || len(got) != len(want) {
				t.Fatal(len(got), len(want), errs)
			}
			for i, w := range want {
				g := got[i]
				if g.First != w.First || g.Len != w.Len || !bytes.Equal(g.Pixels, w.Pixels) || !slices.Equal(g.Names, w.Names) || !slices.Equal(g.Labels, w.Labels) {
					t.Errorf("chunk %d: want images %d and %d more, got %d and %d more, or something else differs", i, w.First, w.Len, g.First, g.Len)
				}
			}
			f, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), read)
			if err != nil || f.Damage() != nil || f.Len() != 80 || f.Chunks() != len(want) || len(f.Meta()) != 1 || f.Meta()["all"] != "x" || len(f.Classes()) != 10 {
				t.Fatal(err, f)
			}
			if name, err := f.Name(t.Context(), 79); name != numbered(79) || err != nil {
				t.Errorf("the last image has the name %q, %v", name, err)
			}
			if i, err := f.Info(); err != nil || i.Bytes != info.Bytes || i.Images != info.Images || i.Chunks != info.Chunks {
				t.Errorf("the file's numbers are %+v, and Merge said %+v, %v", i, info, err)
			}
		})
	}
}

// One file alone is merged into itself.
func TestMergeOne(t *testing.T) {
	file, _, _ := tiny(t)
	var b bytes.Buffer
	if _, err := Merge(t.Context(), &b, bytes.NewReader(file)); err != nil || !bytes.Equal(b.Bytes(), file) {
		t.Errorf("other bytes, error %v", err)
	}
}

// Merge refuses files that do not fit together, and says what differs.
func TestMergeRefuses(t *testing.T) {
	m := fit(t, small(), FitOptions{})
	make := func(m *Model, o Options) []byte {
		file, _ := write(t, m, piece(0, 20), o, nil)
		return file
	}
	base := Options{Chunk: 8, Classes: digits}
	first := make(m, base)
	fine := fit(t, small(), FitOptions{Bits: 30})
	prior := *m
	prior.Prior = fine.Prior
	conv := fit(t, smallConv(), FitOptions{})
	size, _ := golden(t, "dense")
	other, _ := write(t, size, pattern(size.Size, 3), base, nil)
	cut := first[:len(first)-40]
	damaged := slices.Clone(first)
	damaged[len(damaged)-60] ^= 1
	for _, c := range []struct {
		file []byte
		want string
	}{
		{make(m, Options{Chunk: 9, Classes: base.Classes}), "want chunks of 8 images as in the first file, got of 9"},
		{make(m, Options{Chunk: 8}), "classes"},
		{make(fine, base), "quantiser"},
		{make(&prior, base), "prior"},
		{make(conv, base), "decoder"},
		{make(m, Options{Chunk: 8, Classes: base.Classes, NameModel: true}), "all name it"},
		{make(fit(t, small(), FitOptions{External: true}), base), "compress all pieces in the same way"},
		{other, "want images of 28 x 28 pixels as in the first file, got of 4 x 6"},
		{cut, "cut off"},
		{damaged, "damaged"},
		{[]byte("text"), "another kind of file"},
	} {
		var b bytes.Buffer
		_, err := Merge(t.Context(), &b, bytes.NewReader(first), bytes.NewReader(c.file))
		var input *InputError
		if !errors.As(err, &input) || input.Input != 1 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	if _, err := Merge(t.Context(), io.Discard); err == nil {
		t.Error("no inputs are no error")
	}
	if _, err := Merge(t.Context(), &failing{300}, bytes.NewReader(first)); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Merge(ctx, io.Discard, bytes.NewReader(first)); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended: %v", err)
	}
}

// The model of a file writes the same bytes as the model that Fit made, with the encoder of its
// autoencoder and no other.
func TestReuse(t *testing.T) {
	for _, o := range []FitOptions{{WeightBits: 2}, {Bits: 20}, {External: true}} {
		m := fit(t, small(), o)
		want, _ := write(t, m, piece(0, 20), Options{}, nil)
		r, err := NewReader(bytes.NewReader(want), ReadOptions{Decoder: m.Decoder})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Reuse(r.Model(), small().ae)
		if err != nil {
			t.Fatal(err)
		}
		if file, _ := write(t, again, piece(0, 20), Options{}, nil); !bytes.Equal(file, want) {
			t.Errorf("%+v: other bytes", o)
		}
		if _, err := Reuse(r.Model(), smallConv().ae); err == nil || !strings.Contains(err.Error(), "another architecture") {
			t.Errorf("%+v: another architecture: %v", o, err)
		}
		other := autoencoder.NewTutorial()
		other.Hidden, other.Latent = []int{24}, 5
		ae, err := other.Build(small().ae.Model.In())
		if err == nil {
			err = ae.Model.Init(7)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Reuse(r.Model(), ae); err == nil || !strings.Contains(err.Error(), "other weights") {
			t.Errorf("%+v: other weights: %v", o, err)
		}
	}
	w := smallLossless()
	m := fit(t, w, FitOptions{WeightBits: 8})
	want, _ := write(t, m, w.test, Options{}, nil)
	r, err := NewReader(bytes.NewReader(want), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Reuse(r.Model(), w.ae)
	if err != nil {
		t.Fatal(err)
	}
	if file, _ := write(t, again, w.test, Options{}, nil); !bytes.Equal(file, want) {
		t.Error("lossless: other bytes")
	}
}

// ReadMeta finds the metadata that a reader of the whole file finds, and reads no more than the beginning.
func TestReadMeta(t *testing.T) {
	m := fit(t, small(), FitOptions{})
	for _, want := range []map[string]string{{"part": "3/10", "x": "é"}, nil} {
		var b bytes.Buffer
		if _, err := WriteTo(t.Context(), &b, m, piece(0, 5), nil, Options{Meta: want, Classes: digits}); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadMeta(bytes.NewReader(b.Bytes())); err != nil || len(got) != len(want) || got["part"] != want["part"] || got["x"] != want["x"] {
			t.Errorf("got %v (%v), want %v", got, err, want)
		}
		var damage *DamageError
		if _, err := ReadMeta(bytes.NewReader(b.Bytes()[:headerSize+2])); !errors.As(err, &damage) {
			t.Errorf("a file that is cut off: got %v", err)
		}
	}
	if _, err := ReadMeta(strings.NewReader("no compressed file at all")); err == nil {
		t.Error("text was read as a compressed file")
	}
}
