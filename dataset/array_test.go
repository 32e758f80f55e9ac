package dataset

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/images"
)

// npyFile returns an array in NumPy's format. It takes numbers of type uint8, uint16, int64 and float32.
func npyFile[T uint8 | uint16 | int64 | float32](shape []int, numbers ...T) []byte {
	descr := map[string]string{"uint8": "|u1", "uint16": "<u2", "int64": "<i8", "float32": "<f4"}[fmt.Sprintf("%T", T(0))]
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, tupleText(shape))
	file := append([]byte("\x93NUMPY\x01\x00"), binary.LittleEndian.AppendUint16(nil, uint16(len(header)))...)
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, numbers) // a buffer never returns an error
	return slices.Concat(file, []byte(header), b.Bytes())
}

// counting returns numbers that differ from one image to the next: those of image i are i.
func counting(n, each int) (numbers []uint8) {
	for i := range n {
		numbers = append(numbers, bytes.Repeat([]byte{byte(i)}, each)...)
	}
	return numbers
}

func npzFile(t testing.TB, arrays map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, array := range arrays {
		w, err := z.Create(name + ".npy") // deflated
		if err == nil {
			_, err = w.Write(array)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// openContent opens a file of this name and content.
func openContent(t *testing.T, name string, content []byte, o Options) (*Data, error) {
	t.Helper()
	dir := t.TempDir()
	file, member, _ := strings.Cut(name, ":")
	put(t, dir, file, content)
	o.Data = filepath.Join(dir, file)
	if member != "" {
		o.Data += ":" + member
	}
	return Open(t.Context(), o)
}

// Keras's mnist.npz has these arrays.
func TestOpenKeras(t *testing.T) {
	all := map[string][]byte{
		"x_train": npyFile([]int{9, 2, 3}, counting(9, 6)...), "y_train": npyFile([]int{9}, counting(9, 1)...),
		"x_test": npyFile([]int{4, 2, 3}, counting(4, 6)...), "y_test": npyFile[int64]([]int{4, 1}, 3, 2, 1, 0),
		"more": npyFile[int64]([]int{1}, 5),
	}
	d, err := openContent(t, "mnist.npz", npzFile(t, all), Options{})
	if err != nil {
		t.Fatal(err)
	}
	train, test := inner(t, d)
	if d.Name != "mnist-file" || train.Len() != 9 || test.Len() != 4 || train.Size() != (images.Size{Channels: 1, Height: 2, Width: 3}) ||
		train.Image(7)[5] != 7 || train.Labels[7] != 7 || !bytes.Equal(test.Labels, []byte{3, 2, 1, 0}) ||
		len(d.Notes) != 3 || !strings.Contains(d.Notes[1], "from 0 to 8 of 255, under a tenth of the range") ||
		!slices.Equal([]string{d.Notes[0], d.Notes[2]}, []string{"arrays that are not used: more", "4 of the 4 test images are also trained on, for example 0"}) {
		t.Errorf("%s: %+v, %+v, notes %q", d.Name, train, test, d.Notes)
	}
	d, err = openContent(t, "a.npz:x_test", npzFile(t, all), Options{})
	if err != nil || d.Train.Len()+d.Test.Len() != 4 || d.Test.Label(0) != 3-d.held[0] {
		t.Errorf("x_test alone: %+v (%v)", d, err)
	}
	for _, name := range []string{"a.npy", "a", "a.npy:x_train"} { // the content says that it is an archive
		if d, err = openContent(t, name, npzFile(t, all), Options{}); err != nil || d.Train.Label(7) < 0 || d.Train.Len()+d.Test.Len() != map[bool]int{true: 9, false: 13}[strings.Contains(name, ":")] {
			t.Errorf("%s: %+v (%v)", name, d, err)
		}
	}
	if _, err = openContent(t, "a.npy:x", npyFile([]int{9, 2, 3}, counting(9, 6)...), Options{}); err == nil || !strings.Contains(err.Error(), "want a NumPy archive (.npz), got a NumPy array (.npy)") {
		t.Errorf("an array of an array: %v", err)
	}
	all["y_train"] = npyFile([]int{8}, counting(8, 1)...)
	if _, err = openContent(t, "a.npz", npzFile(t, all), Options{}); err == nil || !strings.Contains(err.Error(), `labels "y_train": want a label for each of 9 images`) {
		t.Errorf("fewer labels: %v", err)
	}
	all["y_train"] = npyFile[int64]([]int{9}, 0, 0, 0, 0, 0, 0, 0, 0, -1)
	d, err = openContent(t, "a.npz", npzFile(t, all), Options{})
	if err != nil || d.Train.Label(0) != -1 || !strings.Contains(d.Notes[0], "the labels y_train are not used: want whole numbers from 0 to 255, got -1 for image 8") {
		t.Errorf("no classes: %+v (%v)", d, err)
	}
}

func TestOpenArchives(t *testing.T) {
	x := npyFile([]int{9, 2, 3}, counting(9, 6)...)
	for name, c := range map[string]struct {
		arrays      map[string][]byte
		member      string
		train, test int
		want        string // in a note or an error
	}{
		"one":         {map[string][]byte{"faces": x}, "", 9, 0, "held out, chosen by"},
		"MedMNIST":    {map[string][]byte{"train_images": x, "test_images": x, "val_images": x}, "", 9, 9, "not used: val_images"},
		"validation":  {map[string][]byte{"X_train": x, "X_val": x}, "", 9, 9, "X_val is the test set"},
		"several":     {map[string][]byte{"faces": x, "cats": x}, "", 0, 0, "an archive of"},
		"chosen":      {map[string][]byte{"faces": x, "cats": x}, ":cats", 9, 0, "held out, chosen by"},
		"no such":     {map[string][]byte{"faces": x, "cats": x}, ":dogs", 0, 0, `want the array "dogs"`},
		"other sizes": {map[string][]byte{"x_train": x, "x_test": npyFile([]int{9, 3, 2}, counting(9, 6)...)}, "", 0, 0, "want images of one size"},
		"codes":       {map[string][]byte{"x_train": npyFile([]int{9, 30}, counting(9, 30)...)}, "", 0, 0, "codes are no images"},
	} {
		d, err := openContent(t, "a.npz"+c.member, npzFile(t, c.arrays), Options{})
		if c.train == 0 {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want an error with %q", name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Len()+d.Test.Len() != c.train+c.test || !strings.Contains(strings.Join(d.Notes, "\n"), c.want) {
			t.Errorf("%s: %d and %d images, notes %q", name, d.Train.Len(), d.Test.Len(), d.Notes)
		}
	}
	if _, err := openContent(t, "a.npz", npzFile(t, map[string][]byte{"x": x})[:99], Options{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged archive: %v", err)
	}
}

// The same pictures are the same data set, and the same are held out, whatever the type of their numbers and
// the place of their channels.
func TestArrayTypes(t *testing.T) {
	const n, pixels = 60, 4
	var last, first []uint8
	var floats []float32
	for i := range n {
		for k := range 3 * pixels {
			last = append(last, byte(7*i+5*k))
			first = append(first, byte(7*i+5*(k%pixels*3+k/pixels)))
			floats = append(floats, float32(byte(7*i+5*k))/255)
		}
	}
	var prints []string
	for _, file := range [][]byte{npyFile([]int{n, 2, 2, 3}, last...), npyFile([]int{n, 3, 2, 2}, first...), npyFile([]int{n, 2, 2, 3}, floats...)} {
		d, err := openContent(t, "a.npy", file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		train, test := inner(t, d)
		prints = append(prints, train.Fingerprint(train)+test.Fingerprint(test))
		if test.Image(0)[4] != last[d.held[0]*12+4] || d.Train.Size() != (images.Size{Channels: 3, Height: 2, Width: 2}) {
			t.Errorf("held out is %v", test.Image(0))
		}
	}
	if prints[0] != prints[1] || prints[0] != prints[2] {
		t.Errorf("the sets differ: %q", prints)
	}
	for _, c := range []struct {
		file []byte
		deep []uint16
		note string
	}{
		{npyFile[uint16]([]int{2, 1, 2}, 0, 4095, 65535, 1), []uint16{0, 1, 4095, 65535}, "1 of the 2 is held out"},
		{npyFile[float32]([]int{2, 1, 2}, 0, 0.25, 1, 0.5), []uint16{0, 16384, 32768, 65535}, "kept with 16 bits"},
	} {
		d, err := openContent(t, "a.npy", c.file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		train, test := inner(t, d)
		got := slices.Sorted(slices.Values(slices.Concat(train.Deep, test.Deep)))
		var text strings.Builder
		if err := d.Describe(&text); err != nil || !strings.Contains(text.String(), "grey, 2 bytes each") {
			t.Errorf("the description is %s (%v)", &text, err)
		}
		if !slices.Equal(got, c.deep) || !strings.Contains(strings.Join(d.Notes, "\n"), c.note) {
			t.Errorf("got %v, want %v; notes %q", got, c.deep, d.Notes)
		}
	}
	d, err := openContent(t, "a.npy", npyFile([]int{3, 3, 3}, counting(3, 9)...), Options{})
	if err != nil || !strings.Contains(strings.Join(d.Notes, "\n"), "along its first axis") {
		t.Errorf("a cube: %+v (%v)", d, err)
	}
	nan := float32(math.NaN())
	for _, numbers := range [][]float32{{0, 1, 2, 255}, {0, 1, 0, -1}, {0, 1, nan, 0}} {
		if _, err := openContent(t, "a.npy", npyFile([]int{2, 1, 2}, numbers...), Options{}); err == nil {
			t.Errorf("%v are pixels", numbers)
		}
	}
}

func TestParseShape(t *testing.T) {
	size := func(c, h, w int) images.Size { return images.Size{Channels: c, Height: h, Width: w} }
	for _, c := range []struct {
		shape  []int
		layout string
		n      int
		size   images.Size
		fault  string
	}{
		{[]int{50, 28, 20}, "", 50, size(1, 28, 20), ""},
		{[]int{50, 28, 20, 1}, "", 50, size(1, 28, 20), ""},
		{[]int{50, 28, 20, 3}, "", 50, size(3, 28, 20), ""},
		{[]int{50, 1, 28, 20}, "", 50, size(1, 28, 20), ""},
		{[]int{50, 3, 28, 20}, "", 50, size(3, 28, 20), ""},
		{[]int{50, 1, 3, 28, 1, 20}, "", 50, size(3, 28, 20), ""},
		{[]int{50, 3, 9, 3}, "", 0, size(0, 0, 0), "--layout nhwc or --layout nchw"},
		{[]int{50, 3, 9, 3}, "nhwc", 50, size(3, 3, 9), ""},
		{[]int{50, 3, 9, 3}, "nchw", 50, size(3, 9, 3), ""},
		{[]int{50, 1, 9, 3}, "", 0, size(0, 0, 0), "--layout nhwc or --layout nchw"},
		{[]int{50, 28, 20, 3}, "nchw", 0, size(0, 0, 0), "not where --layout nchw has them"},
		{[]int{28, 28, 50}, "", 0, size(0, 0, 0), "numpy.moveaxis(array, -1, 0)"},
		{[]int{28, 28, 3}, "", 0, size(0, 0, 0), "one image with its channels last"},
		{[]int{3, 28, 28}, "", 0, size(0, 0, 0), "one image with its channels first"},
		{[]int{28, 28, 28}, "", 28, size(1, 28, 28), ""},
		{[]int{32, 32, 3, 50}, "", 0, size(0, 0, 0), "numpy.moveaxis(array, -1, 0)"},
		{[]int{50, 28, 20, 4}, "", 0, size(0, 0, 0), "alpha, which has no meaning in a model: save array[..., :-1]"},
		{[]int{50, 4, 28, 20}, "", 0, size(0, 0, 0), "alpha, which has no meaning in a model: save array[:, :-1]"},
		{[]int{2, 5, 28, 20, 3}, "", 0, size(0, 0, 0), "it has 5 axes: save array.reshape(-1, 28, 20, 3) if its last 3 are those of an image"},
		{[]int{2, 5, 6, 28, 20}, "", 0, size(0, 0, 0), "save array.reshape(-1, 28, 20) if its last 2"},
		{[]int{50, 28, 20, 5}, "", 0, size(0, 0, 0), "no axis has 1 or 3 channels"},
		{[]int{50, 784}, "", 0, size(0, 0, 0), "array.reshape(-1, 28, 28)"},
		{[]int{50, 30}, "", 0, size(0, 0, 0), "array.reshape(-1, HEIGHT, WIDTH)"},
		{[]int{50}, "", 0, size(0, 0, 0), "got (50,)"},
		{nil, "", 0, size(0, 0, 0), "got ()"},
		{[]int{0, 28, 20}, "", 0, size(0, 0, 0), "it is empty"},
		{[]int{50, 0, 20, 3}, "", 0, size(0, 0, 0), "it is empty"},
	} {
		a, err := parseShape(c.shape, c.layout)
		if c.fault != "" {
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%v: %+v, %v, want an error with %q", c.shape, a, err, c.fault)
			}
		} else if err != nil || a.n != c.n || a.size != c.size {
			t.Errorf("%v: %+v (%v)", c.shape, a, err)
		}
	}
}

func TestLayoutOfOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	putSmall(t, dir)
	if _, err := Open(t.Context(), Options{Data: dir, Layout: "nhwc"}); err == nil || !strings.Contains(err.Error(), "want an array for a layout") {
		t.Errorf("a folder with a layout: %v", err)
	}
	if _, err := Open(t.Context(), Options{Data: dir, Layout: "hwcn"}); err == nil || !strings.Contains(err.Error(), `got "hwcn"`) {
		t.Errorf("no layout: %v", err)
	}
}

func FuzzOpenArray(f *testing.F) {
	f.Add(npyFile([]int{3, 2, 1}, counting(3, 2)...), "")
	f.Add(npyFile[float32]([]int{2, 3, 1, 1}, 0, 1, 0.5, 0, 1, 1), "")
	f.Add(npzFile(f, map[string][]byte{"x_train": npyFile([]int{3, 2, 1}, counting(3, 2)...), "y_train": npyFile([]int{3}, counting(3, 1)...)}), "")
	f.Add(npzFile(f, map[string][]byte{"x": npyFile([]int{3, 2, 1}, counting(3, 2)...)}), "x")
	f.Fuzz(func(t *testing.T, content []byte, member string) {
		file := filepath.Join(t.TempDir(), "a.npz")
		if err := os.WriteFile(file, content, 0o666); err != nil {
			t.Fatal(err)
		}
		d, err := openArray(Options{Data: file + strings.TrimSuffix(":"+member, ":")})
		if err != nil {
			return
		}
		for _, part := range []Images{d.Train, d.Test} {
			if err := part.Example(0, part.Len()-1, make([]float32, part.Size().Numbers()), nil); err != nil {
				t.Error(err)
			}
		}
	})
}
