package report_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

func readPage(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, run.ReportName))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeReport(t *testing.T, f *report.Figures, dir string) string {
	t.Helper()
	if err := f.WriteReport(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return readPage(t, dir)
}

// planeOf is what the script of a page gets of the latent plane.
func planeOf(t *testing.T, page string) (plane struct {
	X, Y          []float64
	Label, Number []int
	Error         []string
	Classes       []string
	Dims, Images  int
	Grid          *struct{ Columns, Rows int }
}) {
	t.Helper()
	text := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(page)[1]
	var d struct{ Plane json.RawMessage }
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(d.Plane, &plane); err != nil {
		t.Fatal(err)
	}
	return plane
}

// Every architecture has a page with all its parts, in grey and in colour. The page of a run in this process
// has the bytes of the page of its file.
func TestPages(t *testing.T) {
	for _, a := range autoencoder.Architectures() {
		for _, color := range []images.Color{images.Grey, images.RGB} {
			if testing.Short() && color == images.RGB {
				continue
			}
			t.Run(a.Name+" "+color.String(), func(t *testing.T) {
				r := trained(t, a.Name, color)
				page := writeReport(t, report.Of(r), r.Dir())
				want := []string{"<h1><bdi>" + a.Name + " on digits</bdi></h1>", "complete: 1 epoch", ">Results<", ">Training<", ">Reconstructions<",
					"<h3>Best", "<h3>Median", "<h3>Worst", ">Latent plane<", ">Model<", ">Settings<", "gorgonae train --model " + a.Name + " --data drawn --epochs 1",
					"It was trained on 40 images of digits and tested with 8 others.", train.HashWeights(r.Autoencoder.Model), "mean image"}
				for _, text := range want {
					if !strings.Contains(page, text) {
						t.Errorf("the page lacks %q", text)
					}
				}
				plane := planeOf(t, page)
				if plane.Dims != 2 || plane.Images != len(plane.X) || len(plane.X) < 30 || len(plane.Classes) != 10 || plane.Grid == nil {
					t.Errorf("the plane has %d points, %d with images, and %d classes", len(plane.X), plane.Images, len(plane.Classes))
				}
				m, err := run.Read(r.Dir())
				if err != nil {
					t.Fatal(err)
				}
				f, err := report.Load(m, r.Data)
				if err != nil {
					t.Fatal(err)
				}
				if again := writeReport(t, f, t.TempDir()); again != page {
					t.Errorf("the page of the file differs from that of the run at %q", differs(again, page))
				}
			})
		}
	}
}

func differs(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return a[max(0, i-40):min(len(a), i+40)]
		}
	}
	return "the end"
}

// Codes of one number are strips, those of many the plane of their principal components, and images without
// labels have no legend.
func TestPlanes(t *testing.T) {
	for _, latent := range []string{"1", "3"} {
		r := trainedOn(t, "tutorial", images.Grey, 40, 8, func(s *run.Settings) {
			s.Training.Epochs = 1
			if err := s.Set("latent", latent); err != nil {
				t.Fatal(err)
			}
		})
		page := writeReport(t, report.Of(r), r.Dir())
		plane := planeOf(t, page)
		strips := latent == "1"
		if strips != (plane.Dims == 1) || strips != strings.Contains(page, ">Latent line<") || strips == strings.Contains(page, "principal component 2 (") {
			t.Errorf("codes of %s are shown in %d dimensions", latent, plane.Dims)
		}
		if rows := plane.Grid.Rows; rows == 1 != strips {
			t.Errorf("codes of %s have a grid of %d rows", latent, rows)
		}
		data := *r.Data
		data.Train = unlabelled{data.Train}
		f := *report.Of(r)
		f.Data = &data
		page = writeReport(t, &f, r.Dir())
		if plane := planeOf(t, page); plane.Label != nil || plane.Classes != nil || strings.Contains(page, `class="legend"`) {
			t.Error("images without labels have a legend")
		}
	}
}

type unlabelled struct{ dataset.Images }

func (unlabelled) Label(int) int { return -1 }

// The images of the groups are those with the lowest, median and highest errors, with these errors.
func TestRanking(t *testing.T) {
	r := trainedOn(t, "tutorial", images.Grey, 60, 31, func(s *run.Settings) { s.Training.Epochs = 1 })
	f := report.Of(r)
	_, m, err := f.Measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	page := writeReport(t, f, r.Dir())
	var shown []float64
	for _, e := range regexp.MustCompile(`<b>MSE ([0-9.]+)</b>`).FindAllStringSubmatch(page, -1) {
		v, err := strconv.ParseFloat(e[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, v)
	}
	sorted := slices.Sorted(slices.Values(m.Squared))
	var want []float64
	for _, k := range []int{0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 30, 29, 28, 27, 26, 25} {
		want = append(want, sorted[k]/784)
	}
	if len(shown) != len(want) {
		t.Fatalf("the page shows %d images, want %d", len(shown), len(want))
	}
	for i, v := range shown {
		if v < want[i]-6e-5 || v > want[i]+6e-5 {
			t.Errorf("image %d has the error %v, want %v", i, v, want[i])
		}
	}
	if strings.Count(page, `" alt="reconstruction of image `) != len(want) {
		t.Error("not every image has its reconstruction")
	}
}

// Names of classes, files and the data set may hold anything.
func TestHostilePage(t *testing.T) {
	const evil = `<script>alert(1)</script>"'&`
	r := trained(t, "tutorial", images.Grey)
	data := *r.Data
	data.Name = evil
	data.Classes = slices.Repeat([]string{evil}, 10)
	test := *data.Test.(*images.Set)
	test.Files = slices.Repeat([]string{evil}, test.Len())
	data.Test = &test
	f := *report.Of(r)
	f.Data = &data
	page := writeReport(t, &f, r.Dir())
	if n := strings.Count(page, "<script"); n != 2 || strings.Contains(page, "alert(1)</script>") {
		t.Errorf("the page has %d scripts, want 2", n)
	}
	if got := planeOf(t, page).Classes[3]; got != evil {
		t.Errorf("the script gets the class %q", got)
	}
	if !strings.Contains(page, "It was trained on digits; what is shown here are its results on &lt;script&gt;alert(1)") {
		t.Error("the page does not say that it shows other data")
	}
}

// A run that is stopped has a page too: of a sample, without curves if no epoch was completed.
func TestStoppedPage(t *testing.T) {
	r := trainedOn(t, "tutorial", images.Grey, 2100, 8, func(s *run.Settings) { s.Training.Epochs = 1 })
	s := r.Settings
	s.Training.Epochs = 3
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	other, err := run.New(r.Data, s, run.Place{Dir: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Train(ctx, run.Hooks{Step: func(train.Progress) { stop() }}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	page := writeReport(t, report.Of(other).Sampled(), other.Dir())
	for _, text := range []string{"stopped after 0 of 3 epochs: train --resume continues it", "this page measures a sample: 2,000 of these and 8 to test with"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page of a stopped run lacks %q", text)
		}
	}
	if strings.Contains(page, ">Training<") || strings.Contains(page, ">NaN") {
		t.Error("the page of a run without a whole epoch has curves")
	}
}
