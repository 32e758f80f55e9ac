package figure

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// shades returns n images of one grey each, and the colours that a figure must have there.
func shades(n, height, width int, first uint8) (images [][]float32, greys []color.NRGBA) {
	for i := range n {
		g := first + 9*uint8(i)
		px := make([]float32, height*width)
		for j := range px {
			px[j] = float32(g) / 255
		}
		images, greys = append(images, px), append(greys, color.NRGBA{g, g, g, 255})
	}
	return images, greys
}

// pair returns the two rows of most reconstructions, with notes under the second.
func pair(originals, outputs [][]float32, notes ...string) []Row {
	return []Row{{Name: "original", Images: originals}, {Name: "reconstruction", Images: outputs, Notes: notes}}
}

// solid reports whether all pixels of r have colour c.
func solid(img *image.RGBA, r image.Rectangle, c color.NRGBA) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if color.NRGBA(img.RGBAAt(x, y)) != c {
				return false
			}
		}
	}
	return true
}

// tileAt returns the rectangle of the given size and colour. It ignores single pixels of that colour
// elsewhere, such as the edges of letters.
func tileAt(t *testing.T, img *image.RGBA, c color.NRGBA, size image.Point) image.Rectangle {
	t.Helper()
	b := img.Bounds()
	for y := b.Min.Y; y+size.Y <= b.Max.Y; y++ {
		for x := b.Min.X; x+size.X <= b.Max.X; x++ {
			r := image.Rectangle{Min: image.Pt(x, y), Max: image.Pt(x, y).Add(size)}
			if color.NRGBA(img.RGBAAt(x, y)) == c && solid(img, r, c) {
				return r
			}
		}
	}
	t.Fatalf("no tile of %v with colour %v", size, c)
	return image.Rectangle{}
}

func TestReconstructionsStandBelowTheirOriginals(t *testing.T) {
	for _, n := range []int{1, 5, 12} {
		originals, above := shades(n, 7, 5, 3)
		outputs, below := shades(n, 7, 5, 128)
		img := drawPNG(t, Reconstructions{Title: "t", Size: Size{1, 7, 5}, Rows: pair(originals, outputs)})
		columns := n / ((n + 9) / 10)
		room := min(maxTile, pageRoom/columns)
		h, w := fit(7, 5, room, room)
		var last image.Rectangle
		for i := range n {
			top, bottom := tileAt(t, img, above[i], image.Pt(w, h)), tileAt(t, img, below[i], image.Pt(w, h))
			if top.Min.X != bottom.Min.X || bottom.Min.Y <= top.Max.Y || bottom.Min.Y > top.Max.Y+20 {
				t.Errorf("%d images: original %d at %v, but its reconstruction at %v", n, i, top, bottom)
			}
			if i > 0 && i != columns && (top.Min.X <= last.Max.X || top.Min.Y != last.Min.Y) {
				t.Errorf("%d images: original %d at %v, not right of its predecessor at %v", n, i, top, last)
			}
			if i == columns && top.Min.Y <= last.Max.Y+h {
				t.Errorf("%d images: the second pair of rows begins at %v, within the first", n, top)
			}
			last = top
		}
	}
}

func TestGridRunsRightAndUp(t *testing.T) {
	const columns, rows = 4, 3
	f := Grid{Columns: []float64{1, 2, 3, 4}, Rows: []float64{5, 6, 7}, Size: Size{1, 2, 3}}
	var greys []color.NRGBA
	f.Images, greys = shades(columns*rows, 2, 3, 20)
	img := drawPNG(t, f)
	h, w := fit(2, 3, maxTile, maxTile)
	// The frame covers the outermost pixel of the tiles at the border.
	inner := image.Pt(w-4, h-4)
	first := tileAt(t, img, greys[0], inner)
	for i, g := range greys {
		want := first.Add(image.Pt(i%columns*w, -(i/columns)*h))
		if !solid(img, want.Inset(2), g) {
			t.Errorf("tile %d (column %d, row %d from below) is not at %v", i, i%columns, i/columns, want)
		}
	}
}

