package codec

import (
	"bytes"
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
)

// A chunk costs at most 48 bytes beside the codes, and the codes take the bits that the tables say.
func TestOverhead(t *testing.T) {
	m := fit(t, small(), FitOptions{Bits: 60})
	test := *small().test
	for range 3 {
		test.Pixels = append(test.Pixels, test.Pixels...) // 2400 images
	}
	test.Labels = nil
	_, info := write(t, m, &test, Options{}, nil)
	_, empty := write(t, m, testSet(0), Options{}, nil)
	bits := 0.0
	for k := range 3 {
		part := testSet(0)
		n := part.Size().Numbers()
		part.Pixels = test.Pixels[k*1024*n : min((k+1)*1024*n, len(test.Pixels))]
		q, _, err := m.compress(t.Context(), part.Pixels, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range q {
			bits += m.Prior.(*static).tables[i%m.Latents()].Bits(v)
		}
	}
	if each := (float64(info.Bytes.Total-empty.Bytes.Total) - bits/8) / 3; each > 48 || each < 0 {
		t.Errorf("a chunk costs %.1f bytes beside its codes, want 48 at most", each)
	} else {
		t.Logf("a chunk costs %.1f bytes beside its codes", each)
	}
	if r := 8 * float64(info.Bytes.Codes) / bits; r > 1.01 || r < 1 {
		t.Errorf("codes take %.4f of their bits", r)
	}
	// The report of Fit is right for the images that it was made from.
	_, info = write(t, m, small().training, Options{Measure: true}, nil)
	if r := info.BitsPerImage() / m.Report.Bits; math.Abs(r-1) > 0.01 {
		t.Errorf("%.3f bits an image were written, and %.3f reported", info.BitsPerImage(), m.Report.Bits)
	}
	if e := info.SquaredError(); e != m.Report.Error {
		t.Errorf("an error of %v was written, and %v reported", e, m.Report.Error)
	}
}

// failing is a writer that fails after some bytes.
type failing struct{ left int }

var errFull = errors.New("the disk is full")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriterFails(t *testing.T) {
	m := fit(t, small(), FitOptions{External: true})
	for n := 0; ; n += 7 {
		w, err := NewWriter(&failing{n}, m, Options{Chunk: 100})
		if err == nil {
			err = w.WriteAll(t.Context(), small().test, numbered)
		}
		if err == nil {
			err = w.Close(t.Context())
		}
		if err == nil {
			break
		}
		if !errors.Is(err, errFull) {
			t.Fatal(err)
		}
		if w != nil && (w.Close(t.Context()) == nil || w.Write(t.Context(), small().test.Image(0), "", -1) == nil) {
			t.Fatal("the writer goes on after an error")
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	m := fit(t, small(), FitOptions{})
	var b bytes.Buffer
	if _, err := NewWriter(&b, m, Options{Chunk: 1 << 17}); err == nil {
		t.Error("a chunk of 131072 images")
	}
	w, err := NewWriter(&b, m, Options{Classes: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	image := small().test.Image(0)
	for _, c := range []struct {
		pixels []byte
		name   string
		label  int
	}{
		{image[1:], "", -1}, {image, strings.Repeat("x", 256), -1}, {image, "", -2}, {image, "", 1 << 15},
		{image, "../x", -1}, {image, "a/../../x", 0}, {image, "..", 0}, {image, "/x", 0}, {image, "a\x00b", 0}, {image, "x", 2},
	} {
		if w.Write(t.Context(), c.pixels, c.name, c.label) == nil {
			t.Errorf("%d bytes with name %.9q and label %d are no error", len(c.pixels), c.name, c.label)
		}
	}
	if err := w.Write(t.Context(), image, "a/../..b/ü.png", -1); err != nil {
		t.Error(err)
	}
	if err := errors.Join(w.Close(t.Context()), w.Close(t.Context())); err != nil {
		t.Error(err)
	}
	if w.Write(t.Context(), image, "", -1) == nil {
		t.Error("an image after Close is no error")
	}
	f, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), ReadOptions{})
	if err != nil || f.Len() != 1 {
		t.Fatal(err)
	}
	if label, err := f.Label(t.Context(), 0); label != -1 || err != nil {
		t.Errorf("label %d, %v", label, err)
	}
	if _, err := NewWriter(&b, f.Model(), Options{}); err == nil {
		t.Error("a writer with the model of a file, which has no encoder")
	}
}

// Arguments that are missing are errors, and no panics.
func TestMissingArguments(t *testing.T) {
	ctx, m, set := t.Context(), fit(t, small(), FitOptions{}), small().test
	var b bytes.Buffer
	parts := &Model{Size: m.Size, Encoder: m.Encoder, Decoder: m.Decoder, Prior: m.Prior}
	noPrior, zero, empty := *m, *m, new(graph.Model)
	noPrior.Prior, zero.Size, zero.Decoder = nil, images.Size{}, empty
	for name, call := range map[string]func() error{
		"NewWriter: writer":     func() error { _, err := NewWriter(nil, m, Options{}); return err },
		"NewWriter: model":      func() error { _, err := NewWriter(&b, nil, Options{}); return err },
		"NewWriter: zero model": func() error { _, err := NewWriter(&b, &Model{}, Options{}); return err },
		"NewWriter: quantiser":  func() error { _, err := NewWriter(&b, parts, Options{}); return err },
		"NewWriter: prior":      func() error { _, err := NewWriter(&b, &noPrior, Options{}); return err },
		"NewWriter: zero size":  func() error { _, err := NewWriter(&b, &zero, Options{}); return err },
		"Writer.Write":          func() error { return new(Writer).Write(ctx, nil, "", -1) },
		"Writer.WriteAll":       func() error { return new(Writer).WriteAll(ctx, set, nil) },
		"Writer.Close":          func() error { return new(Writer).Close(ctx) },
		"WriteTo: source":       func() error { _, err := WriteTo(ctx, &b, m, nil, nil, Options{}); return err },
		"NewReader":             func() error { _, err := NewReader(nil, ReadOptions{}); return err },
		"Open":                  func() error { _, err := Open(nil, 0, ReadOptions{}); return err },
		"Decode":                func() error { _, err := Decode(nil); return err },
		"DecodeConfig":          func() error { _, err := DecodeConfig(nil); return err },
		"Encode: image":         func() error { return Encode(&b, nil, m, Options{}) },
		"Encode: model":         func() error { return Encode(&b, image.NewGray(image.Rect(0, 0, 28, 28)), nil, Options{}) },
		"Encode: zero model":    func() error { return Encode(&b, image.NewGray(image.Rect(0, 0, 0, 0)), &Model{}, Options{}) },
		"Merge: writer":         func() error { _, err := Merge(ctx, nil, &b); return err },
		"Merge: reader":         func() error { _, err := Merge(ctx, &b, nil); return err },
		"Register":              func() error { return Register(nil) },
		"Register: zero model":  func() error { return Register(&Model{}) },
		"Fingerprint":           func() error { _, err := Fingerprint(nil); return err },
		"Fit: autoencoder":      func() error { _, err := Fit(ctx, nil, set, FitOptions{}); return err },
		"Fit: zero autoencoder": func() error { _, err := Fit(ctx, new(autoencoder.Autoencoder), set, FitOptions{}); return err },
		"Fit: images":           func() error { _, err := Fit(ctx, small().ae, nil, FitOptions{}); return err },
		"Reuse: model":          func() error { _, err := Reuse(nil, small().ae); return err },
		"Reuse: autoencoder":    func() error { _, err := Reuse(m, nil); return err },
		"Reuse: no encoder":     func() error { _, err := Reuse(m, new(autoencoder.Autoencoder)); return err },
	} {
		if err := call(); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	if print := (*Model)(nil).Fingerprint() + new(Model).Fingerprint(); print != "" {
		t.Errorf("models without parts have the fingerprint %q", print)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := fit(t, small(), FitOptions{External: true})
	file, _ := write(t, m, small().test, Options{Chunk: 100}, nil)
	w, err := NewWriter(&bytes.Buffer{}, m, Options{Chunk: 100})
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(file), ReadOptions{Decoder: m.Decoder})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{Decoder: m.Decoder})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.WriteAll(ctx, small().test, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := r.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := f.Image(ctx, 150); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Fit(ctx, small().ae, small().training, FitOptions{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if b, err := f.Image(t.Context(), 150); err != nil || len(b) != 784 {
		t.Error(err)
	}
}

// An empty file is a file.
func TestEmpty(t *testing.T) {
	m := fit(t, small(), FitOptions{External: true})
	file, _ := write(t, m, testSet(0), Options{}, nil)
	chunks, errs := readAll(t, file, ReadOptions{Decoder: m.Decoder})
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{Decoder: m.Decoder})
	if len(chunks) > 0 || len(errs) > 0 || err != nil || f.Len() != 0 || f.Damage() != nil {
		t.Fatal(chunks, errs, err)
	}
}

func TestFitRefuses(t *testing.T) {
	for _, o := range []FitOptions{
		{Error: -1}, {Bits: math.NaN()}, {Error: math.Inf(1)}, {Error: 1, Bits: 1}, {WeightBits: 1}, {WeightBits: 13},
		{Error: 0.01}, {Bits: 1e-9},
	} {
		if _, err := Fit(t.Context(), small().ae, small().training, o); err == nil {
			t.Errorf("%+v is no error", o)
		} else {
			t.Log(err)
		}
	}
	if _, err := Fit(t.Context(), small().ae, testSet(0), FitOptions{}); err == nil {
		t.Error("no training images are no error")
	}
	if _, err := Fit(t.Context(), smallConv().ae, pattern(small().test.Size(), 3), FitOptions{}); err != nil {
		t.Error(err)
	}
	set := pattern(small().test.Size(), 3)
	set.Height = 14
	if _, err := Fit(t.Context(), small().ae, set, FitOptions{}); err == nil {
		t.Error("images of another size are no error")
	}
}

// Images that are too large for a file are refused with the limit and what to do.
func TestLargeImages(t *testing.T) {
	for want, c := range map[string]struct {
		c    autoencoder.Config
		size images.Size
	}{
		"want images with codes of at most 1048576 numbers, got 1025 x 1024 pixels with 1049600: cut":  {autoencoder.NewLossless(), images.Size{Channels: 1, Height: 1025, Width: 1024}},
		"want images of at most 16777216 numbers, got 3000 x 2000 pixels in colour with 18000000: cut": {autoencoder.NewLossless(), images.Size{Channels: 3, Height: 3000, Width: 2000}},
	} {
		ae, err := c.c.Build(graph.Shape(c.size.Shape()))
		if err == nil {
			err = ae.Model.Init(1)
		}
		if err != nil {
			t.Fatal(err)
		}
		set := &images.Set{Channels: c.size.Channels, Height: c.size.Height, Width: c.size.Width, Pixels: make([]byte, c.size.Numbers())}
		if _, err := Fit(t.Context(), ae, set, FitOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The wanted error or bits are reached closely, and never passed.
func TestFitTargets(t *testing.T) {
	base := fit(t, small(), FitOptions{})
	if r := base.Report; r.Error > r.Decoder*1.01 || r.Error < r.Decoder*1.005 {
		t.Errorf("%+v: want 1 %% more error", r)
	}
	for _, e := range []float64{base.Report.Error * 1.02, base.Report.Error * 1.3} {
		if r := fit(t, small(), FitOptions{Error: e}).Report; r.Error > e || r.Error < 0.97*e {
			t.Errorf("%+v: want an error of %v", r, e)
		}
	}
	for _, b := range []float64{8, 15, 40} {
		if r := fit(t, small(), FitOptions{Bits: b}).Report; r.Bits > b || r.Bits < b-0.6 {
			t.Errorf("%+v: want %v bits", r, b)
		}
	}
}

// testSet returns the first images of the test set, without labels.
func testSet(n int) *images.Set {
	s := *small().test
	s.Pixels, s.Labels = slices.Clone(s.Pixels[:n*s.Size().Numbers()]), nil
	return &s
}
