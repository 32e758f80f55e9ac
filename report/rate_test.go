package report_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// dense trains a small dense architecture, a codec or another one, for a second.
func dense(t *testing.T, architecture string, color images.Color) *run.Run {
	t.Helper()
	return trainedOn(t, architecture, color, 400, 60, func(s *run.Settings) {
		switch c := s.Config.(type) {
		case *autoencoder.Codec:
			c.Hidden, c.DecoderHidden, c.Latent, c.PriorHidden, c.Lambda = []int{64}, []int{32}, 10, 24, 4
		case *autoencoder.Tutorial:
			c.Hidden, c.Latent = []int{32}, 3
		case *autoencoder.Lossless:
			c.Embedding, c.Palette, c.Ink, c.Value = 2, 2, []int{4}, []int{8}
		}
		s.Training.Epochs, s.Training.Batch, s.Training.Optimizer, s.Training.Schedule = 4, 16, train.NewAdam(3e-3), train.Constant{}
	})
}

// measure measures runs as codecs of their test images.
func measure(t *testing.T, o report.RateOptions, runs ...*run.Run) (*report.Rate, error) {
	t.Helper()
	var models []*run.Model
	for _, r := range runs {
		m, err := run.Read(r.Dir())
		if err != nil {
			t.Fatal(err)
		}
		models = append(models, m)
	}
	data := runs[0].Data
	return report.MeasureRate(t.Context(), models, data, data.Test, data.Name+", test", o)
}

// A model alone has a curve: more bits, less error. The decoder counts for as many images as share it.
func TestRate(t *testing.T) {
	for _, c := range []struct {
		architecture string
		color        images.Color
		points       int
	}{{"codec", images.Grey, 5}, {"tutorial", images.RGB, 7}} {
		last, total := -1, 0
		o := report.RateOptions{Share: 460, Effort: 1, Progress: func(step, steps int, what string) {
			if step != last+1 || total != 0 && steps != total || what == "" {
				t.Errorf("step %d of %d after %d of %d: %q", step, steps, last, total, what)
			}
			last, total = step, steps
		}}
		r, err := measure(t, o, dense(t, c.architecture, c.color))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Ours) != c.points || len(r.Whole) != c.points || last != total-1 {
			t.Errorf("%s: %d and %d points, %d of %d steps", c.architecture, len(r.Ours), len(r.Whole), last, total)
		}
		for i, p := range r.Ours {
			whole := r.Whole[i]
			if p.Images != 60 || p.Codec != "ours ("+c.architecture+")" || !(p.EncodeSeconds > 0 && p.DecodeSeconds > 0) ||
				whole.Codec != p.Codec+" with decoder" || whole.SquaredError != p.SquaredError || whole.Bytes < p.Bytes+50 {
				t.Errorf("%+v, %+v", p, whole)
			}
			if i > 0 && p.BitsPerImage < r.Ours[i-1].BitsPerImage {
				t.Errorf("%s: point %d has fewer bits than the one before", c.architecture, i)
			}
		}
		if len(r.Refined) != c.points || len(r.RefinedWhole) != c.points || r.Main.Codec != "ours ("+c.architecture+") effort 1" ||
			r.RefinedWhole[0].Codec != r.Main.Codec+" with decoder" {
			t.Errorf("%s: %d and %d points with effort, and the pictures show %+v", c.architecture, len(r.Refined), len(r.RefinedWhole), r.Main)
		}
		if r.PNG.SquaredError != 0 || len(r.JPEG) < 10 || len(r.Points()) != 4*c.points+len(r.JPEG)+1 {
			t.Errorf("%s: PNG %+v, %d points of JPEG", c.architecture, r.PNG, len(r.JPEG))
		}
		checkBits(t, r)
	}
}

// A lossless codec is a point without error, beside all of JPEG's.
func TestRateLossless(t *testing.T) {
	r, err := measure(t, report.RateOptions{Effort: 1}, dense(t, "lossless", images.Grey))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Ours) != 1 || len(r.Whole) != 1 || r.Refined != nil || r.Main.SquaredError != 0 || r.Main.Bytes == 0 {
		t.Fatalf("%+v, %+v, %+v", r.Ours, r.Whole, r.Refined)
	}
	if lo, hi := r.Window(); lo != r.JPEG[len(r.JPEG)-1].SquaredError || hi < 10*lo {
		t.Errorf("the chart shows errors from %v to %v", lo, hi)
	}
	dir := t.TempDir()
	if _, err := r.Draw(t.Context(), dir, figure.SVG, append(r.Points(), report.Point{Codec: "xz", BitsPerImage: 1}), nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "rd.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{">ours (lossless)<", ">ours (lossless) with decoder<", ">JPEG<", ">PNG, lossless<", ">xz, lossless<"} {
		if !strings.Contains(string(text), word) {
			t.Errorf("the chart lacks %q", word)
		}
	}
}

// checkBits checks that the bits of all images are those of the codes, less the end of the stream.
func checkBits(t *testing.T, r *report.Rate) {
	t.Helper()
	which, bits := r.Expensive(100)
	sum := 0.0
	for k, b := range bits {
		if sum += b; k > 0 && b > bits[k-1] {
			t.Errorf("image %d takes more bits than one before it", which[k])
		}
	}
	if got := float64(8 * r.Main.Bytes); len(which) != 60 || got < sum || got > sum+8*32 {
		t.Errorf("%d images have %v bits, and the codes %v", len(which), sum, got)
	}
}

