package figure

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestColourBar(t *testing.T) {
	for _, k := range []int{1, 3, 10, 26} {
		codes, labels := clouds(5*k, k)
		img := drawPNG(t, Latent{Dims: 2, Codes: codes, Labels: labels})
		var below image.Rectangle
		for i := range k {
			// Dots are transparent: only the bar has the full colour.
			band := where(img, labelColour(i, k))
			if band.Dx() > pixels(barWidth) || band.Dy() < 30 {
				t.Errorf("%d labels: the band of %d is %v large", k, i, band.Size())
			}
			if i > 0 && band.Max.Y > below.Min.Y {
				t.Errorf("%d labels: the band of %d at %v is not above the one before at %v", k, i, band, below)
			}
			below = band
		}
		if text := texts(t, Latent{Dims: 2, Codes: codes, Labels: labels}); !strings.Contains(text, fmt.Sprintf("|%d|", k-1)) {
			t.Errorf("%d labels: the last has no name in %s", k, text)
		}
	}
	codes, _ := clouds(20, 4)
	if text := texts(t, Latent{Dims: 2, Codes: codes}); strings.Contains(text, barTitle) {
		t.Errorf("want no colour bar without labels, got %s", text)
	}
}

func TestPaletteIsDistinct(t *testing.T) {
	for _, k := range []int{10, 26, 60} {
		for i := range k {
			for j := range i {
				a, b := labelColour(i, k), labelColour(j, k)
				d := math.Hypot(math.Hypot(float64(a.R)-float64(b.R), float64(a.G)-float64(b.G)), float64(a.B)-float64(b.B))
				if d < 10 || k == 10 && d < 60 {
					t.Errorf("%d labels: colours %d %v and %d %v differ by %.0f", k, i, a, j, b, d)
				}
			}
		}
	}
}

// nearest counts, for each colour, the pixels that are nearest to it and not to white.
func nearest(img *image.RGBA, r image.Rectangle, colours ...color.NRGBA) []int {
	counts := make([]int, len(colours))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := color.NRGBA(img.RGBAAt(x, y))
			best, least := -1, 3*255*255/16
			for i, c := range colours {
				dr, dg, db := int(p.R)-int(c.R), int(p.G)-int(c.G), int(p.B)-int(c.B)
				if d := dr*dr + dg*dg + db*db; d < least {
					best, least = i, d
				}
			}
			if best >= 0 {
				counts[best]++
			}
		}
	}
	return counts
}

// Two labels with the same distribution are both visible. Neither hides the other, although all codes
// of the second come after those of the first.
func TestNoLabelHidesAnother(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var f Latent
	f.Dims = 2
	for i := range 40_000 {
		f.Codes = append(f.Codes, float32(rnd.NormFloat64()), float32(rnd.NormFloat64()))
		f.Labels = append(f.Labels, i/20_000)
	}
	img := drawPNG(t, f)
	b := img.Bounds()
	centre := image.Rect(b.Dx()*4/10, b.Dy()*4/10, b.Dx()*6/10, b.Dy()*6/10)
	counts := nearest(img, centre, ten[0], ten[1])
	if low, high := min(counts[0], counts[1]), max(counts[0], counts[1]); low < 1000 || high > low*3/2 {
		t.Errorf("want about as many pixels of either label where both are dense, got %v", counts)
	}
}

