package figure

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

type drawer interface {
	Draw(w io.Writer, format Format) error
}

// samples returns figures of each kind, in the shapes that are easy to get wrong.
func samples() map[string]drawer {
	const odd = "a long title with <, &, \x00 and \xff that has to be broken into several lines, or else it would leave the page"
	plane, labels := clouds(500, 10)
	line, _ := clouds(250, 10)
	flat := func(n int, grey float32) [][]float32 {
		images := make([][]float32, n)
		for i := range images {
			images[i] = []float32{grey, -1, 2, grey, 0, 1}
		}
		return images
	}
	return map[string]drawer{
		"reconstructions": Reconstructions{Title: odd, Size: Size{1, 2, 3}, Rows: pair(flat(5, 0.2), flat(5, 0.3))},
		"one reconstruction": Reconstructions{Title: odd, Size: Size{1, 3, 2}, Rows: pair(flat(1, 0.2), flat(1, 0.3),
			"a note that is much wider than the image")},
		"many reconstructions": Reconstructions{Size: Size{1, 2, 3}, Rows: pair(flat(23, 0.2), flat(23, 0.3))},
		"three rows in colour": Reconstructions{Title: odd, Size: Size{3, 2, 1}, Rows: []Row{
			{Name: "<\x01&>", Images: flat(2, 0.2)},
			{Name: "", Images: flat(2, 0.3), Notes: []string{"a note that is much wider than the image", ""}},
			{Name: "output", Images: flat(2, 0.4), Notes: []string{"", "b"}}}},
		"many colours": Reconstructions{Size: Size{3, 1, 2}, Rows: pair(flat(23, 0.2), flat(23, 0.3))},
		"plane":        Latent{Title: odd, XLabel: odd, YLabel: odd, Dims: 2, Codes: plane, Labels: labels},
		"plane with names": Latent{Title: "t", Dims: 2, Codes: plane, Labels: labels,
			Names: []string{"a", "b", "c", "d", "e", "f", "g", "h", "<&\x01>", strings.Repeat("long ", 50)}},
		"plain plane": Latent{Title: "t", XLabel: "x", YLabel: "y", Dims: 2, Codes: plane},
		"one point":   Latent{Title: "t", XLabel: "x", YLabel: "y", Dims: 2, Codes: []float32{math.MaxFloat32, 0}, Labels: []int{999}},
		"line":        Latent{Title: odd, XLabel: odd, Dims: 1, Codes: line, Labels: labels},
		"plain line":  Latent{Dims: 1, Codes: line},
		"equal line":  Latent{Dims: 1, Codes: []float32{7, 7, 7}, Labels: []int{0, 2, 2}},
		"loss":        Loss{Title: odd, YLabel: odd, Train: []float64{3, 2, 1}, Validation: []float64{3, 2.5, 2}},
		"one epoch":   Loss{Title: "t", YLabel: "y", Train: []float64{3}, Validation: []float64{2}},
		"no change":   Loss{Train: []float64{1, 1 + 1e-15, 1}},
		"zero":        Loss{Train: []float64{0, 0}},
		"wide loss":   Loss{Train: []float64{1e30, 1e-30, math.SmallestNonzeroFloat64}},
		"log loss":    Loss{Train: []float64{1e30, 1e-30, 1}},
		"broken loss": Loss{Train: []float64{math.NaN(), 1, math.Inf(1), 1e300}, Validation: []float64{1, 2, math.NaN(), 3}},
		"grid": Grid{Title: odd, XLabel: odd, YLabel: odd, Columns: []float64{1, 2, 3}, Rows: []float64{-1, 1},
			Size: Size{1, 3, 2}, Images: flat(6, 0.5)},
		"rates": RateDistortion{Title: odd, Note: odd, XLabel: odd, Numbers: 784, Least: 1, Most: 5, Curves: []RateCurve{
			{Name: odd, Bits: []float64{100, 200, 400}, SquaredErrors: []float64{6, 3, 0.5}},
			{Name: "lossless", Bits: []float64{9000}, SquaredErrors: []float64{0}, Colour: 13}}},
		"one rate": RateDistortion{Numbers: 1, Curves: []RateCurve{{Bits: []float64{100}, SquaredErrors: []float64{1}, Dashed: true}}},
		"many rates": RateDistortion{Numbers: 9, Curves: slices.Repeat([]RateCurve{
			{Name: "c", Bits: []float64{1, 1.1}, SquaredErrors: []float64{1e-9, 1e-12}}}, 30)},
		"histogram": Histogram{Title: odd, XLabel: odd, Values: normal(500), Labels: labels},
		"histogram with names": Histogram{Values: normal(500), Labels: labels,
			Names: []string{"a", "b", "c", "d", "e", "f", "g", "h", "<&\x01>", strings.Repeat("long ", 50)}},
		"plain histogram": Histogram{Title: "t", XLabel: "x", Values: []float64{1, 2, 2, 1000}},
		"equal values":    Histogram{Values: []float64{7, 7}},
		"many labels":     Histogram{Values: normal(400), Labels: upTo(400)},
		"strip":           Grid{Title: "t", XLabel: "x", Columns: []float64{-1e-9, 0, 1e-9, 1e9}, Size: Size{1, 2, 3}, Images: flat(4, 0.5)},
		"strip in colour": Grid{Title: "t", XLabel: "x", Columns: []float64{1, 2}, Size: Size{3, 2, 1}, Images: flat(2, 0.5)},
	}
}