// Several models are a curve of as many points, if they have one architecture.
func TestRateOfSeveralModels(t *testing.T) {
	a, b := dense(t, "tutorial", images.Grey), dense(t, "tutorial", images.Grey)
	r, err := measure(t, report.RateOptions{}, a, b)
	if err != nil || len(r.Ours) != 2 || r.Share != 60 {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err = measure(t, report.RateOptions{Bits: []float64{9, 5}, Errors: []float64{500}}, a); err != nil || len(r.Ours) != 4 {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = measure(t, report.RateOptions{}, a, dense(t, "codec", images.Grey))
	if err == nil || !strings.Contains(err.Error(), "one architecture") {
		t.Errorf("models of two architectures: got %v", err)
	}
	_, err = measure(t, report.RateOptions{Errors: []float64{1e-3}}, a)
	if err == nil || !strings.Contains(err.Error(), "want a squared error of 0.001") {
		t.Errorf("an error that cannot be reached: got %v", err)
	}
}

func TestRateStops(t *testing.T) {
	r := dense(t, "tutorial", images.Grey)
	m, err := run.Read(r.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, 3, 12, 28} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := report.MeasureRate(ctx, []*run.Model{m}, r.Data, r.Data.Test, "test", report.RateOptions{Progress: func(step, _ int, _ string) {
			if step == at {
				cancel()
			}
		}})
		if cancel(); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("cancelled in step %d: got %v", at, err)
		}
	}
}

// The figures show rivals, too: points from a file, and pictures from a folder.
func TestRateFigures(t *testing.T) {
	r, err := measure(t, report.RateOptions{}, dense(t, "codec", images.Grey))
	if err != nil {
		t.Fatal(err)
	}
	all := append(r.Points(), report.Point{Codec: "AVIF", BitsPerImage: 300, SquaredError: r.Main.SquaredError / 2}, report.Point{Codec: "xz", BitsPerImage: 2000})
	dir, pictures := t.TempDir(), t.TempDir()
	size := images.Size{Channels: 1, Height: 28, Width: 28}
	for _, codec := range []string{"AVIF", "WebP"} {
		for i := range 3 {
			picture(t, filepath.Join(pictures, codec, fmt.Sprintf("%05d.png", 2*i+1)), size, byte(100+i))
		}
	}
	point := []report.Point{{Codec: "AVIF", Setting: "quality 9", Images: 60, Bytes: 750, BitsPerImage: 100, SquaredError: 2, PSNR: 25.9}}
	if err := report.WritePoints(filepath.Join(pictures, "AVIF", "point.csv"), point); err != nil {
		t.Fatal(err)
	}
	rivals, err := report.OpenPictures(pictures, 60)
	if err != nil {
		t.Fatal(err)
	}
	names, err := r.Draw(t.Context(), dir, figure.SVG, all, rivals)
	if want := []string{"rd.svg", "rd-images.svg", "rd-bits.svg", "rd-expensive.svg"}; err != nil || !slices.Equal(names, want) {
		t.Fatalf("it draws %q, %v, want %q", names, err, want)
	}
	for name, words := range map[string][]string{
		"rd.svg":           {"ours (codec)", "ours (codec) with decoder", "JPEG", "PNG, lossless", "AVIF", "bits an image"},
		"rd-images.svg":    {">AVIF, 100 bits<", ">WebP<", "JPEG, ", "original", "error × 1"},
		"rd-bits.svg":      {">all<", "of 60<"},
		"rd-expensive.svg": {"#", " bits, "},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range words {
			if !strings.Contains(string(text), word) {
				t.Errorf("%s lacks %q", name, word)
			}
		}
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "rd.svg")); strings.Contains(string(text), "xz") != (r.PNG.BitsPerImage > 2000) {
		t.Error("of lossless codecs the chart shows more than PNG and the best one")
	}
	if lo, hi := r.Window(); !(lo < r.Main.SquaredError && r.Main.SquaredError < hi) || math.IsInf(hi, 1) {
		t.Errorf("the chart shows errors from %v to %v", lo, hi)
	}
}

func picture(t *testing.T, path string, size images.Size, shade byte) {
	t.Helper()
	pixels := slices.Repeat([]byte{shade}, size.Numbers())
	if _, err := images.WriteFiles(t.Context(), []string{path}, size, pixels); err != nil {
		t.Fatal(err)
	}
}

// Pictures that do not belong to the images are refused.
func TestOpenPicturesRefuses(t *testing.T) {
	small := images.Size{Channels: 1, Height: 4, Width: 4}
	for words, files := range map[string][]string{
		"a folder for each codec":                      nil,
		"AVIF: want an image from 00000.png|00060.png": {"AVIF/00060.png"},
		"AVIF: want an image from 00000.png|cat.png":   {"AVIF/cat.png"},
		"the same numbers in all folders (AVIF, WebP)": {"AVIF/00001.png", "WebP/00002.png"},
	} {
		dir := t.TempDir()
		for _, f := range files {
			picture(t, filepath.Join(dir, filepath.FromSlash(f)), small, 7)
		}
		_, err := report.OpenPictures(dir, 60)
		for word := range strings.SplitSeq(words, "|") {
			if err == nil || !strings.Contains(err.Error(), word) {
				t.Errorf("%q: want %q in the message, got %v", files, word, err)
			}
		}
	}
	dir := t.TempDir()
	picture(t, filepath.Join(dir, "AVIF", "00001.png"), small, 7)
	p, err := report.OpenPictures(dir, 60)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(t, report.RateOptions{}, dense(t, "tutorial", images.Grey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Draw(t.Context(), t.TempDir(), figure.PNG, r.Points(), p); err == nil || !strings.Contains(err.Error(), "want an image of 28 x 28") {
		t.Errorf("pictures of another size: got %v", err)
	}
}
