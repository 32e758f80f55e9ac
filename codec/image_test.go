package codec

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// encode returns a file of one image.
func encode(t *testing.T, m image.Image, model *Model, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, m, model, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What Encode writes is what image.Decode reads: the image that a file of many would have.
func TestEncode(t *testing.T) {
	for _, name := range []string{"dense", "conv", "learned", "lossless", "lossless-colour"} {
		model, set := golden(t, name)
		pixels := set.Image(4)
		m, err := images.Picture(set.Size(), pixels)
		if err != nil {
			t.Fatal(err)
		}
		file := encode(t, m, model, Options{})
		got, format, err := image.Decode(bytes.NewReader(file))
		if err != nil || format != "gae" {
			t.Fatal(name, format, err)
		}
		back, err := images.FromPicture(got, set.Channels)
		if err != nil {
			t.Fatal(err)
		}
		z, err := model.encode(background, pixels)
		if err != nil {
			t.Fatal(err)
		}
		q, want := make([]int32, len(z)), make([]byte, len(pixels))
		model.Quantizer.Quantize(q, z)
		if err := model.decodeIntegers(background, want, q); err != nil || !bytes.Equal(back, want) {
			t.Errorf("%s: another image comes back, error %v", name, err)
		}
		if model.Lossless() && !bytes.Equal(back, pixels) {
			t.Errorf("%s: the image is not exact", name)
		}
		c, format, err := image.DecodeConfig(bytes.NewReader(file))
		if err != nil || format != "gae" || c.Width != set.Width || c.Height != set.Height || c.ColorModel != got.ColorModel() {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if gray := set.Channels == 1; gray != (c.ColorModel == color.GrayModel) {
			t.Errorf("%s: colours %v", name, c.ColorModel)
		}
		if f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{}); err != nil || f.Len() != 1 || f.Damage() != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that names its model is small, and needs the model.
func TestNamedModel(t *testing.T) {
	model := fit(t, small(), FitOptions{Bits: 31}) // no other test registers this one
	m, err := images.Picture(model.Size, small().test.Image(5))
	if err != nil {
		t.Fatal(err)
	}
	var asPNG bytes.Buffer
	if err := png.Encode(&asPNG, m); err != nil {
		t.Fatal(err)
	}
	file := encode(t, m, model, Options{NameModel: true})
	t.Logf("%d bytes, as PNG %d", len(file), asPNG.Len())
	if len(file) > 130 || len(file) >= asPNG.Len() {
		t.Errorf("%d bytes, as PNG %d", len(file), asPNG.Len())
	}
	var missing *ModelMissingError
	if _, err := Decode(bytes.NewReader(file)); !errors.As(err, &missing) || missing.What != "model" || missing.Want != model.Fingerprint() {
		t.Fatalf("without its model: %v", err)
	}
	other := fit(t, small(), FitOptions{Bits: 32})
	if _, err := NewReader(bytes.NewReader(file), ReadOptions{Model: other}); !errors.As(err, &missing) || missing.Got != other.Fingerprint() {
		t.Fatalf("with another model: %v", err)
	}
	if c, err := DecodeConfig(bytes.NewReader(file)); err != nil || c.Width != 28 {
		t.Errorf("without its model: %+v, %v", c, err)
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{Inspect: true})
	if err != nil || f.Damage() != nil || f.Len() != 1 {
		t.Fatal(err)
	}
	if _, err := f.Image(t.Context(), 0); err == nil {
		t.Error("without its model there is an image")
	}
	if info, err := f.Info(); err != nil || !info.ModelNamed || info.Fingerprint != model.Fingerprint() || info.Bytes.Total != int64(len(file)) {
		t.Errorf("%+v, %v", info, err)
	}

	// The model comes from a file without images, as a program keeps it.
	kept, _ := write(t, model, testSet(0), Options{}, nil)
	r, err := NewReader(bytes.NewReader(kept), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	given, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{Model: r.Model()})
	if err != nil {
		t.Fatal(err)
	}
	want, err := given.Image(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(Register(r.Model()), Register(model)); err != nil {
		t.Fatal(err)
	}
	got, err := Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := images.FromPicture(got, 1); err != nil || !bytes.Equal(b, want) {
		t.Errorf("a registered model makes another image, error %v", err)
	}
	for at := range file { // each damaged byte is noticed
		damaged := slices.Clone(file)
		damaged[at] ^= 4
		if _, errs := readAll(t, damaged, ReadOptions{}); len(errs) == 0 || !typedError(errs[0]) {
			t.Fatalf("byte %d: errors %v", at, errs)
		}
	}
}

// A decoder that belongs to a registered model is found.
func TestRegisteredDecoder(t *testing.T) {
	model := fit(t, smallConv(), FitOptions{External: true})
	m, err := images.Picture(model.Size, small().test.Image(5))
	if err != nil {
		t.Fatal(err)
	}
	file := encode(t, m, model, Options{})
	var missing *ModelMissingError
	if _, err := Decode(bytes.NewReader(file)); !errors.As(err, &missing) || missing.What != "decoder" {
		t.Fatalf("without its decoder: %v", err)
	}
	if err := Register(model); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(bytes.NewReader(file), int64(len(file)), ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Model().Decoder != model.Decoder {
		t.Error("another decoder")
	}
	if err := Register(&Model{}); err == nil {
		t.Error("a model without a decoder is registered")
	}
}

func TestEncodeRefuses(t *testing.T) {
	model := fit(t, small(), FitOptions{})
	red := image.NewNRGBA(image.Rect(0, 0, 28, 28))
	red.Set(3, 3, color.NRGBA{R: 200, A: 255})
	for _, c := range []struct {
		m    image.Image
		want string
	}{
		{image.NewGray(image.Rect(0, 0, 28, 27)), "28 x 28 pixels (height x width), as the model has been made for, got 27 x 28"},
		{red, "grey"},
	} {
		if err := Encode(&bytes.Buffer{}, c.m, model, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	empty, _ := write(t, model, testSet(0), Options{}, nil)
	var format *FormatError
	if _, err := Decode(bytes.NewReader(empty)); !errors.As(err, &format) {
		t.Errorf("a file without images: %v", err)
	}
}

// Several goroutines encode with one model, as a server does.
func TestEncodeConcurrently(t *testing.T) {
	model := fit(t, small(), FitOptions{})
	m, err := images.Picture(model.Size, small().test.Image(2))
	if err != nil {
		t.Fatal(err)
	}
	want := encode(t, m, model, Options{NameModel: true})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				var b bytes.Buffer
				if err := Encode(&b, m, model, Options{NameModel: true}); err != nil || !bytes.Equal(b.Bytes(), want) {
					t.Errorf("other bytes, error %v", err)
				}
			}
		})
	}
	group.Wait()
}
