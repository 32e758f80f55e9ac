package images

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// colored returns a set of n images of 2x3 in colour, with labels number%3.
func colored(n int) *Set {
	s := numbered(n)
	s.Channels, s.Pixels = 3, nil
	for i := range 18 * n {
		s.Pixels = append(s.Pixels, byte(i*37))
	}
	return s
}

// noise returns a set of n images of 5x4 in colour.
func noise(n int) *Set {
	s := &Set{Channels: 3, Height: 5, Width: 4}
	for i := range 60 * n {
		s.Pixels = append(s.Pixels, byte(i*i*7+i*101))
	}
	return s
}

func TestSize(t *testing.T) {
	s := noise(3)
	if s.Len() != 3 || len(s.Image(2)) != 60 || s.Image(1)[0] != s.Pixels[60] || s.Label(0) != -1 {
		t.Errorf("%d images, label %d", s.Len(), s.Label(0))
	}
	size := s.Size()
	if x, y := s.Shape(); !slices.Equal(x, []int{3, 5, 4}) || y != nil || size.Pixels() != 20 || size.Numbers() != 60 {
		t.Errorf("shape %v, %v, %d pixels, %d numbers", x, y, size.Pixels(), size.Numbers())
	}
	for size, want := range map[Size]string{
		{1, 28, 20}: "28 x 20 pixels",
		{3, 28, 20}: "28 x 20 pixels in colour",
		{4, 28, 20}: "28 x 20 pixels of 4 channels",
	} {
		if size.String() != want {
			t.Errorf("%q, want %q", size, want)
		}
	}
	for _, c := range []Color{Auto, Grey, RGB} {
		if got, err := ParseColor(c.String()); got != c || err != nil {
			t.Errorf("%v was read as %v (%v)", c, got, err)
		}
	}
	for _, bad := range []string{"", "gray", "RGB", "colour"} {
		if c, err := ParseColor(bad); err == nil {
			t.Errorf("%q was read as %v", bad, c)
		}
	}
}

