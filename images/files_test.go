package images

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// ramp returns a PNG whose pixels count up from a number in steps.
func ramp(t testing.TB, width, height int, from, step byte) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = from + byte(i)*step
	}
	return encoded(t, m)
}

// What is passed over is counted, with an example of each kind.
func TestPassedOver(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/10.png", "a/2.JFIF", "a/1.png", "c/x"} {
		put(t, dir, name, ramp(t, 4, 4, 0, 16))
	}
	for _, name := range []string{"a/notes.txt", "a/b.csv", "a/.hidden.png", "a/.DS_Store", "a/photo.heic", "b/2024/1.png", "a/README", "d/e.txt", ".git/1.png"} {
		put(t, dir, name, []byte("text"))
	}
	s, err := ReadFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a/1.png", "a/2.JFIF", "a/10.png", "c/x"}; !slices.Equal(s.Files, want) || !slices.Equal(s.Classes, []string{"a", "c"}) {
		t.Errorf("read are %v of %v, want %v", s.Files, s.Classes, want)
	}
	want := "4 pictures are read; passed over: hidden files: 1 (a/.hidden.png), files without an extension that hold no picture: 1 (a/README), " +
		"files with other extensions: 3 (a/b.csv), files of formats that are not read: 1 (a/photo.heic), folders too deep: 1 (b/2024), folders without a picture of their own: 2 (b)"
	if len(s.Notes) != 1 || s.Notes[0] != want {
		t.Errorf("the notes are\n%s\nwant\n%s", strings.Join(s.Notes, "\n"), want)
	}
}

// Pictures that cannot have labels are read without, and it is said why.
func TestNoLabels(t *testing.T) {
	loose := t.TempDir()
	put(t, loose, "a.png", ramp(t, 4, 4, 0, 16))
	put(t, loose, "sub/b.png", ramp(t, 4, 4, 1, 15))
	many := t.TempDir()
	for i := range 257 {
		put(t, many, fmt.Sprintf("%d/1.png", i), ramp(t, 4, 4, 0, 16))
	}
	for dir, want := range map[string]string{loose: "the pictures have no labels: some lie in the folder itself (a.png) and some in subfolders (sub)",
		many: "the pictures have no labels: there are 257 subfolders with pictures, and a set has at most 256 classes"} {
		s, err := ReadFolder(dir, Options{})
		if err != nil || s.Labels != nil || s.Classes != nil || !slices.Contains(s.Notes, want) {
			t.Errorf("labels %v, classes %v, notes %q (%v)", s.Labels, s.Classes, s.Notes, err)
		}
	}
}

