package report

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/run"
)

// Draw draws the figures of a rate into a folder, which must exist, and returns the names of their
// files: the rate-distortion curves of all points, a page of images, a histogram of the images' bits,
// and the images that take the most bits. The page shows the pictures of rivals, too.
func (r *Rate) Draw(ctx context.Context, dir string, format figure.Format, all []Point, rivals *Pictures) (names []string, err error) {
	draws := map[string]func(io.Writer) error{
		"rd":           func(w io.Writer) error { return r.chart(all).Draw(w, format) },
		"rd-images":    func(w io.Writer) error { return r.page(ctx, w, format, rivals) },
		"rd-bits":      func(w io.Writer) error { return r.histogram().Draw(w, format) },
		"rd-expensive": func(w io.Writer) error { return r.expensive(ctx, w, format) },
	}
	for _, name := range run.RateFigures() {
		file := name + extensions[format]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := atomicfile.Write(filepath.Join(dir, file), draws[name]); err != nil {
			return nil, err
		}
		names = append(names, file)
	}
	return names, nil
}

// smallSide is the side of images up to which the chart shows bits an image, and a row ten images. For
// larger images the chart shows bits a pixel.
const smallSide = 64

// unit returns the unit of the chart's bits, and what bits of an image are divided by.
func (r *Rate) unit() (string, float64) {
	if r.Size.Pixels() > smallSide*smallSide {
		return "bits a pixel", float64(r.Size.Pixels())
	}
	return "bits an image", 1
}

// The chart shows the errors of ours, and some smaller and larger ones.
const (
	smaller = 0.4
	larger  = 1.6
)

// Window returns the range of squared errors that the chart shows. It has some points of JPEG, whatever
// the errors of ours are.
func (r *Rate) Window() (lo, hi float64) {
	lo, hi = math.Inf(1), 0
	for _, p := range slices.Concat(r.Ours, r.Refined) {
		if p.SquaredError > 0 {
			lo, hi = min(lo, smaller*p.SquaredError), max(hi, larger*p.SquaredError)
		}
	}
	worst, best := 0.0, math.Inf(1)
	for _, p := range r.JPEG {
		worst, best = max(worst, p.SquaredError), min(best, p.SquaredError)
	}
	switch {
	case worst == 0:
		return lo, hi
	case hi == 0: // ours is lossless
		return best, worst
	}
	return min(lo, smaller*worst), max(hi, larger*best)
}

func (r *Rate) chart(all []Point) figure.RateDistortion {
	unit, per := r.unit()
	f := figure.RateDistortion{Title: "Rate and distortion: " + r.Data, XLabel: unit, Numbers: r.Size.Numbers(),
		Note: fmt.Sprintf("%d images of %v; with decoder: %d images share its bits", r.images.Len(), r.Size, r.Share)}
	f.Least, f.Most = r.Window()
	colours := map[string]int{}
	for _, points := range r.shown(byCodec(all)) {
		name, dashed := strings.CutSuffix(points[0].Codec, withDecoder)
		if _, ok := colours[name]; !ok {
			colours[name] = len(colours)
		}
		c := figure.RateCurve{Name: points[0].Codec, Colour: colours[name], Dashed: dashed}
		for _, p := range points {
			c.Bits, c.SquaredErrors = append(c.Bits, p.BitsPerImage/per), append(c.SquaredErrors, p.SquaredError)
		}
		f.Curves = append(f.Curves, c)
	}
	return f
}

// shown returns the curves of the chart. Of a codec that was used in several ways, such as "AVIF" and
// "AVIF, one file an image", it shows the one with the fewest bits; and of lossless codecs ours, PNG
// and the best one.
func (r *Rate) shown(curves [][]Point) [][]Point {
	lo, hi := r.Window()
	least := func(points []Point) float64 { // bits of errors that the chart shows
		for _, p := range points {
			if p.SquaredError == 0 || lo <= p.SquaredError && p.SquaredError <= hi {
				return p.BitsPerImage
			}
		}
		return math.Inf(1)
	}
	worse := func(a []Point) bool { // says if another curve stands for this one
		name, _, _ := strings.Cut(a[0].Codec, ", ")
		lossless := a[0].SquaredError == 0
		kept := a[0].Codec == pngName || a[0].Codec == r.Ours[0].Codec || a[0].Codec == r.Whole[0].Codec
		return slices.ContainsFunc(curves, func(b []Point) bool {
			other, _, _ := strings.Cut(b[0].Codec, ", ")
			return lossless == (b[0].SquaredError == 0) && least(b) < least(a) && (name == other || lossless && !kept)
		})
	}
	return slices.DeleteFunc(curves, worse)
}

