package mnist

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"
)

// numbersFile returns an IDX file with numbers of a type.
func numbersFile(k kind, axes []int, numbers ...float64) []byte {
	file := []byte{0, 0, byte(k), byte(len(axes))}
	for _, n := range axes {
		file = binary.BigEndian.AppendUint32(file, uint32(n))
	}
	for _, v := range numbers {
		switch k {
		case ubyte, sbyte:
			file = append(file, byte(int(v)))
		case short:
			file = binary.BigEndian.AppendUint16(file, uint16(int(v)))
		case long:
			file = binary.BigEndian.AppendUint32(file, uint32(int(v)))
		case float:
			file = binary.BigEndian.AppendUint32(file, math.Float32bits(float32(v)))
		case double:
			file = binary.BigEndian.AppendUint64(file, math.Float64bits(v))
		}
	}
	return file
}

// folder makes a folder with files.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readAny(t *testing.T, path string) *Data {
	t.Helper()
	d, err := ReadAny(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func noted(d *Data, text string) bool { return strings.Contains(strings.Join(d.Notes, "\n"), text) }

// EMNIST's images are transposed, and the labels of its letters begin at 1.
func TestEMNIST(t *testing.T) {
	files := map[string][]byte{
		"emnist-letters-train-images-idx3-ubyte":    numbersFile(ubyte, []int{2, 2, 3}, 0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15),
		"emnist-letters-train-labels-idx1-ubyte":    numbersFile(ubyte, []int{2}, 1, 3),
		"emnist-letters-test-images-idx3-ubyte.gz":  pack(t, idxFile(1, 2, 3)),
		"emnist-letters-test-labels-idx1-ubyte.gz":  pack(t, numbersFile(ubyte, []int{1}, 2)),
		"emnist-letters-mapping.txt":                []byte("1 65 97\r\n2 66 98\n3 67 99\n"),
		"emnist-letters-train-images-idx3-ubyte.gz": []byte("the one that is not packed counts"),
	}
	d := readAny(t, folder(t, files))
	if want := []byte{0, 3, 1, 4, 2, 5, 10, 13, 11, 14, 12, 15}; d.Train.Height != 3 || d.Train.Width != 2 || !bytes.Equal(d.Train.Pixels, want) {
		t.Errorf("%d x %d pixels %v, want 3 x 2 and %v", d.Train.Height, d.Train.Width, d.Train.Pixels, want)
	}
	if !bytes.Equal(d.Train.Labels, []byte{0, 2}) || !bytes.Equal(d.Test.Labels, []byte{1}) || !slices.Equal(d.Test.Classes, []string{"Aa", "Bb", "Cc"}) {
		t.Errorf("labels %v and %v of %q", d.Train.Labels, d.Test.Labels, d.Test.Classes)
	}
	if d.Train.Name != "emnist-letters" || d.Known != "" || len(d.Files) != 4 || !noted(d, "on their sides") || !noted(d, "from 1 to 3") {
		t.Errorf("name %q, known %q, %d files, notes %q", d.Train.Name, d.Known, len(d.Files), d.Notes)
	}
	delete(files, "emnist-letters-mapping.txt")
	if d := readAny(t, folder(t, files)); !slices.Equal(d.Train.Classes, []string{"1", "2", "3"}) {
		t.Errorf("without a mapping the classes are %q", d.Train.Classes)
	}
	for name, content := range files { // the digits' labels begin at 0, also if none of these is
		delete(files, name)
		files[strings.Replace(name, "letters", "digits", 1)] = content
	}
	if d := readAny(t, folder(t, files)); !bytes.Equal(d.Train.Labels, []byte{1, 3}) || d.Train.Classes != nil {
		t.Errorf("labels %v of %q", d.Train.Labels, d.Train.Classes)
	}
	files["emnist-digits-mapping.txt"] = []byte("1 65\n2 x\n")
	if _, err := ReadAny(folder(t, files)); err == nil || !strings.Contains(err.Error(), `emnist-digits-mapping.txt: line 2: want a label`) {
		t.Errorf("a damaged mapping: %v", err)
	}
}

// The first of QMNIST's eight columns is the class.
func TestQMNIST(t *testing.T) {
	labels := func(classes ...float64) []byte {
		var rows []float64
		for _, c := range classes {
			rows = append(rows, c, 9, 300, 70000, 9, 9, 9, 9)
		}
		return numbersFile(long, []int{len(classes), 8}, rows...)
	}
	files := map[string][]byte{
		"raw/qmnist-train-images-idx3-ubyte.gz": pack(t, idxFile(3, 2, 2)),
		"raw/qmnist-train-labels-idx2-int.gz":   pack(t, labels(5, 0, 4)),
		"raw/qmnist-test-images-idx3-ubyte":     idxFile(2, 2, 2),
		"raw/qmnist-test-labels-idx2-int":       labels(7, 2),
	}
	dir := folder(t, files)
	for _, path := range []string{dir, filepath.Join(dir, "raw"), filepath.Join(dir, "raw", "qmnist-train-images-idx3-ubyte.gz")} {
		d := readAny(t, path)
		if !bytes.Equal(d.Train.Labels, []byte{5, 0, 4}) || !bytes.Equal(d.Test.Labels, []byte{7, 2}) || !noted(d, "8 columns") || d.Train.Name != "qmnist" {
			t.Errorf("%s: labels %v and %v, name %q, notes %q", path, d.Train.Labels, d.Test.Labels, d.Train.Name, d.Notes)
		}
	}
	files["raw/qmnist-test-labels-idx2-int"] = labels(7, 256)
	if _, err := ReadAny(folder(t, files)); err == nil || !strings.Contains(err.Error(), "qmnist-test-labels-idx2-int: want labels from 0 to 255, got 256 for image 1") {
		t.Errorf("a label that is no class: %v", err)
	}
}

// torchvision keeps the files in the folder raw of a folder for each set.
func TestTorchvision(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"MNIST/raw/train-images-idx3-ubyte": idxFile(4, 2, 2), "MNIST/raw/train-labels-idx1-ubyte": idxFile(4),
		"MNIST/raw/t10k-images-idx3-ubyte": idxFile(2, 2, 2), "MNIST/raw/t10k-labels-idx1-ubyte": idxFile(2),
	})
	for _, path := range []string{dir, filepath.Join(dir, "MNIST"), filepath.Join(dir, "MNIST", "raw")} {
		if d := readAny(t, path); d.Train.Len() != 4 || d.Test.Len() != 2 || d.Train.Name != filepath.Base(path) || len(d.Notes) != 0 {
			t.Errorf("%s: %d and %d images, name %q, notes %q", path, d.Train.Len(), d.Test.Len(), d.Train.Name, d.Notes)
		}
	}
	two := folder(t, map[string][]byte{"MNIST/raw/train-images-idx3-ubyte": nil, "KMNIST/raw/train-images-idx3-ubyte": nil})
	if _, err := ReadAny(two); err == nil || !strings.Contains(err.Error(), "want one set, got 2") || !strings.Contains(err.Error(), filepath.Join(two, "KMNIST", "raw", "train-images-idx3-ubyte")) {
		t.Errorf("two sets: %v", err)
	}
	if _, err := ReadAny(folder(t, map[string][]byte{"x/train-images-idx3-ubyte": nil})); !errors.Is(err, ErrNoFiles) {
		t.Errorf("a folder of no program: %v", err)
	}
}