// Pictures that look wrong are noted, with an example and what to do; ordinary ones are not.
func TestNotes(t *testing.T) {
	half := image.NewNRGBA(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		half.Set(i%4, i/4, color.NRGBA{byte(i * 16), byte(i * 16), byte(i * 16), byte(i * 17)})
	}
	deep := image.NewGray16(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		deep.SetGray16(i%4, i/4, color.Gray16{Y: uint16(i * 272)})
	}
	whole, plain := ramp(t, 4, 4, 0, 17), pngOf(t, 4, 4, 80)
	for name, c := range map[string]struct {
		files [][]byte
		want  string // "" for no note
	}{
		"ordinary":       {[][]byte{whole, ramp(t, 4, 4, 0, 16)}, ""},
		"one colour":     {[][]byte{plain, plain}, "all 2 pictures are of one colour, 80 of 255 (0.png is one)"},
		"colours":        {[][]byte{plain, pngOf(t, 4, 4, 240)}, "all 2 pictures are of one colour each (0.png is one)"},
		"one of them":    {[][]byte{whole, plain, whole}, "1 of 3 pictures has only one colour: remove what is not meant (1.png)"},
		"small range":    {[][]byte{ramp(t, 4, 4, 0, 1), ramp(t, 4, 4, 2, 1)}, "all numbers of all pictures are from 0 to 17 of 255, under a tenth of the range (0.png): --range auto"},
		"some are small": {[][]byte{whole, ramp(t, 4, 4, 9, 1), ramp(t, 4, 4, 3, 1)}, "2 of 3 pictures have numbers from under a tenth of the range: look whether their files have another range (for example 1.png)"},
		"12 bits":        {[][]byte{encoded(t, deep)}, "all numbers of all pictures are from 0 to 4080 of 65535"},
		"transparent":    {[][]byte{whole, encoded(t, half)}, "1 of 2 pictures has transparent pixels, which are laid on white (--background) (1.png)"},
	} {
		dir := t.TempDir()
		for i, file := range c.files {
			put(t, dir, fmt.Sprintf("%d.png", i), file)
		}
		s, err := ReadFolder(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if c.want == "" && len(s.Notes) > 0 || c.want != "" && (len(s.Notes) != 1 || !strings.HasPrefix(s.Notes[0], c.want)) {
			t.Errorf("%s: the notes are %q, want %q", name, s.Notes, c.want)
		}
	}
}

// A range of numbers becomes that from black to white.
func TestRange(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "0.png", ramp(t, 4, 1, 10, 10)) // 10, 20, 30, 40
	put(t, dir, "1.png", ramp(t, 4, 1, 20, 2))
	for text, want := range map[string][]byte{
		"full":  {10, 20, 30, 40, 20, 22, 24, 26},
		"auto":  {0, 85, 170, 255, 85, 102, 119, 136},
		"0:40":  {64, 128, 191, 255, 128, 140, 153, 166},
		"20:30": {0, 0, 255, 255, 0, 51, 102, 153},
	} {
		r, err := ParseRange(text)
		if err != nil || r.String() != text {
			t.Fatalf("%q is read as %v (%v)", text, r, err)
		}
		s, err := ReadFolder(dir, Options{Range: r})
		if err != nil || !slices.Equal(s.Pixels, want) {
			t.Errorf("%s: %v, want %v (%v)", text, s.Pixels, want, err)
		}
		if cut := slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, "outside of the range 20:30, which are cut off") }); cut != (text == "20:30") {
			t.Errorf("%s: the notes are %q", text, s.Notes)
		}
	}
}

// A range may be that of any numbers: an automatic one of large numbers is read again from a model's settings.
func TestParseRange(t *testing.T) {
	for text, want := range map[string]Range{
		"0:2147483648": {Hi: 1 << 31}, "-2.5e+09:1e+30": {Lo: -2.5e9, Hi: 1e30}, "-1e-08:0": {Lo: -1e-8}, "0:4.5e+300": {Hi: 4.5e300},
	} {
		r, err := ParseRange(text)
		if err != nil || r != want {
			t.Errorf("%s is read as %v (%v)", text, r, err)
		}
		if back, err := ParseRange(r.String()); err != nil || back != r {
			t.Errorf("%v is read as %v (%v)", r, back, err)
		}
	}
	for _, text := range []string{"", "1", "1:1", "2:1", "0:0", "0:NaN", "NaN:1", "0:Inf", "-Inf:0", "-1e308:1e308", "0:1e400", "a:b"} {
		if r, err := ParseRange(text); err == nil {
			t.Errorf("%q is read as %v", text, r)
		}
	}
	dir := t.TempDir()
	put(t, dir, "0.png", ramp(t, 4, 1, 10, 10))
	for _, r := range []Range{{Hi: 1e12}, {Hi: 1e300}} {
		s, err := ReadFolder(dir, Options{Range: r})
		if err != nil || !slices.Equal(s.Pixels, make([]byte, 4)) {
			t.Errorf("%v: %v, want black (%v)", r, s, err)
		}
	}
}

