package report

import (
	"context"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/images"
)

// Pictures are what rivals make of some of the images: a folder for each codec, with the images as
// NUMBER.png. The number is that of the image in its part of the data set, counted from 0.
type Pictures struct {
	dir    string
	codecs []string
	points map[string]Point // of codecs whose folder has one
	have   []int            // images that all folders have
}

// pointName is a file in the folder of a codec: a CSV file with one row, the setting of its pictures.
const pointName = "point.csv"

// OpenPictures finds the pictures of a folder for a set of this number of images.
func OpenPictures(dir string, images int) (*Pictures, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	p := &Pictures{dir: dir, points: map[string]Point{}}
	counts := map[int]int{}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		numbers, err := numbersIn(filepath.Join(dir, e.Name()), images)
		if err != nil {
			return nil, err
		}
		for _, i := range numbers {
			counts[i]++
		}
		p.codecs = append(p.codecs, e.Name())
		path := filepath.Join(dir, e.Name(), pointName)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		points, err := ReadPoints(path, images)
		if err == nil && len(points) != 1 {
			err = errors.Errorf("%s: want one row, the setting of the pictures, got %d", path, len(points))
		}
		if err != nil {
			return nil, err
		}
		p.points[e.Name()] = points[0]
	}
	if len(p.codecs) == 0 {
		return nil, errors.Errorf("%s: want a folder for each codec, such as AVIF, with images 00000.png and so on, got none", dir)
	}
	for i, n := range counts {
		if n == len(p.codecs) {
			p.have = append(p.have, i)
		}
	}
	if len(p.have) == 0 {
		return nil, errors.Errorf("%s: want images with the same numbers in all folders (%s), got none", dir, strings.Join(p.codecs, ", "))
	}
	slices.Sort(p.have)
	return p, nil
}

// numbersIn returns the numbers of the images in a folder.
func numbersIn(dir string, images int) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var numbers []int
	for _, e := range entries {
		name, isPNG := strings.CutSuffix(e.Name(), ".png")
		if !isPNG || strings.HasPrefix(name, ".") {
			continue
		}
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= images {
			return nil, errors.Errorf("%s: want an image from 00000.png to %05d.png, as there are here, got %s", dir, images-1, e.Name())
		}
		numbers = append(numbers, i)
	}
	return numbers, nil
}