// A chessboard of pixels must become black and white, without grey.
func TestPixelsStaySharp(t *testing.T) {
	px := make([]float32, 28*28)
	for i := range px {
		px[i] = float32((i + i/28) % 2)
	}
	h, w := fit(28, 28, maxTile, maxTile)
	if h != 196 || w != 196 {
		t.Fatalf("want 28x28 pixels enlarged sevenfold, got %dx%d", h, w)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	tile(img, img.Rect, px, Size{1, 28, 28})
	for y := range h {
		for x := range w {
			if want := uint8((x/7 + y/7) % 2 * 255); img.GrayAt(x, y).Y != want {
				t.Fatalf("pixel (%d, %d): want %d, got %d", x, y, want, img.GrayAt(x, y).Y)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ height, width, roomHeight, roomWidth, h, w int }{
		{28, 28, 220, 220, 196, 196},
		{28, 28, 28, 500, 28, 28},
		{10, 40, 220, 220, 50, 200},
		{400, 200, 100, 100, 100, 50},
		{4096, 1, 100, 100, 100, 1},
	} {
		if h, w := fit(c.height, c.width, c.roomHeight, c.roomWidth); h != c.h || w != c.w {
			t.Errorf("%dx%d in %dx%d: want %dx%d, got %dx%d", c.height, c.width, c.roomHeight, c.roomWidth, c.h, c.w, h, w)
		}
	}
}

// Reducing averages pixels: fine stripes become grey. A thin image keeps both ends.
func TestLargeImagesAreReduced(t *testing.T) {
	px := make([]float32, 400*400)
	for i := range px {
		px[i] = float32(i % 2)
	}
	img := image.NewGray(image.Rect(0, 0, 100, 100))
	tile(img, img.Rect, px, Size{1, 400, 400})
	if g := img.GrayAt(50, 50).Y; g < 110 || g > 145 {
		t.Errorf("want stripes reduced to a middle grey, got %d", g)
	}
	thin := make([]float32, 1000)
	for i := 500; i < 1000; i++ {
		thin[i] = 1
	}
	img = image.NewGray(image.Rect(0, 0, 1, 100))
	tile(img, img.Rect, thin, Size{1, 1000, 1})
	if img.GrayAt(0, 5).Y != 0 || img.GrayAt(0, 95).Y != 255 {
		t.Errorf("want black above white, got %d above %d", img.GrayAt(0, 5).Y, img.GrayAt(0, 95).Y)
	}
}

func TestImageErrors(t *testing.T) {
	one := [][]float32{{0, 1}}
	nan := [][]float32{{0, float32(math.NaN())}}
	size := Size{1, 1, 2}
	wantError(t, map[string]drawer{
		"at least one row":                                               Reconstructions{Size: size},
		`at least one image|row "original"`:                              Reconstructions{Size: size, Rows: pair(nil, nil)},
		"1 channel|or 3|got Channels 0":                                  Reconstructions{Size: Size{0, 1, 2}, Rows: pair(one, one)},
		"1 channel|or 3|got Channels 2":                                  Grid{Size: Size{2, 1, 2}, Columns: []float64{1}, Images: one},
		"Height 0":                                                       Reconstructions{Size: Size{1, 0, 2}, Rows: pair(one, one)},
		"Width 5000":                                                     Reconstructions{Size: Size{1, 1, 5000}, Rows: pair(one, one)},
		`1 images in row "reconstruction"|got 0`:                         Reconstructions{Size: size, Rows: pair(one, nil)},
		`2 x 2 x 1|= 4 values|row "original"|got 2 in image 0`:           Reconstructions{Size: Size{1, 2, 2}, Rows: pair(one, one)},
		"1 x 2 x 3|= 6 values|the grid|got 2 in image 0":                 Grid{Size: Size{3, 1, 2}, Columns: []float64{1}, Images: one},
		`NaN in image 0|row "reconstruction"|row 0, column 1, channel 0`: Reconstructions{Size: size, Rows: pair(one, nan)},
		"NaN in image 0|the grid|row 1, column 0, channel 1": Grid{Size: Size{3, 2, 1}, Columns: []float64{1},
			Images: [][]float32{{0, 0, 0, 0, float32(math.NaN()), 0}}},
		`note for each of 1 images|row "reconstruction"|got 2`: Reconstructions{Size: size, Rows: pair(one, one, "", "")},
		"got 0 columns":                                 Grid{Size: size},
		"want 2 images in the grid, got 1":              Grid{Columns: []float64{1, 2}, Images: one, Size: size},
		"finite latents|Inf":                            Grid{Columns: []float64{math.Inf(1)}, Images: one, Size: size},
		"at most 1300 rows|got 1 columns and 1301 rows": Grid{Columns: []float64{1}, Rows: make([]float64, 1301), Images: one, Size: size},
	})
}
