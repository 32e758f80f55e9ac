package images

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/internal/pixmap"
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
	deepColour := func(x, y int) color.Color {
		return color.RGBA64{uint16(x * 4099), uint16(y * 4001), uint16((x ^ y) * 3907), 0xffff}
	}
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
	hidden := image.NewNRGBA(box) // red, but transparent: white
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
		"rgb16.png":   encoded(t, paint(image.NewRGBA64(box), deepColour)),
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

// shown returns what viewers show of an image, on white: grey numbers and red, green and blue, and
// whether they have 16 bits.
func shown(m image.Image) (grey, rgb []uint16, deep bool) {
	most := uint64(255)
	switch m.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		most, deep = 65535, true
	}
	box := m.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			c := color.NRGBA64Model.Convert(m.At(x, y)).(color.NRGBA64)
			if !deep {
				b := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
				c = color.NRGBA64{uint16(b.R), uint16(b.G), uint16(b.B), uint16(b.A)}
			}
			on := func(v uint16) uint16 {
				return uint16((uint64(v)*uint64(c.A) + most*(most-uint64(c.A)) + most/2) / most)
			}
			r, g, b := on(c.R), on(c.G), on(c.B)
			rgb = append(rgb, r, g, b)
			if deep {
				grey = append(grey, color.Gray16Model.Convert(color.RGBA64{r, g, b, 65535}).(color.Gray16).Y)
			} else {
				grey = append(grey, uint16(color.GrayModel.Convert(color.RGBA{byte(r), byte(g), byte(b), 255}).(color.Gray).Y))
			}
		}
	}
	return grey, rgb, deep
}

// smoothed returns a JPEG picture in colour as package pixmap decodes it.
func smoothed(t *testing.T, file []byte) image.Image {
	t.Helper()
	p, err := pixmap.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		copy(m.Pix[4*i:], p.Bytes[3*i:][:3])
		m.Pix[4*i+3] = 255
	}
	return m
}

// numbersOf returns the numbers of a set, and whether they have 16 bits.
func numbersOf(s *Set) (x []uint16, deep bool) {
	for _, b := range s.Pixels {
		x = append(x, uint16(b))
	}
	return append(x, s.Deep...), s.Deep != nil
}

// The pixels of a file decide whether it is grey. Its numbers are those that viewers show.
func TestReadColor(t *testing.T) {
	greys, colours := pictures(t)
	for channels, files := range map[int]map[string][]byte{1: greys, 3: colours} {
		for name, file := range files {
			m, _, err := image.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			if name == "colour.jpg" { // image.Decode repeats its colours; package pixmap is compared with a viewer
				m = smoothed(t, file)
			}
			wantGrey, wantRGB, wantDeep := shown(m)
			for color, want := range map[Color][]uint16{Grey: wantGrey, RGB: wantRGB, Auto: map[int][]uint16{1: wantGrey, 3: wantRGB}[channels]} {
				s := readOne(t, name, file, color)
				got, deep := numbersOf(s)
				if deep != wantDeep || !slices.Equal(got, want) {
					t.Errorf("%s as %v: other numbers than a viewer shows, or of other depth (deep %v, want %v)", name, color, deep, wantDeep)
				}
				if color == Grey && channels == 1 {
					three, err := s.In(RGB)
					if err != nil {
						t.Fatal(err)
					}
					if got, _ := numbersOf(three); !slices.Equal(got, wantRGB) {
						t.Errorf("%s: a grey image has not three equal channels", name)
					}
				}
			}
		}
	}
}

// One colour image makes a set colour, at any place in the folder and on any number of cores.
func TestReadMixedFolder(t *testing.T) {
	greys, colours := pictures(t)
	alone := map[string][]byte{}
	for name, file := range greys {
		alone[name] = readOne(t, name, file, RGB).Image(0)
	}
	for name, file := range colours {
		for _, place := range []string{"0", "h", "z"} {
			alone[place+name] = readOne(t, name, file, RGB).Image(0)
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
				for i, file := range s.Files {
					if !bytes.Equal(s.Image(i), alone[strings.TrimPrefix(file, "class/")]) {
						t.Errorf("%s with %s: the image is another than alone", file, place+name)
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