// read returns the bytes of image i of a codec.
func (p *Pictures) read(codec string, i int, size images.Size) ([]byte, error) {
	name := ""
	for _, digits := range []int{5, 0, 6, 7, 8, 9} {
		name = filepath.Join(p.dir, codec, fmt.Sprintf("%0*d.png", digits, i))
		if _, err := os.Stat(name); err == nil {
			break
		}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	c, err := png.DecodeConfig(f)
	if err == nil && (c.Width != size.Width || c.Height != size.Height) {
		return nil, errors.Errorf("%s: want an image of %v, got %d x %d", name, size, c.Height, c.Width)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Wrapf(err, "%s", name)
	}
	m, err := png.Decode(f)
	if err != nil {
		return nil, errors.Wrapf(err, "%s", name)
	}
	pixels, err := images.FromPicture(m, size.Channels)
	return pixels, errors.WithMessage(err, name)
}

// page draws some images, what ours and others make of them, and the differences.
func (r *Rate) page(ctx context.Context, w io.Writer, format figure.Format, rivals *Pictures) error {
	which := r.choose(rivals)
	p := &ratePage{rate: r, which: which}
	err := p.add(fmt.Sprintf("ours, %s bits", digits(r.Main.BitsPerImage)), func(i int) ([]byte, error) { return r.main.file.Image(ctx, i) },
		func(i int) string { return fmt.Sprintf("%.0f bits, ", r.main.bits[i]) })
	if err != nil {
		return err
	}
	if rivals == nil {
		rivals = &Pictures{}
	}
	if !slices.Contains(rivals.codecs, jpegName) {
		if err := p.addJPEG(ctx); err != nil {
			return err
		}
	}
	for _, codec := range rivals.codecs {
		name := codec
		if point, ok := rivals.points[codec]; ok {
			name += fmt.Sprintf(", %s bits", digits(point.BitsPerImage))
		}
		if err := p.add(name, func(i int) ([]byte, error) { return rivals.read(codec, i, r.Size) }, nil); err != nil {
			return err
		}
	}
	rows, factor := p.rows()
	return figure.Reconstructions{Size: figure.Size(r.Size), Rows: rows,
		Title: "Originals and what codecs make of them, at bits as near to ours as they can: " + r.Data,
		Note:  fmt.Sprintf("below each image: its squared error. Error × %g: too dark is black, too bright is white, right is grey", factor),
	}.Draw(w, format)
}

// choose returns the images of the page: some of those that all rivals have, if possible of different
// labels.
func (r *Rate) choose(rivals *Pictures) []int {
	have := make([]int, 0, r.images.Len())
	if rivals != nil {
		have = rivals.have
	} else {
		for i := range r.images.Len() {
			have = append(have, i)
		}
	}
	count := 10
	if side := max(r.Size.Height, r.Size.Width); side > smallSide {
		count = max(3, 640/side)
	}
	count = min(count, len(have))
	var which []int
	seen := map[int]bool{}
	for _, i := range have {
		if label := r.images.Label(i); label >= 0 && !seen[label] && len(which) < count {
			seen[label] = true
			which = append(which, i)
		}
	}
	for k := range count {
		if i := have[k*len(have)/count]; len(which) < count && !slices.Contains(which, i) {
			which = append(which, i)
		}
	}
	slices.SortStableFunc(which, func(a, b int) int { return r.images.Label(a) - r.images.Label(b) })
	return which
}

// ratePage collects the rows of the page.
type ratePage struct {
	rate   *Rate
	which  []int
	images []figure.Row
	errors [][][]float32
}

// add adds what a codec makes of the images. note begins the note of an image; nil stands for nothing.
func (p *ratePage) add(name string, read func(i int) ([]byte, error), note func(i int) string) error {
	row := figure.Row{Name: name}
	var differences [][]float32
	for _, i := range p.which {
		pixels, err := read(i)
		if err != nil {
			return err
		}
		original := p.rate.album.image(i)
		text := digits(float64(images.SquaredError(pixels, original)) / (255 * 255))
		if note != nil {
			text = note(i) + text
		}
		d := make([]float32, len(pixels))
		for k, b := range pixels {
			d[k] = (float32(b) - float32(original[k])) / 255
		}
		row.Images, row.Notes = append(row.Images, images.Values(pixels)), append(row.Notes, text)
		differences = append(differences, d)
	}
	p.images, p.errors = append(p.images, row), append(p.errors, differences)
	return nil
}

// addJPEG adds JPEG at the quality whose bits are nearest to ours.
func (p *ratePage) addJPEG(ctx context.Context) error {
	r := p.rate
	best := 0
	away := func(i int) float64 { return math.Abs(math.Log(r.JPEG[i].BitsPerImage / r.Main.BitsPerImage)) }
	for i := range r.JPEG {
		if away(i) < away(best) {
			best = i
		}
	}
	decoded := make([]byte, len(r.album.pixels))
	point, err := r.album.measure(ctx, jpegAt(qualities[best]), r.arrange, decoded)
	if err != nil {
		return err
	}
	n := r.Size.Numbers()
	return p.add(fmt.Sprintf("%s, %s bits", jpegName, digits(point.BitsPerImage)), func(i int) ([]byte, error) { return decoded[i*n:][:n], nil }, nil)
}

// shownShare is the share of the differences that are drawn without being clamped.
const shownShare = 0.95

// rows returns the rows of the page, and the factor of the errors: the largest power of two that
// clamps few of them.
func (p *ratePage) rows() ([]figure.Row, float64) {
	var sizes []float64
	for _, codec := range p.errors {
		for _, d := range codec {
			for _, v := range d {
				sizes = append(sizes, math.Abs(float64(v)))
			}
		}
	}
	slices.Sort(sizes)
	factor, most := 1.0, sizes[int(shownShare*float64(len(sizes)-1))]
	for factor < 64 && 2*factor*most <= 0.5 {
		factor *= 2
	}
	original := figure.Row{Name: "original"}
	for _, i := range p.which {
		original.Images = append(original.Images, images.Values(p.rate.album.image(i)))
	}
	rows := []figure.Row{original}
	for k, row := range p.images {
		e := figure.Row{Name: fmt.Sprintf("error × %g", factor)}
		for _, d := range p.errors[k] {
			x := make([]float32, len(d))
			for i, v := range d {
				x[i] = 0.5 + float32(factor)*v
			}
			e.Images = append(e.Images, x)
		}
		rows = append(rows, row, e)
	}
	return rows, factor
}
