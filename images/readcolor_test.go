package images

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"runtime"
	"testing"
)

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
