package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// Point is what a codec makes of images with one of its settings: a point of its rate-distortion
// curve, and a row of a CSV file.
type Point struct {
	Codec, Setting               string
	Images                       int
	Bytes                        int64   // of all images
	BitsPerImage                 float64 // 8 Bytes / Images
	SquaredError                 float64 // of an image, summed over its numbers in [0, 1]; 0 if the codec is lossless
	PSNR                         float64 // in decibels, over all images; infinite if the codec is lossless
	EncodeSeconds, DecodeSeconds float64 // for all images; NaN if they are not known
}

// newPoint fills the numbers that follow from others.
func newPoint(codec, setting string, images int, bytes int64, squared float64, numbers int) Point {
	return Point{Codec: codec, Setting: setting, Images: images, Bytes: bytes, BitsPerImage: 8 * float64(bytes) / float64(images),
		SquaredError: squared, PSNR: 10 * math.Log10(float64(numbers)/squared), EncodeSeconds: math.NaN(), DecodeSeconds: math.NaN()}
}

// columns are the columns of a CSV file of points.
var columns = [...]string{"codec", "setting", "images", "bytes", "bits_per_image", "squared_error", "psnr", "seconds_encode", "seconds_decode"}

// WritePoints writes a CSV file of points, after lines of comments. It replaces a file at path as a
// whole.
func WritePoints(path string, points []Point, comments ...string) error {
	return atomicfile.Write(path, func(w io.Writer) error { return writePoints(w, points, comments) })
}

func writePoints(w io.Writer, points []Point, comments []string) error {
	for _, c := range comments {
		if _, err := fmt.Fprintf(w, "# %s\n", strings.Join(strings.Fields(c), " ")); err != nil {
			return errors.WithStack(err)
		}
	}
	rows := [][]string{columns[:]}
	for _, p := range points {
		rows = append(rows, []string{p.Codec, p.Setting, strconv.Itoa(p.Images), strconv.FormatInt(p.Bytes, 10), decimal(p.BitsPerImage, 4),
			decimal(p.SquaredError, 6), decimal(p.PSNR, 4), decimal(p.EncodeSeconds, 4), decimal(p.DecodeSeconds, 4)})
	}
	return errors.WithStack(csv.NewWriter(w).WriteAll(rows))
}

