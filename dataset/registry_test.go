package dataset

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

func TestNames(t *testing.T) {
	if got := Names(); !slices.Equal(got, []string{"handwriting", "mnist", "fashion-mnist", "kmnist"}) {
		t.Errorf("the names are %q", got)
	}
	for _, e := range Entries() {
		if e.About == "" || strings.Contains(e.About, "\n") || e.Open == nil {
			t.Errorf("%s is described as %q", e.Name, e.About)
		}
	}
}

// register adds a data set until the test ends.
func register(t *testing.T, e Entry) {
	t.Helper()
	if err := Register(e); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { registered.entries = nil })
}

// computed is a program's own data set. It keeps no images: all numbers of an image are computed
// from its index.
type computed struct {
	n    int
	size images.Size
}

func (c computed) Len() int            { return c.n }
func (c computed) Size() images.Size   { return c.size }
func (c computed) Shape() (x, y []int) { return c.size.Shape(), nil }
func (c computed) Label(int) int       { return -1 }
func (c computed) value(i int) float32 { return float32(i) / float32(c.n) }
func (c computed) opener(d Data) Opener {
	return func(context.Context, Options) (*Data, error) { return &d, nil }
}
func (c computed) data(test Images) Data {
	return Data{Name: "computed", Train: c, Test: test, Source: "a formula"}
}

func (c computed) Example(_, i int, x, _ []float32) error {
	if i >= c.n {
		return errors.New("no such image")
	}
	for k := range x {
		x[k] = c.value(i)
	}
	return nil
}

func TestRegister(t *testing.T) {
	alone(t)
	ramp := computed{5, images.Size{Channels: 3, Height: 4, Width: 6}}
	open := ramp.opener(ramp.data(ramp))
	register(t, Entry{"ramp", "a ramp", open})
	for _, e := range []Entry{{"", "", open}, {"new", "", nil}, {"ramp", "", open}, {"mnist", "", open}} {
		if err := Register(e); err == nil {
			t.Errorf("%q was registered", e.Name)
		}
	}
	if names := Names(); len(names) != 5 || names[4] != "ramp" {
		t.Errorf("the names are %q", names)
	}
	d, err := Open(t.Context(), Options{Data: "ramp"})
	if err != nil || d.Name != "computed" || d.Train.Len() != 5 {
		t.Fatalf("%+v, %v", d, err)
	}
	var text strings.Builder
	if err := d.Describe(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"computed", "a formula", "4 x 6 pixels (height x width), red, green and blue, 3 bytes each",
		"5 images, mean value 0.4000 of 1, 80.0 % of the values not 0", "no labels"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("Describe lacks %q:\n%s", want, &text)
		}
	}
	dir := filepath.Join(t.TempDir(), "ramp")
	putSmall(t, dir)
	if d, err := Open(t.Context(), Options{Data: dir}); err != nil || d.Name != "ramp-folder" {
		t.Errorf("a folder with the name of a set: %+v, %v", d, err)
	}
}

// Open refuses data that a program's opener must not return.
func TestBadOpeners(t *testing.T) {
	rgb := computed{5, images.Size{Channels: 3, Height: 4, Width: 6}}
	turned := computed{5, images.Size{Channels: 3, Height: 6, Width: 4}}
	register(t, Entry{"empty", "", rgb.opener(rgb.data(computed{0, rgb.size}))})
	register(t, Entry{"half", "", rgb.opener(rgb.data(nil))})
	register(t, Entry{"turned", "", rgb.opener(rgb.data(turned))})
	register(t, Entry{"colour", "", rgb.opener(rgb.data(rgb))})
	register(t, Entry{"nothing", "", func(context.Context, Options) (*Data, error) { return nil, nil }})
	for o, want := range map[string]string{"nothing": "want a data set, got none", "empty": "empty part", "half": "empty part", "turned": "one size", "colour": "want color grey"} {
		d, err := Open(t.Context(), Options{Data: o, Color: images.Grey})
		if err == nil || !strings.Contains(err.Error(), want) || d != nil {
			t.Errorf("%s: %v, %v", o, d, err)
		}
	}
}

func putColor(t *testing.T, dir, name string) {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 5, 3))
	for i := range m.Pix {
		m.Pix[i] = byte(i*i + len(name))
	}
	for y := range 3 {
		for x := range 5 {
			c := m.RGBAAt(x, y)
			m.SetRGBA(x, y, color.RGBA{c.R, c.G, c.B, 255})
		}
	}
	put(t, dir, name, nil)
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

// Every data set is opened in the color that the options name.
func TestOpenColor(t *testing.T) {
	putSmall(t, alone(t))
	grey, colour, files := filepath.Join(t.TempDir(), "grey"), filepath.Join(t.TempDir(), "colour"), t.TempDir()
	putSmall(t, files)
	for i := range 10 {
		name := string(rune('a'+i)) + ".png"
		putPNG(t, grey, name, 5, 3)
		if i != 7 {
			putPNG(t, colour, name, 5, 3)
		} else {
			putColor(t, colour, name)
		}
	}
	for data, auto := range map[string]int{grey: 1, colour: 3, files: 1, "": 1, "mnist": 1} {
		for c, want := range map[images.Color]int{images.Auto: auto, images.Grey: 1, images.RGB: 3} {
			o := offline(t, data)
			o.Color = c
			d, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if d.Train.Size().Channels != want || d.Test.Size().Channels != want {
				t.Errorf("%s as %v: %v and %v", data, c, d.Train.Size(), d.Test.Size())
			}
			var text strings.Builder
			kind := map[int]string{1: "grey, 1 byte each", 3: "red, green and blue, 3 bytes each"}[want]
			if err := d.Describe(&text); err != nil || !strings.Contains(text.String(), kind) {
				t.Errorf("%s as %v: Describe: %v\n%s", data, c, err, &text)
			}
		}
	}
}

func TestBrightnessAndCounts(t *testing.T) {
	s := &images.Set{Channels: 1, Height: 1, Width: 5, Pixels: []byte{0, 0, 255, 51, 0}, Labels: []byte{2}}
	if mean, nonZero, err := brightness(s); err != nil || mean-0.24 > 1e-15 || 0.24-mean > 1e-15 || nonZero != 0.4 {
		t.Errorf("brightness = %v, %v, %v, want 0.24, 0.4", mean, nonZero, err)
	}
	if got := countLabels(s, nil); !slices.Equal(got, []int{0, 0, 1}) {
		t.Errorf("counts = %v", got)
	}
	if got := countLabels(s, []string{"a", "b", "c", "d"}); !slices.Equal(got, []int{0, 0, 1, 0}) {
		t.Errorf("counts with names = %v", got)
	}
	s.Labels = nil
	if got := countLabels(s, nil); got != nil {
		t.Errorf("counts without labels = %v", got)
	}
}