// byCodec returns the points of each codec, from the fewest bits. The lossless points of a codec that
// has others, too, are a codec of their own.
func byCodec(all []Point) [][]Point {
	type key struct {
		codec    string
		lossless bool
	}
	var keys []key
	points := map[key][]Point{}
	for _, p := range all {
		k := key{p.Codec, p.SquaredError == 0}
		if points[k] == nil {
			keys = append(keys, k)
		}
		points[k] = append(points[k], p)
	}
	var curves [][]Point
	for _, k := range keys {
		slices.SortStableFunc(points[k], byBits)
		curves = append(curves, points[k])
	}
	return curves
}

func (r *Rate) histogram() figure.Histogram {
	f := figure.Histogram{Title: fmt.Sprintf("Bits an image: %s; %s", r.Data, r.Main.Setting), XLabel: "bits an image", Values: r.main.bits, Names: r.classes}
	for i := range r.main.bits {
		label := r.images.Label(i)
		if label < 0 {
			f.Labels = nil
			break
		}
		f.Labels = append(f.Labels, label)
	}
	return f
}

// costly is how many images the figure of the most expensive ones shows, in two rows.
func (r *Rate) costly() int {
	if max(r.Size.Height, r.Size.Width) > smallSide {
		return 12
	}
	return 20
}

// Expensive returns the n images with the most bits, the most expensive first, with their bits.
func (r *Rate) Expensive(n int) (which []int, bits []float64) {
	for i := range r.main.bits {
		which = append(which, i)
	}
	slices.SortStableFunc(which, func(a, b int) int { return cmp.Compare(r.main.bits[b], r.main.bits[a]) })
	which = which[:min(n, len(which))]
	for _, i := range which {
		bits = append(bits, r.main.bits[i])
	}
	return which, bits
}

// Title returns what identifies image i: the path of its file, or its class and its number.
func (r *Rate) Title(i int) string {
	text := "#" + strconv.Itoa(i)
	if s, ok := r.images.(interface{ File(i int) string }); ok {
		if name := s.File(i); name != "" {
			return name
		}
	}
	if label := r.images.Label(i); label >= 0 {
		class := strconv.Itoa(label)
		if label < len(r.classes) {
			class = r.classes[label]
		}
		text = class + ": " + text
	}
	return text
}

func (r *Rate) expensive(ctx context.Context, w io.Writer, format figure.Format) error {
	which, bits := r.Expensive(r.costly())
	original, ours := figure.Row{Name: "original"}, figure.Row{Name: "ours"}
	for k, i := range which {
		pixels, err := r.main.file.Image(ctx, i)
		if err != nil {
			return err
		}
		original.Images = append(original.Images, images.Values(r.album.image(i)))
		original.Notes = append(original.Notes, ending(r.Title(i), 12))
		ours.Images = append(ours.Images, images.Values(pixels))
		ours.Notes = append(ours.Notes, fmt.Sprintf("%.0f bits, %s", bits[k], digits(r.main.errors[i])))
	}
	return figure.Reconstructions{Size: figure.Size(r.Size), Rows: []figure.Row{original, ours},
		Title: fmt.Sprintf("The images that take the most bits: %s; %s", r.Data, r.Main.Setting), Note: "below ours: bits and squared error",
	}.Draw(w, format)
}

// digits writes a number with three digits, or all before the point.
func digits(v float64) string {
	decimals := 2
	for limit := 10.0; decimals > 0 && v >= limit; limit *= 10 {
		decimals--
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// ending returns the end of a text, at most n characters.
func ending(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return s
}