func TestPointsAreWhereTheirCodesAre(t *testing.T) {
	f := Latent{Dims: 2, Labels: []int{0, 1, 2}, Codes: []float32{0, 0, 10, 0, 0, 20}}
	img := drawPNG(t, f)
	b := img.Bounds()
	b.Max.X -= pixels(barGap+barWidth+margin) + 20 // without the bar
	var at [3]image.Point
	for i := range at {
		c := ten[i]
		blend := func(v uint8) float64 { return 255 + 0.85*(float64(v)-255) }
		var r image.Rectangle
		for y := range b.Max.Y {
			for x := range b.Max.X {
				p := color.NRGBA(img.RGBAAt(x, y))
				if math.Abs(float64(p.R)-blend(c.R))+math.Abs(float64(p.G)-blend(c.G))+math.Abs(float64(p.B)-blend(c.B)) < 8 {
					r = r.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if r.Dx() < 8 || r.Dx() > 16 || r.Dy() < 8 || r.Dy() > 16 {
			t.Fatalf("the dot of label %d covers %v", i, r)
		}
		at[i] = r.Min.Add(r.Max).Div(2)
	}
	if at[1].X < at[0].X+500 || at[1].Y-at[0].Y > 1 || at[2].Y > at[0].Y-500 || at[2].X-at[0].X > 1 {
		t.Errorf("want label 1 right of 0 and label 2 above it, got %v", at)
	}
}

func TestOutliersDoNotSetTheScale(t *testing.T) {
	codes, labels := clouds(500, 10)
	codes[0], codes[31] = 1e6, -1e6
	text := texts(t, Latent{Dims: 2, Codes: codes, Labels: labels})
	if !strings.Contains(text, "2 of 500 points lie outside the axes") || strings.Contains(text, "e6") || strings.Contains(text, "00000|") {
		t.Errorf("want two outliers left out and said so, got %s", text)
	}
	codes, labels = clouds(500, 10)
	if text := texts(t, Latent{Dims: 2, Codes: codes, Labels: labels}); strings.Contains(text, "points") {
		t.Errorf("want nothing left out of clouds without outliers, got %s", text)
	}
	lo, hi := span([]float32{4, 4, 4, 4, 9}, 1, 0)
	if lo != 4 || hi != 9 {
		t.Errorf("want few points to keep their full range, 4 to 9, got %v to %v", lo, hi)
	}
}

func TestSVGIsThinned(t *testing.T) {
	codes, labels := clouds(svgDots+1, 10)
	f := Latent{Dims: 2, Codes: codes, Labels: labels}
	if text := texts(t, f); !strings.Contains(text, "a random 3000 of 3001 points") {
		t.Errorf("want the SVG to say what it leaves out, got %s", text)
	}
	// A dot is the only filled path that is drawn with arcs.
	if n := bytes.Count(drawn(t, f, SVG), []byte(" 0 1 1 ")); n > 2*svgDots || n < svgDots {
		t.Errorf("want %d dots of at most two arcs each, got %d arcs", svgDots, n)
	}
}

// Every code is in the strip of its label, and strips are thicker where codes are frequent.
func TestStripsAreHistograms(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	f := Latent{Dims: 1}
	for i := range 4000 {
		f.Codes = append(f.Codes, float32(rnd.NormFloat64()))
		f.Labels = append(f.Labels, i%2)
	}
	ys := f.scatterStrips(axis{lo: -5, hi: 5}, rnd.Float64)
	var dense, sparse float64
	for i, y := range ys {
		off := math.Abs(y - 0.5 - float64(f.Labels[i]))
		if off > 0.45 {
			t.Fatalf("code %d of label %d is drawn at %v, outside its strip", i, f.Labels[i], y)
		}
		if x := math.Abs(float64(f.Codes[i])); x < 0.5 {
			dense = max(dense, off)
		} else if x > 2 {
			sparse = max(sparse, off)
		}
	}
	// A normal density falls to 0.135 of its peak at 2; sampling adds noise.
	if dense < 0.35 || sparse > 0.15 {
		t.Errorf("want the strips thick in the middle and thin outside, got %v and %v", dense, sparse)
	}
}

func TestLatentErrors(t *testing.T) {
	codes := []float32{1, 2, 3, 4}
	wantError(t, map[string]drawer{
		"1 or 2 numbers, got 0":               Latent{Codes: codes},
		"1 or 2 numbers, got 3|principal":     Latent{Dims: 3, Codes: codes},
		"one or more codes of 2|got 0":        Latent{Dims: 2},
		"codes of 2 numbers|got 3":            Latent{Dims: 2, Codes: codes[:3]},
		"finite codes|NaN|number 1 of code 0": Latent{Dims: 2, Codes: []float32{1, float32(math.NaN())}},
		"finite codes|-Inf":                   Latent{Dims: 1, Codes: []float32{1, float32(math.Inf(-1))}},
		"label for each of 2 codes|got 1":     Latent{Dims: 2, Codes: codes, Labels: []int{1}},
		"from 0 to 999|got -1 for code 1":     Latent{Dims: 2, Codes: codes, Labels: []int{1, -1}},
		"from 0 to 1|got 2 for code 0":        Latent{Dims: 2, Codes: codes, Labels: []int{2, 0}, Names: []string{"a", "b"}},
		"from 0 to 999|got 1000000000":        Latent{Dims: 2, Codes: codes, Labels: []int{1_000_000_000, 0}},
	})
}

func BenchmarkLatent(b *testing.B) {
	codes, labels := clouds(60_000, 10)
	for _, format := range []Format{PNG, SVG} {
		b.Run([]string{"PNG", "SVG"}[format], func(b *testing.B) {
			f := Latent{Title: "60,000 points", XLabel: "latent 1", YLabel: "latent 2", Dims: 2, Codes: codes, Labels: labels}
			for b.Loop() {
				if err := f.Draw(io.Discard, format); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(drawn(b, f, format))), "bytes")
		})
	}
}
