package figure

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/opentype"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// The sizes of type, in points.
const (
	titleSize vg.Length = 11
	labelSize vg.Length = 10
	tickSize  vg.Length = 9
	noteSize  vg.Length = 8

	leading   = 1.25 // the height of a line, as a multiple of the size
	capHeight = 0.72 // the height of digits and capitals, as a multiple of the size
)

var (
	ink  = color.NRGBA{A: 255}
	soft = color.NRGBA{R: 80, G: 80, B: 80, A: 255}
)

// page is the canvas of a figure. Lengths are in points, the origin is at the bottom left.
type page struct {
	vg.Canvas
	raster draw.Image // the pixels of a PNG; nil in SVG
}

// snap rounds a length to a whole number of PNG pixels.
func snap(l vg.Length) vg.Length { return vg.Length(math.Round(float64(l/dot))) * dot }

// pixels converts a length to PNG pixels.
func pixels(l vg.Length) int { return int(math.Round(float64(l / dot))) }

// sans is the font of all figures. (gonum/plot's Liberation collection has eleven more fonts, which
// would make a program 4 MB larger.)
var sans = sync.OnceValue(func() font.Collection {
	face, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return font.Collection{{Font: font.Font{Typeface: "Liberation", Variant: "Sans"}, Face: face}}
})

func face(size vg.Length) font.Face {
	collection := sans()
	return font.NewCache(collection).Lookup(collection[0].Font, size)
}

// widest returns the width of the widest line.
func widest(lines []string, size vg.Length) vg.Length {
	f, w := face(size), vg.Length(0)
	for _, s := range lines {
		w = max(w, f.Width(s))
	}
	return w
}

// wrap breaks text between words into lines of at most the given width: into as few lines as
// possible, and then into lines of similar width. A word that is wider than that has a line of its
// own. Layouts make room for the widest line.
func wrap(text string, size, width vg.Length) []string {
	lines := breakLines(text, size, width)
	for w := width; len(lines) > 1 && w > 0; w -= size {
		narrower := breakLines(text, size, w)
		if len(narrower) > len(lines) || widest(narrower, size) > width {
			break
		}
		lines = narrower
	}
	return lines
}

func breakLines(text string, size, width vg.Length) []string {
	var lines []string
	f := face(size)
	for _, word := range strings.Fields(text) {
		if n := len(lines); n > 0 && f.Width(lines[n-1]+" "+word) <= width {
			lines[n-1] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// Alignment: where a text begins relative to its x, as a multiple of its width.
const (
	toRight vg.Length = 0
	centred vg.Length = -0.5
	toLeft  vg.Length = -1
)

// text writes s at x with its baseline at y.
func (p *page) text(s string, x, y, size, align vg.Length, c color.Color) {
	if s = printable(s); s == "" {
		return
	}
	f := face(size)
	p.SetColor(c)
	p.FillString(f, vg.Point{X: x + align*f.Width(s), Y: y}, s)
}

// upward writes s from bottom to top, with its centre at y and its baseline at x.
func (p *page) upward(s string, x, y, size vg.Length) {
	p.Push()
	p.Translate(vg.Point{X: x, Y: y})
	p.Rotate(math.Pi / 2)
	p.text(s, 0, 0, size, centred, ink)
	p.Pop()
}

// printable replaces control characters and invalid UTF-8: readers cannot see them, and XML does not
// allow them.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// shorten cuts a text to at most n characters.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// line draws a line through points.
func (p *page) line(width vg.Length, c color.Color, points ...vg.Point) {
	var path vg.Path
	path.Move(points[0])
	for _, q := range points[1:] {
		path.Line(q)
	}
	p.SetLineWidth(width)
	p.SetColor(c)
	p.Stroke(path)
}

// fill fills a rectangle.
func (p *page) fill(r vg.Rectangle, c color.Color) {
	p.SetColor(c)
	p.Fill(r.Path())
}

// outline draws the edge of a rectangle.
func (p *page) outline(r vg.Rectangle, width vg.Length, c color.Color) {
	x0, y0, x1, y1 := r.Min.X, r.Min.Y, r.Max.X, r.Max.Y
	// The line goes on beyond its start. If it ended there, the first corner would be incomplete.
	p.line(width, c, r.Min, vg.Point{X: x1, Y: y0}, r.Max, vg.Point{X: x0, Y: y1}, r.Min, vg.Point{X: x0 + width, Y: y0})
}

// picture draws img with its bottom left corner at (x, y). A pixel of img is a pixel of a PNG.
func (p *page) picture(img image.Image, x, y vg.Length) {
	size := img.Bounds().Size()
	if p.raster == nil {
		p.DrawImage(vg.Rectangle{
			Min: vg.Point{X: x, Y: y},
			Max: vg.Point{X: x + vg.Length(size.X)*dot, Y: y + vg.Length(size.Y)*dot},
		}, img)
		return
	}
	at := image.Pt(pixels(x), p.raster.Bounds().Dy()-pixels(y)-size.Y)
	draw.Draw(p.raster, image.Rectangle{Min: at, Max: at.Add(size)}, img, image.Point{}, draw.Src)
}

// disc fills a circle.
func (p *page) disc(centre vg.Point, radius vg.Length, c color.Color) {
	var path vg.Path
	path.Move(vg.Point{X: centre.X + radius, Y: centre.Y})
	path.Arc(centre, radius, 0, 2*math.Pi)
	p.SetColor(c)
	p.Fill(path)
}