func TestFilesMissing(t *testing.T) {
	train, labels := "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
	for name, c := range map[string]struct {
		files        map[string][]byte
		train, test  int // images; -1 for none
		labels, note string
	}{
		"images alone": {map[string][]byte{train: idxFile(5, 2, 2)}, 5, -1, "", "has no labels beside it"},
		"no test":      {map[string][]byte{train: idxFile(5, 2, 2), labels: idxFile(5)}, 5, -1, "\x00\x01\x02\x03\x04", ""},
		"test labels":  {map[string][]byte{train: idxFile(5, 2, 2), "t10k-labels-idx1-ubyte": idxFile(5)}, 5, -1, "", "t10k-labels-idx1-ubyte is not used"},
		"test alone":   {map[string][]byte{"t10k-images.idx3-ubyte": idxFile(3, 2, 2), "t10k-labels.idx1-ubyte": idxFile(3)}, 3, -1, "\x00\x01\x02", "those for testing are divided"},
		"no labels":    {map[string][]byte{train: idxFile(5, 2, 2), "t10k-images-idx3-ubyte": idxFile(3, 2, 2)}, 5, 3, "", "t10k-images-idx3-ubyte has no labels"},
	} {
		d := readAny(t, folder(t, c.files))
		test := -1
		if d.Test != nil {
			test = d.Test.Len()
		}
		if d.Train.Len() != c.train || test != c.test || string(d.Train.Labels) != c.labels || !noted(d, c.note) {
			t.Errorf("%s: %d and %d images, labels %v, notes %q", name, d.Train.Len(), test, d.Train.Labels, d.Notes)
		}
	}
	dir := folder(t, map[string][]byte{"my.faces.idx": idxFile(5, 2, 2), "t10k-images-idx3-ubyte": idxFile(3, 2, 2), train: idxFile(9, 2, 2), labels: idxFile(9)})
	for file, want := range map[string]int{"my.faces.idx": 5, "t10k-images-idx3-ubyte": 3, train: 9} {
		if d := readAny(t, filepath.Join(dir, file)); d.Train.Len() != want || (d.Test != nil) != (file == train) {
			t.Errorf("%s: %d images, test %v", file, d.Train.Len(), d.Test)
		}
	}
	if _, err := ReadAny(filepath.Join(dir, labels)); err == nil || !strings.Contains(err.Error(), "0x00000803, got 0x00000801") {
		t.Errorf("labels for images: %v", err)
	}
	if _, err := ReadFolder(dir); err == nil || !strings.Contains(err.Error(), "lacks t10k-labels") {
		t.Errorf("ReadFolder: %v", err)
	}
}

