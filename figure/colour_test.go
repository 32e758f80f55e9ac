package figure

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// colours returns n images of one colour each, and the colours that a figure must have there. All
// images are different, and the three channels of each image too.
func colours(n, height, width int, first uint8) (images [][]float32, want []color.NRGBA) {
	for i := range n {
		c := color.NRGBA{first + uint8(i), 250 - 3*uint8(i), 100 + first/2 + 5*uint8(i), 255}
		var px []float32
		for range height * width {
			px = append(px, float32(c.R)/255, float32(c.G)/255, float32(c.B)/255)
		}
		images, want = append(images, px), append(want, c)
	}
	return images, want
}

// Each row of a denoising model's figure stands below the one before, in its own colours.
func TestThreeRowsInColour(t *testing.T) {
	for _, n := range []int{1, 4, 13} {
		var f Reconstructions
		f.Size = Size{3, 7, 5}
		var want [3][]color.NRGBA
		for j, name := range []string{"original", "noisy input", "output"} {
			row := Row{Name: name}
			row.Images, want[j] = colours(n, 7, 5, uint8(70*j+3))
			if j == 1 {
				row.Notes = slices.Repeat([]string{"a note"}, n)
			}
			f.Rows = append(f.Rows, row)
		}
		img := drawPNG(t, f)
		groups := (n + 9) / 10
		room := min(maxTile, pageRoom/((n+groups-1)/groups))
		h, w := fit(7, 5, room, room)
		for i := range n {
			var at [3]image.Rectangle
			for j := range at {
				at[j] = tileAt(t, img, want[j][i], image.Pt(w, h))
			}
			if at[0].Min.X != at[1].Min.X || at[0].Min.X != at[2].Min.X {
				t.Errorf("%d images: want those of column %d in one column, got %v", n, i, at)
			}
			space := pixels(gap)
			if got := at[1].Min.Y - at[0].Max.Y; got != space {
				t.Errorf("%d images: want %d pixels between rows without notes, got %d", n, space, got)
			}
			if got := at[2].Min.Y - at[1].Max.Y; got < space+pixels(noteSize) || got > 3*space+pixels(noteSize) {
				t.Errorf("%d images: want a line of notes between rows 1 and 2, got %d pixels", n, got)
			}
		}
		text := texts(t, f)
		for _, s := range []string{"original", "noisy input", "output"} {
			if got := strings.Count(text, "|"+s+"|"); got != groups {
				t.Errorf("%d images: want the name %q %d times, got %d in %s", n, s, groups, got, text)
			}
		}
	}
}

func TestGridInColour(t *testing.T) {
	const columns, rows = 4, 3
	f := Grid{Columns: []float64{1, 2, 3, 4}, Rows: []float64{5, 6, 7}, Size: Size{3, 2, 3}}
	var want []color.NRGBA
	f.Images, want = colours(columns*rows, 2, 3, 20)
	img := drawPNG(t, f)
	h, w := fit(2, 3, maxTile, maxTile)
	first := tileAt(t, img, want[0], image.Pt(w-4, h-4)) // the frame covers the edge of the tiles at the border
	for i, c := range want {
		if at := first.Add(image.Pt(i%columns*w, -(i/columns)*h)); !solid(img, at.Inset(2), c) {
			t.Errorf("tile %d (column %d, row %d from below) is not at %v", i, i%columns, i/columns, at)
		}
	}
}

// A pixel's three values are next to each other, and pixels run from left to right, then down.
func TestColourTile(t *testing.T) {
	px := []float32{
		1, 0, 0, 0, 1, 0, 0, 0, 1, // red, green, blue
		-1, 0.5, 2, 1, 1, 1, 0, 0, 0, // clipped to 0 and 1; white; black
	}
	want := [][]color.RGBA{
		{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}},
		{{0, 128, 255, 255}, {255, 255, 255, 255}, {0, 0, 0, 255}},
	}
	size := Size{3, 2, 3}
	img := size.canvas(20, 30)
	at := image.Rect(7, 5, 7+4*3, 5+4*2) // enlarged fourfold
	tile(img, at, px, size)
	for y := range 20 {
		for x := range 30 {
			c := color.RGBA{}
			if p := image.Pt(x, y); p.In(at) {
				c = want[(y-5)/4][(x-7)/4]
			}
			if got := img.At(x, y); got != c {
				t.Fatalf("pixel (%d, %d): want %v, got %v", x, y, c, got)
			}
		}
	}
}

// Reducing averages each channel.
func TestLargeColourImagesAreReduced(t *testing.T) {
	size := Size{3, 400, 400}
	px := make([]float32, 400*400*3)
	for i := range 400 * 400 {
		px[3*i], px[3*i+1], px[3*i+2] = float32(i%2), 1, float32(i/400/200) // fine stripes; full; dark above bright
	}
	img := size.canvas(100, 100)
	tile(img, img.Bounds(), px, size)
	for y, blue := range map[int]uint8{10: 0, 90: 255} {
		c := img.At(50, y).(color.RGBA)
		if c.R < 110 || c.R > 145 || c.G != 255 || c.B != blue || c.A != 255 {
			t.Errorf("row %d: want a middle red, full green and blue %d, got %v", y, blue, c)
		}
	}
}

// An SVG embeds the pixels as PNG: grey images as grey, colour in colour.
func TestSVGEmbedsThePixels(t *testing.T) {
	for _, channels := range []int{1, 3} {
		px := make([]float32, 2*2*channels)
		px[len(px)-1] = 1 // the last channel of the pixel at the bottom right
		f := Grid{Columns: []float64{1}, Size: Size{channels, 2, 2}, Images: [][]float32{px}}
		found := regexp.MustCompile(`data:image/png;base64,([^"]+)"`).FindSubmatch(drawn(t, f, SVG))
		if found == nil {
			t.Fatalf("%d channels: no embedded PNG", channels)
		}
		raw, err := base64.StdEncoding.DecodeString(string(found[1]))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		want := map[int]color.Color{1: color.Gray{255}, 3: color.RGBA{0, 0, 255, 255}}[channels]
		black := map[int]color.Color{1: color.Gray{}, 3: color.RGBA{A: 255}}[channels]
		size := img.Bounds().Size()
		if got := img.At(size.X-1, size.Y-1); got != want {
			t.Errorf("%d channels: want %v at the bottom right, got %v", channels, want, got)
		}
		if got := img.At(0, 0); got != black {
			t.Errorf("%d channels: want %v at the top left, got %v", channels, black, got)
		}
	}
}
