package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/report"
)

const rivalsHead = "codec,setting,images,bytes,bits_per_image,squared_error,psnr,seconds_encode,seconds_decode\n"

// rd draws the figures, writes the table, and takes rivals.
func TestRD(t *testing.T) {
	workplace(t)
	works(t, quick("--model", "tutorial", "--latent", "2", "--out", "run")...)
	write(t, "rivals.csv", []byte("# by hand\n"+rivalsHead+"AVIF,quality 9,4,400,800,1,18,1,0.5\nAVIF,quality 1,4,100,200,9,8.5,1,0.5\nJPEG,x,4,400,800,2,15,,\n"))
	out := works(t, "rd", "run", "--data", "pics", "--effort", "1", "--rivals", "rivals.csv")
	for _, want := range []string{"pics, test: 4 images of 8 x 8 pixels; 40 images share the decoder", "\nours (tutorial) with decoder ", "one mosaic",
		"At the squared error of run, lambda ", "\nours (tutorial) effort 1 ", "\n  AVIF ", " lossless\n", "The most expensive images: ", ".png (",
		"NOTE  rows of JPEG in the files", "run now holds rd.csv, rd.png, rd-images.png, rd-bits.png, rd-expensive.png\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	table := read(t, "run/rd.csv")
	for _, want := range []string{"# pics, test: 4 images", "\n" + rivalsHead, "\nours (tutorial),run,4,", "\nAVIF,quality 9,4,400,800,1,18,1,0.5\n"} {
		if !strings.Contains(table, want) {
			t.Errorf("want %q in\n%s", want, table)
		}
	}

	// A table of another run is a table of rivals.
	works(t, quick("--model", "codec", "--latent", "4", "--out", "learned")...)
	works(t, "rd", "learned", "--data", "pics", "--rivals", "run/rd.csv", "--rivals", "rivals.csv", "--out", "paper", "--svg", "--share", "1000", "--bits", "40")
	if got := names(t, "paper"); !slices.Equal(got, []string{"rd-bits.svg", "rd-expensive.svg", "rd-images.svg", "rd.csv", "rd.svg"}) {
		t.Errorf("the folder holds %q", got)
	}
}

// The bits of a codec at an error, or near it.
func TestBitsNear(t *testing.T) {
	lossy := []report.Point{{BitsPerImage: 400, SquaredError: 1}, {BitsPerImage: 100, SquaredError: 4}}
	lossless := []report.Point{{BitsPerImage: 900}}
	for _, c := range []struct {
		points  []report.Point
		squared float64
		bits    float64
		what    string
	}{{lossy, 4, 100, ""}, {lossy, 9, 100, ", for an error of 4"}, {lossy, 0.1, 400, ", for an error of 1"},
		{lossless, 4, 900, ", lossless"}, {append(lossy, lossless...), 4, 100, ""}, {append(lossy, lossless...), 9, 900, ", lossless"},
		{lossless, 0, 900, ", lossless"}, {lossy, 0, math.NaN(), ""}} {
		bits, what := bitsNear(c.points, c.squared)
		if what != c.what || bits != c.bits && !(math.IsNaN(bits) && math.IsNaN(c.bits)) {
			t.Errorf("%v at %v: %v%s, want %v%s", c.points, c.squared, bits, what, c.bits, c.what)
		}
	}
}

// More training removes what shows the model as a codec.
func TestRDAfterTraining(t *testing.T) {
	workplace(t)
	works(t, quick("--out", "run")...)
	for _, name := range []string{"rd.csv", "rd.png", "rd-bits.png", "rd-mine.png"} {
		write(t, filepath.Join("run", name), nil)
	}
	works(t, quick("--out", "run", "--epochs", "3", "--resume")...)
	for _, name := range []string{"rd.csv", "rd.png", "rd-bits.png"} {
		if exists(filepath.Join("run", name)) {
			t.Errorf("%s shows the model before its last epoch", name)
		}
	}
	if !exists("run/rd-mine.png") {
		t.Error("a file of the user is gone")
	}
}

func TestRDRefuses(t *testing.T) {
	workplace(t)
	works(t, quick("--model", "tutorial", "--out", "run")...)
	works(t, quick("--model", "deep", "--out", "other")...)
	write(t, "short.csv", []byte(rivalsHead+"AVIF,9,4,400\n"))
	write(t, "columns.csv", []byte("codec,bits\nAVIF,9\n"))
	write(t, "count.csv", []byte(rivalsHead+"AVIF,9,5000,5000,8,1,18,1,1\n"))
	write(t, "a.csv", []byte(rivalsHead+"AVIF,9,4,400,800,1,18,1,1\n"))
	write(t, "b.csv", []byte(rivalsHead+"AVIF,9,4,300,600,1,18,1,1\n"))
	if err := os.MkdirAll("empty", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"", "MODEL is missing"},
		{"nowhere", "nowhere"},
		{"run --data nowhere", "data nowhere"},
		{"run --data pics --split all", "--split: want train or test"},
		{"run --data pics --weight-bits 1", "--weight-bits: want 2 to 12 bits"},
		{"run --data pics --effort 10", "--effort: want 0 to 9, got 10"},
		{"run --data pics --share -1", "--share: want 1 or more images, got -1"},
		{"run --data pics --bits 10,0", "--bits: want numbers above 0, got [10 0]"},
		{"run --data pics --bits ten", "--bits: want numbers with commas between them"},
		{"run --data pics --error NaN", "--error: want numbers above 0"},
		{"run --data pics --error 0.00001 --out new/sub", "want a squared error of 1e-05"},
		{"run other --data pics", "one architecture"},
		{"run --data pics --rivals nowhere.csv", "nowhere.csv"},
		{"run --data pics --rivals short.csv", "short.csv: record on line 2: wrong number of fields"},
		{"run --data pics --rivals columns.csv", "columns.csv: want the columns"},
		{"run --data pics --rivals count.csv", "count.csv: line 2: images: want at most 4"},
		{"run --data pics --rivals a.csv --rivals b.csv", "a.csv and b.csv both have AVIF"},
		{"run --data pics --pictures empty", "--pictures: empty: want a folder for each codec"},
	} {
		refused(t, []string{c.want}, append([]string{"rd"}, strings.Fields(c.args)...)...)
	}
	if exists("new") {
		t.Error("a command that failed left its empty folder")
	}
}
