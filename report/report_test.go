package report_test

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
)

// trained trains an architecture for an epoch on a few images, grey or in colour.
func trained(t *testing.T, architecture string, color images.Color) *run.Run {
	t.Helper()
	return trainedOn(t, architecture, color, 40, 8, func(s *run.Settings) { s.Training.Epochs = 1 })
}

// trainedOn trains an architecture on so many images, with settings that set changes.
func trainedOn(t *testing.T, architecture string, color images.Color, count, held int, set func(s *run.Settings)) *run.Run {
	t.Helper()
	drawn, drawnTest := handwriting.Draw(count, held)
	training, err := drawn.In(color)
	if err != nil {
		t.Fatal(err)
	}
	test, err := drawnTest.In(color)
	if err != nil {
		t.Fatal(err)
	}
	s, err := run.NewSettings(architecture)
	if err != nil {
		t.Fatal(err)
	}
	set(&s)
	data := &dataset.Data{Name: "digits", Train: training, Test: test, Source: "drawn"}
	r, err := run.New(data, s, run.Place{Dir: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func draw(t *testing.T, f *report.Figures, dir string, format figure.Format, missing bool) []string {
	t.Helper()
	names, err := f.Draw(t.Context(), dir, format, missing)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The figures of a run in this process are the same as those of its file. With missing, Draw keeps
// the figures that exist.
func TestFigures(t *testing.T) {
	for _, color := range []images.Color{images.Grey, images.RGB} {
		r := trained(t, "tutorial", color)
		want := []string{"reconstructions.png", "latent.png", "loss.png", "grid.png", run.ReportName}
		if got := draw(t, report.Of(r), r.Dir(), figure.PNG, false); !slices.Equal(got, want) {
			t.Errorf("it draws %q, want %q", got, want)
		}
		m, err := run.Read(r.Dir())
		if err != nil {
			t.Fatal(err)
		}
		f, err := report.Load(m, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, "loss.png"), []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
		draw(t, f, other, figure.PNG, true)
		for _, name := range want {
			a, err := os.ReadFile(filepath.Join(r.Dir(), name))
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(filepath.Join(other, name))
			if err != nil {
				t.Fatal(err)
			}
			if same := string(a) == string(b); same == (name == "loss.png") {
				t.Errorf("%v: %s is the same in both: %v", color, name, same)
			}
		}
	}
}

// A grid in colour has colours.
func TestColourGrid(t *testing.T) {
	r := trained(t, "deep", images.RGB)
	w := r.Autoencoder.Decoder.Weights() // a decoder that makes everything red
	last := w[len(w)-1]
	for i := range last.Data {
		last.Data[i] = []float32{9, -9, -9}[i%3]
	}
	draw(t, report.Of(r), r.Dir(), figure.PNG, false)
	f, err := os.Open(filepath.Join(r.Dir(), "grid.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	red := 0
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if r, g, b, _ := img.At(x, y).RGBA(); r > 0xf000 && g < 0x1000 && b < 0x1000 {
				red++
			}
		}
	}
	if all := img.Bounds().Dx() * img.Bounds().Dy(); red < all/3 {
		t.Errorf("%d of %d pixels are red, want most of the grid", red, all)
	}
}

// A model has no figures if its file does not describe its training, or if the training lasted less
// than an epoch.
func TestNoFigures(t *testing.T) {
	r := trained(t, "tutorial", images.Grey)
	m, err := run.Read(r.Dir())
	if err != nil {
		t.Fatal(err)
	}
	delete(m.Meta, "training.settings")
	for range 2 {
		if _, err := report.Load(m, r.Data); err == nil || report.Check(m) == nil {
			t.Error("a model without a training has figures")
		}
		m.Meta["training.settings"] = `{"loss":"mse","seed":"1","batch":"3"}`
		m.Meta["training.history"] = strings.SplitAfter(m.Meta["training.history"], "\n")[0]
	}
	if label := report.LossLabel("error", []string{"kl", "rate"}); label != "error, with kl, rate" {
		t.Errorf("the label is %q", label)
	}
}
