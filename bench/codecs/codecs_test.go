package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/handwriting"
	"github.com/gorgonae/gorgonae/images"
)

// digits returns some images of the built-in handwriting, as a source of 1 or 3 channels.
func digits(t *testing.T, n, channels int) *source {
	t.Helper()
	set, _ := handwriting.Draw(n, 1)
	s, err := read(set, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.name = "handwriting test"
	if channels == 3 {
		grey := s.pixels
		s.pixels = nil
		for i, v := range grey { // blue on yellow
			s.pixels = append(s.pixels, 255-v, 255-v, byte(i%28*9))
		}
		s.size.Channels = 3
	}
	return s
}

// TestCodecs compresses some images with one setting of each codec in each layout. What claims to be
// lossless must be so, and what is lossy must have about the error that its quality promises.
func TestCodecs(t *testing.T) {
	for _, channels := range []int{1, 3} {
		s := digits(t, 8, channels)
		for _, r := range rivals() {
			c := r.settings[len(r.settings)/2]
			if channels == 3 && r.layout.side == none && !r.layout.joined {
				continue // the layout has nothing to do with colours
			}
			if program := c.missing(); program != "" {
				t.Logf("%s is not tested, because the program %s is missing", r.codec, program)
				continue
			}
			got, err := measure(context.Background(), r, c, s, nil)
			if err != nil {
				t.Errorf("%s of %d channels: %v", r.codec, channels, err)
				continue
			}
			exact := c.lossless && !(r.key == "avif-lossless" && channels == 3) // which converts colours to YCbCr, with rounding
			switch {
			case got.codec != r.codec || got.images != 8 || got.bytes < 300 || got.bytes > 30000:
				t.Errorf("%s of %d channels: got %+v", r.codec, channels, got)
			case exact && (got.squaredError != 0 || !math.IsInf(got.psnr, 1)):
				t.Errorf("%s of %d channels: want no error, got %v", r.codec, channels, got.squaredError)
			case !exact && (got.psnr < 15 || got.psnr > 60):
				t.Errorf("%s of %d channels, %s: want a PSNR from 15 to 60 dB, got %v", r.codec, channels, got.setting, got.psnr)
			}
		}
	}
}

// TestWebPRange checks that black, grey and white come back as such: the decoders of WebP in Go make
// 16, 126 and 235 of them.
func TestWebPRange(t *testing.T) {
	const side = 48
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = []byte{0, 128, 255}[i%side/16]
	}
	c := webpSettings(90)[0]
	size := images.Size{Channels: 1, Height: side, Width: side}
	data, err := c.encode(size, m.Pix)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.decode(size, data)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range m.Pix {
		if d := int(v) - int(got[i]); d < -2 || d > 2 {
			t.Fatalf("pixel %d: want about %d, got %d", i, v, got[i])
		}
	}
}

// TestMosaic checks that mosaics hold every image once, at its place, and black elsewhere.
func TestMosaic(t *testing.T) {
	for _, channels := range []int{1, 3} {
		s := digits(t, 23, channels)
		for side, want := range map[int]struct {
			text  string
			files int
		}{
			28:     {"one file an image", 23},
			28 * 3: {"mosaics of 3x3", 3},
			28 * 5: {"a mosaic of 5x5", 1},
			4096:   {"a mosaic of 5x5", 1},
		} {
			l := layout{side: side}
			if got := l.text(s); got != want.text || l.files(s) != want.files {
				t.Errorf("side %d: want %+v, got %s in %d files", side, want, got, l.files(s))
			}
			var all []byte
			var total int
			for i := range l.files(s) {
				f := l.file(s, i)
				if f.size.Width > side || f.size.Height > side {
					t.Errorf("side %d: mosaic %d is %v", side, i, f.size)
				}
				for _, b := range f.pixels {
					total += int(b)
				}
				all = append(all, f.cut(s.size, f.pixels)...)
			}
			if !bytes.Equal(all, s.pixels) {
				t.Errorf("side %d: the images that were cut out are not those that were put in", side)
			}
			for _, b := range s.pixels {
				total -= int(b)
			}
			if total != 0 {
				t.Errorf("side %d: the mosaics are brighter than the images by %d", side, total)
			}
		}
	}
}