func normal(n int) []float64 {
	rnd := rand.New(rand.NewPCG(5, 6))
	values := make([]float64, n)
	for i := range values {
		values[i] = 100 + 10*rnd.NormFloat64()
	}
	return values
}

func upTo(n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = i
	}
	return values
}

// clouds returns n codes of two numbers. The codes of each of k labels are a cloud on a circle.
func clouds(n, k int) (codes []float32, labels []int) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		labels = append(labels, i%k)
		sin, cos := math.Sincos(2 * math.Pi * float64(i%k) / float64(k))
		codes = append(codes, float32(10*cos+3*rnd.NormFloat64()), float32(10*sin+3*rnd.NormFloat64()))
	}
	return codes, labels
}

func drawn(t testing.TB, f drawer, format Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Draw(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// drawPNG draws a figure as PNG and decodes it. Figures are opaque, so RGBA and NRGBA are the same.
func drawPNG(t testing.TB, f drawer) *image.RGBA {
	t.Helper()
	return decodePNG(t, drawn(t, f, PNG))
}

func decodePNG(t testing.TB, b []byte) *image.RGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img.(*image.RGBA)
}

// where returns the smallest rectangle with all pixels of a colour.
func where(img *image.RGBA, c color.NRGBA) image.Rectangle {
	var r image.Rectangle
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if color.NRGBA(img.RGBAAt(x, y)) == c {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestEveryFigure(t *testing.T) {
	for name, f := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // several may be drawn at once
			raster, vector := drawn(t, f, PNG), drawn(t, f, SVG)
			if !bytes.Equal(raster, drawn(t, f, PNG)) || !bytes.Equal(vector, drawn(t, f, SVG)) {
				t.Error("drawn twice, the bytes differ")
			}
			checkEdges(t, decodePNG(t, raster))
			checkSVG(t, vector)
		})
	}
}

// checkEdges finds what is cut off: a strip along the edges of the page must be empty.
func checkEdges(t *testing.T, img *image.RGBA) {
	size := img.Rect.Size()
	if size.X > 2000 || size.Y > 2000 {
		t.Errorf("a page of %v is too large", size)
	}
	inner := img.Rect.Inset(pixels(margin) - 4)
	for y := range size.Y {
		for x := range size.X {
			if p := img.RGBAAt(x, y); !image.Pt(x, y).In(inner) && min(p.R, p.G, p.B) < 255 {
				t.Fatalf("something is drawn at (%d, %d), at the edge of a page of %v", x, y, size)
			}
		}
	}
}