// Pictures come to a size by cropping, padding or scaling.
func TestFit(t *testing.T) {
	x := []byte{ // 2 x 4
		0, 10, 20, 30,
		40, 50, 60, 70,
	}
	from := Size{1, 2, 4}
	for name, c := range map[string]struct {
		to   Size
		how  Fit
		want []byte
	}{
		"crop":     {Size{1, 2, 2}, Crop, []byte{10, 20, 50, 60}},
		"pad":      {Size{1, 4, 4}, Pad, []byte{9, 9, 9, 9, 0, 10, 20, 30, 40, 50, 60, 70, 9, 9, 9, 9}},
		"pad wide": {Size{1, 2, 6}, Pad, []byte{9, 0, 10, 20, 30, 9, 9, 40, 50, 60, 70, 9}},
		"same":     {from, Scale, x},
	} {
		if got := fit(x, from, c.to, c.how, []byte{9}, 255); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, how := range []Fit{Crop, Pad, Scale} {
		for _, to := range []Size{{1, 1, 1}, {1, 7, 3}, {1, 3, 50}, {1, 100, 1}} {
			grey := slices.Repeat([]byte{77}, 2*4)
			for i, v := range fit(grey, from, to, how, []byte{77}, 255) {
				if v != 77 {
					t.Errorf("%v to %v: number %d of a picture of one colour is %d", how, to, i, v)
					break
				}
			}
			if n := len(fit(x, from, to, how, []byte{9}, 255)); n != to.Numbers() {
				t.Errorf("%v to %v: %d numbers", how, to, n)
			}
		}
	}
	if p, err := ParseFit("pad"); err != nil || p != Pad || p.String() != "pad" {
		t.Errorf("pad is read as %v (%v)", p, err)
	}
}

// Damaged files can be left out.
func TestSkipDamaged(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.png", ramp(t, 4, 4, 0, 16))
	put(t, dir, "b.png", []byte("no picture"))
	put(t, dir, "c.png", ramp(t, 4, 4, 0, 15))
	s, err := ReadFolder(dir, Options{SkipDamaged: true})
	if err != nil || !slices.Equal(s.Files, []string{"a.png", "c.png"}) || len(s.Notes) != 1 || !strings.HasPrefix(s.Notes[0], "1 of 3 pictures cannot be read and are left out: ") {
		t.Errorf("read are %v, the notes %q (%v)", s.Files, s.Notes, err)
	}
	if _, err := ReadFolder(filepath.Dir(dir), Options{Height: 3}); err == nil {
		t.Error("a height without a width is accepted")
	}
}

// A set that does not fit into its cache has the same numbers as one that does.
func TestSmallCache(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		put(t, dir, fmt.Sprintf("%d.png", i), ramp(t, 5, 4, byte(i), 3))
	}
	whole, err := OpenFolder(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	small, err := OpenFolder(t.Context(), dir, Options{Cache: 50}) // two pictures and a half
	if err != nil {
		t.Fatal(err)
	}
	a, err := whole.SameSize()
	if err != nil {
		t.Fatal(err)
	}
	b, err := small.SameSize()
	if err != nil {
		t.Fatal(err)
	}
	if a.Bytes(a) == nil || b.Bytes(b) != nil {
		t.Error("a set gives bytes although it is not in memory, or does not although it is")
	}
	order := []int32{7, 3, 19, 0, 3, 7, 11}
	b.Ahead(0, order)
	for _, i := range append(order, 5, 6) {
		x, y := make([]float32, 20), make([]float32, 20)
		if err := errors.WithStack(a.Example(0, int(i), x, nil)); err != nil {
			t.Fatal(err)
		}
		if err := b.Example(0, int(i), y, nil); err != nil || !slices.Equal(x, y) {
			t.Errorf("picture %d is %v, want %v (%v)", i, y, x, err)
		}
		if !bytes.Equal(ToBytes(x), a.Bytes(a)(0, int(i), nil)) {
			t.Errorf("the bytes of picture %d are others than its values", i)
		}
	}
	if a.Fingerprint(a) != b.Fingerprint(b) || a.Fingerprint(nil) != "" {
		t.Error("the fingerprint depends on the cache")
	}
	part := whole.Part([]int{3, 1})
	if part.Len() != 2 || part.File(0) != "3.png" || part.Hash(1) != whole.Hash(1) {
		t.Errorf("a part has %d pictures, the first is %s", part.Len(), part.File(0))
	}
}

// The end of a context ends the reading.
func TestOpenStopped(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.png", ramp(t, 4, 4, 0, 16))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := OpenFolder(ctx, dir, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}