// TestTable checks that a table is read as it was written, and that damaged tables are refused.
func TestTable(t *testing.T) {
	s := digits(t, 2, 1)
	path := filepath.Join(t.TempDir(), "a.csv")
	tab, err := readTable(path, s)
	if err != nil {
		t.Fatal(err)
	}
	rows := []row{
		{"AVIF", "quality 8, speed 6", 2, 1000, 2.5, 24.961, 1.25, 0.5},
		{"JPEG", "quality 8", 2, 3000, 1.5, 27.2, 1, 0.5},
		{"PNG", "a \"mosaic\"", 2, 3001, 0, math.Inf(1), 1, 0.5},
	}
	beside := &table{path: path, s: s} // another run, which knows nothing of the first row
	for i, r := range rows {
		if err := []*table{tab, beside, tab}[i].add(r); err != nil {
			t.Fatal(err)
		}
	}
	again, err := readTable(path, s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []row{rows[1], rows[0], rows[2]} { // in the order of rivals
		if again.rows[i] != want {
			t.Errorf("want %+v, got %+v", want, again.rows[i])
		}
	}
	text, _ := os.ReadFile(path)
	for name, bad := range map[string]string{
		"images of another set": strings.Replace(string(text), s.hash, "00", 1),
		"want images":           strings.Replace(string(text), ",2,1000", ",0,1000", 1),
		"want bytes":            strings.Replace(string(text), ",2,1000", ",2,-1", 1),
		"invalid syntax":        strings.Replace(string(text), ",2,1000", ",2,x", 1),
		"wrong number":          strings.Replace(string(text), ",2,1000", ",2", 1),
	} {
		if err := os.WriteFile(path, []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := readTable(path, s); err == nil || name != "images of another set" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestDecoded checks that the images written are those that the setting closest to the wanted bits
// decodes.
func TestDecoded(t *testing.T) {
	s := digits(t, 9, 1)
	dir := t.TempDir()
	tab, err := readTable(filepath.Join(dir, "a.csv"), s)
	if err != nil {
		t.Fatal(err)
	}
	r := rival{"jpeg", "JPEG", layout{side: 60}, 0, jpegSettings(5, 20, 95)}
	if err := measureAll(context.Background(), []rival{r}, tab, s); err != nil {
		t.Fatal(err)
	}
	want := tab.find("JPEG", "quality 20, mosaics of 2x2")
	if want == nil {
		t.Fatalf("want a row of quality 20, got %+v", tab.rows)
	}
	o := options{decoded: filepath.Join(dir, "out"), bits: want.bits() + 1, images: 100}
	if err := writeDecoded(context.Background(), o, []rival{r}, tab, s); err != nil {
		t.Fatal(err)
	}
	var sum float64
	for i := range s.n {
		f, err := os.Open(filepath.Join(dir, "out", "JPEG", "0000"+string(rune('0'+i))+".png"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		sum += float64(images.SquaredError(s.image(i), plain(m, 1)))
	}
	if got := sum / 9 / 255 / 255; math.Abs(got-want.squaredError) > 1e-5*got { // the table has six digits
		t.Errorf("want a squared error of %v in the files, got %v", want.squaredError, got)
	}
}

// TestInterrupted checks that a measurement ends with its context.
func TestInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	r := rivals()[0]
	if _, err := measure(ctx, r, r.settings[0], digits(t, 4, 1), nil); err != context.Canceled {
		t.Errorf("want context.Canceled, got %v", err)
	}
}

func TestOptions(t *testing.T) {
	for args, want := range map[string]string{
		"--out a.csv --split both":                       "--split",
		"--data mnist":                                   "--out",
		"--out a.csv more":                               "no arguments",
		"--out a.csv --first -1":                         "--first",
		"--out a.csv --decoded d":                        "--at-bits",
		"--out a.csv --images 3":                         "--decoded",
		"--out a.csv --decoded d --at-bits 9 --images 0": "--images",
	} {
		if _, err := parse(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error about %s, got %v", args, want, err)
		}
	}
	if _, err := choose(rivals(), []string{"gif"}); err == nil {
		t.Error("want an error for an unknown codec")
	}
}