// checkSVG finds bad XML and coordinates that are not numbers.
func checkSVG(t *testing.T, svg []byte) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				for _, bad := range []string{"NaN", "Inf", "data:image/jpg", "font-family:Liberation"} {
					if strings.Contains(a.Value, bad) {
						t.Errorf("%s has the attribute %s=%q", e.Name.Local, a.Name.Local, a.Value)
					}
				}
			}
		}
	}
}

// texts returns the pieces of text in an SVG, with a bar before and after each.
func texts(t testing.TB, f drawer) string {
	t.Helper()
	var all []string
	d := xml.NewDecoder(bytes.NewReader(drawn(t, f, SVG)))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return "|" + strings.Join(all, "|") + "|"
		}
		if s, ok := token.(xml.CharData); ok && strings.TrimSpace(string(s)) != "" {
			all = append(all, string(s))
		}
	}
}

// wantTexts checks which texts a figure has.
func wantTexts(t *testing.T, f drawer, want, deny []string) {
	t.Helper()
	text := texts(t, f)
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("want %q in %s", s, text)
		}
	}
	for _, s := range deny {
		if strings.Contains(text, s) {
			t.Errorf("want no %q in %s", s, text)
		}
	}
}

// wantError checks that Draw returns an error for each case. The message must have all words of the
// case's key, which bars separate.
func wantError(t *testing.T, cases map[string]drawer) {
	t.Helper()
	for words, f := range cases {
		err := f.Draw(io.Discard, PNG)
		if err == nil {
			t.Errorf("want an error with %q, got none", words)
			continue
		}
		for word := range strings.SplitSeq(words, "|") {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("want %q in the error, got: %v", word, err)
			}
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWritingFails(t *testing.T) {
	f := Loss{Train: []float64{1, 2}}
	for _, format := range []Format{PNG, SVG} {
		if err := f.Draw(broken{}, format); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("format %d: want the writer's error, got %v", format, err)
		}
	}
	if err := f.Draw(io.Discard, 7); err == nil || !strings.Contains(err.Error(), "got 7") {
		t.Errorf("want an error for an unknown format, got %v", err)
	}
	many, _ := shades(5000, 1, 1, 0)
	err := Reconstructions{Size: Size{1, 1, 1}, Rows: pair(many, many)}.Draw(io.Discard, PNG)
	if err == nil || !strings.Contains(err.Error(), "fewer images") {
		t.Errorf("want an error for more images than a page holds, got %v", err)
	}
}

// What makes an SVG portable does not change texts that look like SVG.
func TestTextsStayAsTheyAre(t *testing.T) {
	const title = `style="font-family:Liberation Sans; <image xlink:href="data:image/jpg;`
	text := texts(t, Loss{Title: title, Train: []float64{1}})
	if got := strings.ReplaceAll(text, "|", " "); !strings.Contains(got, title) { // the title may be in two lines
		t.Errorf("want the title %q, got %s", title, text)
	}
}

func TestWrap(t *testing.T) {
	const text = "the quick brown fox jumps over the lazy dog and an incomprehensibility follows"
	for width := widest([]string{"i"}, titleSize); width < 500; width += 7 {
		lines := wrap(text, titleSize, width)
		if got := strings.Join(lines, " "); got != text {
			t.Fatalf("width %v: want the words kept, got %q", width, got)
		}
		if len(lines) != len(breakLines(text, titleSize, width)) {
			t.Errorf("width %v: evening the lines changed their number to %d", width, len(lines))
		}
		for _, s := range lines {
			if strings.Contains(s, " ") && widest([]string{s}, titleSize) > width {
				t.Errorf("width %v: the line %q is wider", width, s)
			}
		}
	}
}

// The page makes room for a label at the very end of an axis.
func TestLayoutMakesRoomForTicks(t *testing.T) {
	const wide = "a label much wider than the margin"
	c := chart{width: 100, height: 100, x: axis{hi: 1, ticks: []tick{{0, wide}, {1, wide}}}}
	l, half := c.layout(), widest([]string{wide}, tickSize)/2
	if l.data.Min.X < half || l.width-l.data.Max.X < half {
		t.Errorf("want %v on either side of the data, got %v and %v", half, l.data.Min.X, l.width-l.data.Max.X)
	}
}