func TestNumbers(t *testing.T) {
	third := float64(float32(1.0 / 3))
	for _, c := range []struct {
		kind    kind
		numbers []float64
		bytes   []byte
		deep    []uint16
		fault   string
	}{
		{ubyte, []float64{0, 1, 128, 255}, []byte{0, 1, 128, 255}, nil, ""},
		{sbyte, []float64{0, 1, 1, 0}, []byte{0, 255, 255, 0}, nil, ""},
		{sbyte, []float64{0, 1, -1, 0}, nil, nil, "from -1 to 1"},
		{short, []float64{0, 1, 200, 255}, []byte{0, 1, 200, 255}, nil, ""},
		{short, []float64{0, 1, 200, 256}, nil, nil, "integers from 0 to 255"},
		{long, []float64{0, 1, 1, 0}, []byte{0, 255, 255, 0}, nil, ""},
		{long, []float64{0, 4095, 70000, 2}, nil, nil, "got 70000"},
		{float, []float64{0, 1, 51. / 255, 254. / 255}, []byte{0, 255, 51, 254}, nil, ""},
		{double, []float64{0, 1, 51. / 255, 254. / 255}, []byte{0, 255, 51, 254}, nil, ""},
		{double, []float64{0, 1, float64(float32(100) / 255), third}, []byte{0, 255, 100, 85}, nil, ""},
		{float, []float64{0, 1, 0.25, 1. / 65535}, nil, []uint16{0, 65535, 16384, 1}, ""},
		{float, []float64{0, 1, 51, 254}, nil, nil, "from 0 to 254"},
		{float, []float64{0, 1, -0.5, 1}, nil, nil, "from -0.5 to 1"},
		{double, []float64{0, math.NaN(), 0, 0}, nil, nil, "got NaN at 1"},
		{float, []float64{0, 0, 0, math.Inf(1)}, nil, nil, "got +Inf at 3"},
	} {
		x, err := decode(numbersFile(c.kind, []int{1, 2, 2}, c.numbers...), 3)
		if err != nil {
			t.Fatal(err)
		}
		pixels, deep, _, err := x.pixels(full)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("type %#x, %v: %v, want an error with %q", c.kind, c.numbers, err, c.fault)
			}
		} else if err != nil || !bytes.Equal(pixels, c.bytes) || !slices.Equal(deep, c.deep) {
			t.Errorf("type %#x, %v: %v, %v (%v)", c.kind, c.numbers, pixels, deep, err)
		}
	}
}