// decimal writes a number, and nothing for one that is not finite.
func decimal(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ReadPoints reads a CSV file of points of codecs that were measured on this number of images. Slow
// codecs may have been measured on fewer of them, but not all. With 0, any number will do. Its first line names the columns, in
// any order; lines that begin with # are comments. Errors name the file and the line.
func ReadPoints(path string, images int) ([]Point, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	points, err := readPoints(f, images)
	return points, errors.WithMessagef(err, "cannot read %s", path)
}

func readPoints(from io.Reader, images int) ([]Point, error) {
	r := csv.NewReader(from)
	r.Comment = '#'
	head, err := r.Read()
	if err == io.EOF {
		return nil, errors.Errorf("want a line with the columns %s, got an empty file", strings.Join(columns[:], ","))
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var at [len(columns)]int
	var missing []string
	for i, name := range columns {
		at[i] = slices.IndexFunc(head, func(s string) bool { return strings.TrimSpace(s) == name })
		if at[i] < 0 {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, errors.Errorf("want the columns %s, got %.80q: %s is missing", strings.Join(columns[:], ","), strings.Join(head, ","), strings.Join(missing, ", "))
	}
	var points []Point
	most := 0
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, errors.WithStack(err)
		}
		row := row{record: record, at: at}
		p := row.point(images)
		if row.err != nil {
			line, _ := r.FieldPos(0)
			return nil, errors.WithMessagef(row.err, "line %d", line)
		}
		points, most = append(points, p), max(most, p.Images)
	}
	if most == 0 {
		return nil, errors.New("want one or more rows of codecs, got none")
	}
	if most < images {
		return nil, errors.Errorf("want codecs that were measured on the %d images here, got at most %d images: measure them on the same images", images, most)
	}
	return points, nil
}

// row is a row of a file. It keeps the first error.
type row struct {
	record []string
	at     [len(columns)]int
	err    error
}

func (r *row) text(column string) string {
	return strings.TrimSpace(r.record[r.at[slices.Index(columns[:], column)]])
}

// number returns a number from least on, and NaN for an empty field.
func (r *row) number(column string, least float64) float64 {
	text := r.text(column)
	if text == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if r.err == nil && (err != nil || !(v >= least) || math.IsInf(v, 0)) {
		r.err = errors.Errorf("%s: want a number of at least %v, got %.40q", column, least, text)
	}
	return v
}

// count returns a whole number from 1 to 2^53, and 0 with an error.
func (r *row) count(column string) int64 {
	v := r.number(column, 1)
	if r.err == nil && (!(v <= 1<<53) || v != math.Trunc(v)) {
		r.err = errors.Errorf("%s: want a whole number of at least 1, got %.40q", column, r.text(column))
	}
	if r.err != nil {
		return 0
	}
	return int64(v)
}

func (r *row) point(images int) Point {
	p := Point{Codec: r.text("codec"), Setting: r.text("setting"), Images: int(r.count("images")), Bytes: r.count("bytes"),
		BitsPerImage: r.number("bits_per_image", 0), SquaredError: r.number("squared_error", 0), PSNR: r.number("psnr", math.Inf(-1)),
		EncodeSeconds: r.number("seconds_encode", 0), DecodeSeconds: r.number("seconds_decode", 0)}
	want := 8 * float64(p.Bytes) / float64(p.Images)
	switch {
	case r.err != nil:
	case p.Codec == "":
		r.err = errors.New("codec: want a name, got nothing")
	case images > 0 && p.Images > images:
		r.err = errors.Errorf("images: want at most %d, as there are here, got %d", images, p.Images)
	case !(math.Abs(p.BitsPerImage-want) <= 0.01*want):
		r.err = errors.Errorf("bits_per_image: want 8 x bytes / images = %.4f, got %q", want, r.text("bits_per_image"))
	case math.IsNaN(p.SquaredError):
		r.err = errors.New("squared_error: want a number, got nothing")
	case p.SquaredError == 0:
		p.PSNR = math.Inf(1)
	case math.IsNaN(p.PSNR):
		r.err = errors.New("psnr: want a number for a squared error above 0, got nothing")
	}
	return p
}

// JoinPoints appends points of files to points that were measured, and returns which codecs of the
// files it left out, because they were measured, too. A row that is in two files counts once; it is
// an error if two files have other rows of the same codec.
func JoinPoints(measured []Point, files map[string][]Point) (all []Point, left []string, err error) {
	own := map[string]bool{}
	for _, p := range measured {
		own[p.Codec] = true
	}
	all = slices.Clone(measured)
	from := map[string]string{}
	for _, path := range sorted(files) {
		for _, p := range files[path] {
			if own[p.Codec] {
				if !slices.Contains(left, p.Codec) {
					left = append(left, p.Codec)
				}
				continue
			}
			if other, ok := from[p.Codec]; ok && other != path {
				if !slices.ContainsFunc(files[other], p.same) {
					return nil, nil, errors.Errorf("%s and %s both have %s, with other numbers: name one of the files", other, path, p.Codec)
				}
				continue
			}
			from[p.Codec] = path
			all = append(all, p)
		}
	}
	return all, left, nil
}

func (p Point) same(q Point) bool {
	return p.Codec == q.Codec && p.Setting == q.Setting && p.Bytes == q.Bytes && p.SquaredError == q.SquaredError
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// BitsAt returns the bits that a codec takes for a squared error: between the two points around it,
// where the logarithm of the bits is linear in that of the error. It returns NaN if the points do not
// surround the error.
func BitsAt(points []Point, squared float64) float64 {
	var lossy []Point
	for _, p := range points {
		if p.SquaredError > 0 {
			lossy = append(lossy, p)
		}
	}
	slices.SortFunc(lossy, func(a, b Point) int { return cmp.Compare(a.SquaredError, b.SquaredError) })
	for i, p := range lossy {
		if p.SquaredError == squared {
			return p.BitsPerImage
		}
		if i > 0 && lossy[i-1].SquaredError < squared && squared < p.SquaredError {
			a := lossy[i-1]
			t := math.Log(squared/a.SquaredError) / math.Log(p.SquaredError/a.SquaredError)
			return math.Exp((1-t)*math.Log(a.BitsPerImage) + t*math.Log(p.BitsPerImage))
		}
	}
	return math.NaN()
}
