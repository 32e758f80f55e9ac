package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// row is a line of the CSV file: a codec at one setting.
type row struct {
	codec, setting string
	images         int
	bytes          int64   // of all images together
	squaredError   float64 // an image, summed over its numbers from 0 to 1
	psnr           float64 // dB, of all images together; +Inf without an error
	encode, decode float64 // seconds of all images, on one thread
}

// bits is how many bits an image takes.
func (r row) bits() float64 { return 8 * float64(r.bytes) / float64(r.images) }

// table holds the measured rows of a CSV file.
type table struct {
	path string
	s    *source
	rows []row
}

var header = []string{"codec", "setting", "images", "bytes", "bits_per_image", "squared_error", "psnr", "seconds_encode", "seconds_decode"}

// readTable reads the rows of an earlier run. A missing file has none. It refuses a file that was
// measured on other images.
func readTable(path string, s *source) (*table, error) {
	t := &table{path: path, s: s}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	first, _, _ := bufio.NewReader(bytes.NewReader(data)).ReadLine()
	if string(first) != t.title() {
		return nil, errors.Errorf("%s: want measurements of %v, got a file that begins with %q: use another --out, or delete it", path, s, first)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment = '#'
	r.FieldsPerRecord = len(header)
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, errors.Wrapf(err, "cannot read %s", path)
		}
		if slices.Equal(fields, header) {
			continue
		}
		one, err := parseRow(fields)
		if err != nil {
			line, _ := r.FieldPos(0)
			return nil, errors.WithMessagef(err, "%s, line %d", path, line)
		}
		t.rows = append(t.rows, one)
	}
}

func parseRow(fields []string) (r row, err error) {
	number := func(i int) (v float64) {
		if err == nil {
			v, err = strconv.ParseFloat(fields[i], 64)
		}
		if err == nil && !(v >= 0 && v < 1e18) {
			err = errors.Errorf("want %s of 0 or more, got %q", header[i], fields[i])
		}
		return v
	}
	r = row{codec: fields[0], setting: fields[1], images: int(number(2)), bytes: int64(number(3)), squaredError: number(5), psnr: math.Inf(1),
		encode: number(7), decode: number(8)}
	if fields[6] != "" {
		r.psnr = number(6)
	}
	if err == nil && r.images < 1 {
		err = errors.Errorf("want images of 1 or more, got %q", fields[2])
	}
	return r, err
}

// find returns the row of a codec at a setting, or nil.
func (t *table) find(codec, setting string) *row {
	for i, r := range t.rows {
		if r.codec == codec && r.setting == setting {
			return &t.rows[i]
		}
	}
	return nil
}

// add adds a row and writes the file anew, so that an interrupted run loses one row at most. It
// keeps rows that another run has added since.
func (t *table) add(r row) error {
	now, err := readTable(t.path, t.s)
	if err != nil {
		return err
	}
	t.rows = now.rows
	if known := t.find(r.codec, r.setting); known != nil {
		*known = r
	} else {
		t.rows = append(t.rows, r)
	}
	order := map[string]int{}
	for i, known := range rivals() {
		order[known.codec] = i
	}
	slices.SortStableFunc(t.rows, func(a, b row) int {
		if d := order[a.codec] - order[b.codec]; d != 0 {
			return d
		}
		return int(a.bytes - b.bytes)
	})
	return atomicfile.Write(t.path, t.write)
}

func (t *table) title() string { return fmt.Sprint("# ", t.s) }

func (t *table) write(out io.Writer) error {
	fmt.Fprintln(out, t.title()) // out keeps its error, which the last flush returns
	fmt.Fprintf(out, "# make bench-codecs ARGS='%s --out FILE'\n", t.s.args)
	fmt.Fprintln(out, "#", strings.Join(versions(), ", "))
	w := csv.NewWriter(out)
	if err := w.Write(header); err != nil {
		return err
	}
	for _, r := range t.rows {
		psnr := ""
		if !math.IsInf(r.psnr, 1) {
			psnr = fmt.Sprintf("%.3f", r.psnr)
		}
		err := w.Write([]string{r.codec, r.setting, strconv.Itoa(r.images), strconv.FormatInt(r.bytes, 10), fmt.Sprintf("%.3f", r.bits()),
			strconv.FormatFloat(r.squaredError, 'g', 6, 64), psnr, fmt.Sprintf("%.2f", r.encode), fmt.Sprintf("%.2f", r.decode)})
		if err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// versions names the versions of the codecs: of the libraries within the Go packages, as their
// makefiles say, of the packages, and of the programs on this machine.
func versions() []string {
	names := []string{"libaom 3.10.0, libwebp 1.4.0 and libjxl 0.11.0 in WebAssembly"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return append(names, programVersions()...)
	}
	names = append(names, info.GoVersion)
	for _, m := range info.Deps {
		for _, codec := range []string{"gen2brain/", "klauspost/", "andybalholm/", "golang.org/x/image"} {
			if strings.Contains(m.Path, codec) {
				names = append(names, m.Path+" "+m.Version)
			}
		}
	}
	return append(names, programVersions()...)
}