func TestColourIDX(t *testing.T) {
	for channels, fault := range map[int]string{1: "", 3: "", 2: "want images of 1 or 3 channels"} {
		path := filepath.Join(folder(t, map[string][]byte{"a.idx": idxFile(5, 2, 2, channels)}), "a.idx")
		d, err := ReadAny(path)
		if fault != "" {
			if err == nil || !strings.Contains(err.Error(), fault) {
				t.Errorf("%d channels: %v", channels, err)
			}
		} else if err != nil || d.Train.Channels != channels || d.Train.Len() != 5 {
			t.Errorf("%d channels: %+v (%v)", channels, d, err)
		}
	}
}

func FuzzParseMapping(f *testing.F) {
	f.Add("1 65 97\n2 66 98\n")
	f.Add("0 48\r\n\n")
	f.Add("256 48")
	f.Add("1 99999999")
	f.Fuzz(func(t *testing.T, text string) {
		names, err := parseMapping(text)
		for label, name := range names {
			if err != nil || label < 0 || label > 255 || name == "" {
				t.Errorf("label %d is %q (%v)", label, name, err)
			}
		}
	})
}

func TestLabelsPath(t *testing.T) {
	for path, want := range map[string]string{
		"a/t10k-images-idx3-ubyte.gz": "a/t10k-labels-idx1-ubyte.gz",
		"x.idx":                       "x-labels.idx",
		"a.b/x.idx.gz":                "a.b/x-labels.idx.gz",
		"x.gz":                        "x-labels.gz",
		".idx":                        ".idx-labels",
		"x":                           "x-labels",
	} {
		if got := LabelsPath(filepath.FromSlash(path)); got != filepath.FromSlash(want) {
			t.Errorf("%s: want %s, got %s", path, want, got)
		}
	}
}

// A file of images alone is read as a whole, with the labels that decompress writes beside it, or those of its set.
func TestReadImages(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"a.idx": idxFile(5, 2, 2), "a-labels.idx": idxFile(5), "b.idx.gz": pack(t, idxFile(4, 2, 2)),
		"emnist-x-test-images-idx3-ubyte": idxFile(3, 2, 1), "emnist-x-test-labels-idx2-int": numbersFile(long, []int{3, 2}, 7, 0, 8, 0, 9, 0),
	})
	for file, want := range map[string]struct {
		n              int
		labels, pixels string
	}{
		"a.idx":                           {5, "\x00\x01\x02\x03\x04", "\x00\x01\x02\x03"},
		"b.idx.gz":                        {4, "", "\x00\x01\x02\x03"},
		"emnist-x-test-images-idx3-ubyte": {3, "\x07\x08\x09", "\x00\x01"},
	} {
		s, notes, err := ReadImages(filepath.Join(dir, file))
		if err != nil || s.Len() != want.n || string(s.Labels) != want.labels || !strings.HasPrefix(string(s.Pixels), want.pixels) {
			t.Errorf("%s: %+v, notes %q (%v)", file, s, notes, err)
		}
		if d := readAny(t, filepath.Join(dir, file)); string(d.Train.Labels) != want.labels {
			t.Errorf("%s: ReadAny gives the labels %v", file, d.Train.Labels)
		}
	}
	for file, want := range map[string]bool{"a.idx": true, "b.idx.gz": true, "a-labels.idx": true, "none": false, "": false} {
		if IsFile(filepath.Join(dir, file)) != want {
			t.Errorf("%q is an IDX file: %v", file, !want)
		}
	}
}