// pictures returns files of 16x16 pixels, one for each type of image that PNG and JPEG decode to:
// grey ones and colour ones.
func pictures(t *testing.T) (greys, colours map[string][]byte) {
	const side = 16
	box := image.Rect(0, 0, side, side)
	paint := func(m interface {
		image.Image
		Set(x, y int, c color.Color)
	}, at func(x, y int) color.Color) image.Image {
		for y := range side {
			for x := range side {
				m.Set(x, y, at(x, y))
			}
		}
		return m
	}
	grey := func(x, y int) color.Color { return color.Gray{byte(x*17 + y)} }
	deepGrey := func(x, y int) color.Color { return color.Gray16{uint16(x*4099 + y*77)} }
	colour := func(x, y int) color.Color { return color.RGBA{byte(x * 16), byte(y * 16), byte(x * y), 255} }
	clear := func(x, y int) color.Color {
		return color.NRGBA64{uint16(x * 4099), uint16(y * 4001), uint16((x ^ y) * 3907), uint16(0xffff - x*y*200)}
	}
	clearGrey := func(x, y int) color.Color {
		v := uint16(x*4099 + y*77)
		return color.NRGBA64{v, v, v, uint16(y * 4369)}
	}
	indexed := func(of int) *image.Paletted {
		m := image.NewPaletted(box, color.Palette{color.Black, color.White, color.Gray{77}, color.NRGBA{90, 90, 90, 40},
			color.NRGBA{200, 30, 40, 0}, color.RGBA{10, 250, 90, 255}, color.NRGBA{200, 100, 50, 100}})
		for i := range m.Pix {
			m.Pix[i] = byte(i % of)
		}
		return m
	}
	photo := func(m image.Image) []byte {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	hidden := image.NewNRGBA(box) // red, but transparent: black
	for i := range hidden.Pix {
		hidden.Pix[i] = map[bool]byte{true: 255}[i%4 == 0]
	}
	greys = map[string][]byte{
		"grey.png":    encoded(t, paint(image.NewGray(box), grey)),
		"grey16.png":  encoded(t, paint(image.NewGray16(box), deepGrey)),
		"rgb.png":     encoded(t, paint(image.NewRGBA(box), grey)),
		"rgb16.png":   encoded(t, paint(image.NewRGBA64(box), deepGrey)),
		"alpha.png":   encoded(t, paint(image.NewNRGBA(box), clearGrey)),
		"alpha16.png": encoded(t, paint(image.NewNRGBA64(box), clearGrey)),
		"palette.png": encoded(t, indexed(5)), // of its colours it uses a transparent one only
		"hidden.png":  encoded(t, hidden),
		"grey.jpg":    photo(paint(image.NewGray(box), grey)),
		"colour.jpg":  photo(paint(image.NewRGBA(box), grey)), // stored as YCbCr
	}
	colours = map[string][]byte{
		"rgb.png":     encoded(t, paint(image.NewRGBA(box), colour)),
		"rgb16.png":   encoded(t, paint(image.NewRGBA64(box), colour)),
		"alpha.png":   encoded(t, paint(image.NewNRGBA(box), clear)),
		"alpha16.png": encoded(t, paint(image.NewNRGBA64(box), clear)),
		"palette.png": encoded(t, indexed(7)),
		"colour.jpg":  photo(paint(image.NewRGBA(box), colour)),
	}
	return greys, colours
}

func readOne(t *testing.T, name string, file []byte, c Color) *Set {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, name, file)
	s, err := ReadFolder(dir, Options{Color: c})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The pixels of a file decide whether it is grey. Its bytes are those of the image's colours.
func TestReadColor(t *testing.T) {
	greys, colours := pictures(t)
	for channels, files := range map[int]map[string][]byte{1: greys, 3: colours} {
		for name, file := range files {
			m, _, err := image.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			var wantRGB, wantGrey []byte
			for y := range 16 {
				for x := range 16 {
					r, g, b, _ := m.At(x, y).RGBA()
					wantRGB = append(wantRGB, byte(r>>8), byte(g>>8), byte(b>>8))
					wantGrey = append(wantGrey, color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
				}
			}
			auto := readOne(t, name, file, Auto)
			rgb, grey := readOne(t, name, file, RGB), readOne(t, name, file, Grey)
			if auto.Channels != channels || rgb.Channels != 3 || grey.Channels != 1 {
				t.Errorf("%s: %d channels, want %d; %d as colour and %d as grey", name, auto.Channels, channels, rgb.Channels, grey.Channels)
			}
			if !bytes.Equal(rgb.Pixels, wantRGB) {
				t.Errorf("%s: the colours are not the image's", name)
			}
			if !bytes.Equal(grey.Pixels, wantGrey) {
				t.Errorf("%s: the grey is not the image's", name)
			}
			if want := map[int][]byte{1: wantGrey, 3: wantRGB}[channels]; !bytes.Equal(auto.Pixels, want) {
				t.Errorf("%s: the pixels are not the image's", name)
			}
			if three, err := grey.In(RGB); channels == 1 && (err != nil || !bytes.Equal(three.Pixels, rgb.Pixels)) {
				t.Errorf("%s: a grey image has not three equal channels: %v", name, err)
			}
		}
	}
}

// One colour image makes a set colour, at any place in the folder and on any number of cores.
func TestReadMixedFolder(t *testing.T) {
	greys, colours := pictures(t)
	alone := map[string][]byte{}
	for name, file := range greys {
		alone[name] = readOne(t, name, file, RGB).Pixels
	}
	for name, file := range colours {
		for _, place := range []string{"0", "h", "z"} {
			alone[place+name] = readOne(t, name, file, RGB).Pixels
		}
	}
	for _, cores := range []int{1, 4} {
		before := runtime.GOMAXPROCS(cores)
		for name, file := range colours {
			for _, place := range []string{"0", "h", "z"} {
				dir := t.TempDir()
				for grey, file := range greys {
					put(t, dir, "class/"+grey, file)
				}
				put(t, dir, "class/"+place+name, file)
				s, err := ReadFolder(dir, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if s.Channels != 3 || s.Len() != len(greys)+1 || len(s.Labels) != s.Len() {
					t.Fatalf("%s: %d images of %v", place+name, s.Len(), s.Size())
				}
				all, err := filepath.Glob(filepath.Join(dir, "class", "*"))
				if err != nil {
					t.Fatal(err)
				}
				for i, path := range all {
					if !bytes.Equal(s.Image(i), alone[filepath.Base(path)]) {
						t.Errorf("%s with %s: the image is another than alone", path, place+name)
					}
				}
			}
		}
		runtime.GOMAXPROCS(before)
	}
	dir := t.TempDir()
	put(t, dir, "a.png", colours["rgb.png"])
	put(t, dir, "b.png", greys["grey.png"][:60])
	for _, c := range []Color{Auto, Grey, RGB} {
		if _, err := ReadFolder(dir, Options{Color: c}); err == nil {
			t.Errorf("%v: a damaged grey image after a colour one was read", c)
		}
	}
}

// ReadFolder reads back what WriteFolder wrote.
func TestWriteColor(t *testing.T) {
	s := noise(12)
	values := make([]float32, len(s.Pixels))
	for i, b := range s.Pixels {
		values[i] = float32(b) / 255
	}
	for i, from := range []Source{s, plain{s}, FromValues(s.Size(), values)} {
		dir := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := WriteFolder(dir, from); err != nil {
			t.Fatal(err)
		}
		for _, c := range []Color{Auto, RGB} {
			back, err := ReadFolder(dir, Options{Color: c})
			if err != nil || fingerprint(back) != fingerprint(s) {
				t.Errorf("%v: ReadFolder does not read what WriteFolder wrote: %v", c, err)
			}
		}
		back, err := ReadFolder(dir, Options{Color: Grey})
		grey, err2 := s.In(Grey)
		if err != nil || err2 != nil || fingerprint(back) != fingerprint(grey) {
			t.Errorf("the set in grey is not the folder in grey: %v, %v", err, err2)
		}
	}
	if err := WriteFolder(t.TempDir(), FromValues(Size{2, 1, 1}, []float32{0, 1})); err == nil {
		t.Error("images of 2 channels were written")
	}
}

func TestIn(t *testing.T) {
	s := noise(100)
	grey, err := s.In(Grey)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range grey.Pixels {
		r, g, b := s.Pixels[3*i], s.Pixels[3*i+1], s.Pixels[3*i+2]
		if want := color.GrayModel.Convert(color.RGBA{r, g, b, 255}).(color.Gray).Y; v != want {
			t.Fatalf("%d, %d, %d became %d, want %d", r, g, b, v, want)
		}
	}
	for v := range 256 {
		if got := luminance(byte(v), byte(v), byte(v)); got != byte(v) {
			t.Errorf("a grey of %d became %d", v, got)
		}
	}
	back, err := grey.In(RGB)
	if err != nil || back.Size() != s.Size() || back.Len() != 100 {
		t.Fatalf("%v, %v", back.Size(), err)
	}
	for i, v := range grey.Pixels {
		if !bytes.Equal(back.Pixels[3*i:3*i+3], []byte{v, v, v}) {
			t.Fatalf("a grey of %d became %v", v, back.Pixels[3*i:3*i+3])
		}
	}
	for _, c := range []struct {
		s *Set
		c Color
	}{{s, Auto}, {s, RGB}, {grey, Auto}, {grey, Grey}, {FromValues(Size{2, 1, 1}, nil), Auto}} {
		if same, err := c.s.In(c.c); same != c.s || err != nil {
			t.Errorf("%v in %v is another set (%v)", c.s.Size(), c.c, err)
		}
	}
	for _, c := range []Color{Grey, RGB} {
		if _, err := FromValues(Size{2, 1, 1}, nil).In(c); err == nil {
			t.Errorf("2 channels became %v", c)
		}
	}
}

// The fingerprint depends on the channels, and Split keeps them.
func TestColorFingerprintAndSplit(t *testing.T) {
	s := colored(20)
	wide, flat := *s, *s
	wide.Channels, wide.Width = 1, 9
	flat.Channels, flat.Height = 1, 6
	seen := map[string]bool{}
	for _, s := range []*Set{s, &wide, &flat, colored(19)} {
		seen[fingerprint(s)] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d fingerprints of 4 sets", len(seen))
	}
	// Pinned, since checkpoints hold it.
	if got, want := fingerprint(s), "2fcd04f12743818a7e8c8dabbc480a84d1eff6a155a5a1238febb40b2e8ef15d"; got != want {
		t.Errorf("the fingerprint is %s, want %s", got, want)
	}
	train, held, err := s.Split(0.25, 3)
	if err != nil {
		t.Fatal(err)
	}
	greyTrain, greyHeld, err := numbered(20).Split(0.25, 3)
	if err != nil {
		t.Fatal(err)
	}
	for part, grey := range map[*Set]*Set{train: greyTrain, held: greyHeld} {
		if part.Size() != s.Size() || part.Len() != grey.Len() || !bytes.Equal(part.Labels, grey.Labels) || part.Name != s.Name {
			t.Errorf("%d images of %v, want %d", part.Len(), part.Size(), grey.Len())
		}
		for i := range part.Len() {
			if n := int(grey.Image(i)[0]); !bytes.Equal(part.Image(i), s.Image(n)) {
				t.Errorf("image %d is not that of %d", i, n)
			}
		}
	}
}

// Each number of a colour image is binarized alone, as in a grey image three times as wide.
func TestBinarizeColor(t *testing.T) {
	s := noise(4)
	wide := *s
	wide.Channels, wide.Width = 1, 12
	for _, how := range []Binarization{Threshold, Stochastic} {
		if !bytes.Equal(drawn(how.Fixed(s)).Pixels, drawn(how.Fixed(&wide)).Pixels) {
			t.Errorf("%v: channels are not binarized one by one", how)
		}
	}
}
