package cifar

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// record returns an image in a file: red counts from its label, green is constant, blue is the row.
func record(labels ...byte) []byte {
	b := slices.Clone(labels)
	for k := range pixels {
		b = append(b, labels[len(labels)-1]+byte(k%side))
	}
	b = append(b, bytes.Repeat([]byte{77}, pixels)...)
	for k := range pixels {
		b = append(b, byte(k/side))
	}
	return b
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string) *Data {
	t.Helper()
	d, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pixel returns the red, green and blue of a pixel.
func pixel(s *images.Set, i, row, column int) [3]byte {
	return [3]byte(s.Image(i)[3*(row*side+column):])
}

func TestCIFAR10(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "cifar-10-batches-bin")
	for i := range 5 {
		put(t, dir, fmt.Sprintf("data_batch_%d.bin", i+1), append(record(byte(i)), record(9)...))
	}
	put(t, dir, "test_batch.bin", record(3))
	put(t, dir, "batches.meta.txt", []byte("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"))
	for _, path := range []string{root, dir} {
		d := read(t, path)
		if d.Train.Len() != 10 || d.Test.Len() != 1 || len(d.Notes) != 0 || d.Train.Name != "cifar-10" || d.Test.Classes[9] != "truck" {
			t.Errorf("%s: %d and %d images of %q, notes %q", path, d.Train.Len(), d.Test.Len(), d.Test.Classes, d.Notes)
		}
		if !bytes.Equal(d.Train.Labels, []byte{0, 9, 1, 9, 2, 9, 3, 9, 4, 9}) || d.Test.Labels[0] != 3 {
			t.Errorf("labels %v and %v", d.Train.Labels, d.Test.Labels)
		}
		if got := pixel(d.Train, 4, 7, 30); got != [3]byte{32, 77, 7} {
			t.Errorf("the pixel in row 7 and column 30 is %v, want 32, 77, 7", got)
		}
	}
	for _, name := range []string{"data_batch_2.bin", "data_batch_5.bin", "batches.meta.txt"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if d := read(t, dir); d.Train.Len() != 6 || d.Train.Classes != nil || !strings.Contains(strings.Join(d.Notes, "\n"), "data_batch_2.bin, data_batch_5.bin are not there") {
		t.Errorf("%d images, notes %q", d.Train.Len(), d.Notes)
	}
}

// The class of CIFAR-100 is the fine label, the second.
func TestCIFAR100(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "train.bin", append(record(19, 99), record(0, 4)...))
	put(t, dir, "test.bin", record(7, 50))
	d := read(t, dir)
	if !bytes.Equal(d.Train.Labels, []byte{99, 4}) || !bytes.Equal(d.Test.Labels, []byte{50}) || d.Train.Name != "cifar-100" {
		t.Errorf("%s with labels %v and %v", d.Train.Name, d.Train.Labels, d.Test.Labels)
	}
	if got := pixel(d.Train, 1, 31, 2); got != [3]byte{6, 77, 31} {
		t.Errorf("the pixel is %v, want 6, 77, 31", got)
	}
	if err := os.Remove(filepath.Join(dir, "train.bin")); err != nil {
		t.Fatal(err)
	}
	if d := read(t, dir); d.Test != nil || d.Train.Len() != 1 || d.Train.Labels[0] != 50 {
		t.Errorf("the test file alone is %+v", d)
	}
}

// A file is read alone, as what its name or its content says.
func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "data_batch_1.bin", append(record(3), record(9)...))
	put(t, dir, "data_batch_2.bin", record(1))
	put(t, dir, "mine.bin", append(record(19, 99), record(4, 2)...))
	for name, want := range map[string]struct {
		set    string
		labels []byte
	}{"data_batch_1.bin": {"cifar-10", []byte{3, 9}}, "mine.bin": {"cifar-100", []byte{99, 2}}} {
		d, err := ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if d.Train.Name != want.set || !bytes.Equal(d.Train.Labels, want.labels) || d.Test != nil || d.Train.Classes != nil || !slices.Contains(d.Notes, name+" is read alone: name its folder to read the whole set") {
			t.Errorf("%s: %s with labels %v, notes %q", name, d.Train.Name, d.Train.Labels, d.Notes)
		}
		if got := pixel(d.Train, 1, 7, 4)[2]; got != 7 {
			t.Errorf("%s: blue in row 7 is %d", name, got)
		}
	}
	for name, content := range map[string][]byte{"short.bin": record(1)[:3000], "other.bin": record(10), "record.dat": record(1), "empty.bin": nil} {
		put(t, dir, name, content)
		if _, err := ReadFile(filepath.Join(dir, name)); !errors.Is(err, ErrOtherFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, dir, "test_batch.bin", record(1)[:3000])
	if _, err := ReadFile(filepath.Join(dir, "test_batch.bin")); err == nil || !strings.Contains(err.Error(), "test_batch.bin is damaged, or it is another file: want 1 or more records of 3073") {
		t.Errorf("a file that is cut off: %v", err)
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string][]byte
		want  string // "" for ErrNoFiles
	}{
		"another train.bin": {map[string][]byte{"train.bin": make([]byte, 5000)}, ""},
		"an empty one":      {map[string][]byte{"train.bin": nil}, ""},
		"cut off":           {map[string][]byte{"data_batch_1.bin": record(1)[:3000]}, "data_batch_1.bin is damaged, or it is another file: want 1 or more records of 3073 bytes"},
		"empty":             {map[string][]byte{"test_batch.bin": nil}, "test_batch.bin is damaged"},
		"no class":          {map[string][]byte{"data_batch_1.bin": append(record(1), record(10)...)}, "image 1: want a class from 0 to 9, got 10"},
		"100 cut off":       {map[string][]byte{"train.bin": record(1, 1)[:9], "fine_label_names.txt": []byte(strings.Repeat("x\n", 100))}, "records of 3074 bytes"},
		"names":             {map[string][]byte{"data_batch_1.bin": record(1), "batches.meta.txt": []byte("a\nb\n")}, "batches.meta.txt: want the names of 10 classes, one a line, got 2"},
		"Python":            {map[string][]byte{"data_batch_1": nil}, "cifar-10-binary.tar.gz"},
		"Python, 100":       {map[string][]byte{"train": nil, "meta": nil}, "cifar-100-binary.tar.gz"},
		"others":            {map[string][]byte{"train": nil}, ""},
	} {
		dir := t.TempDir()
		for file, content := range c.files {
			put(t, dir, file, content)
		}
		_, err := Read(dir)
		if c.want == "" && !errors.Is(err, ErrNoFiles) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(record(1), false)
	f.Add(record(1, 2), true)
	f.Add(append(record(1), record(200)...), false)
	f.Add(record(1)[:100], false)
	f.Fuzz(func(t *testing.T, file []byte, fine bool) {
		which := forms()[0]
		if fine {
			which = forms()[1]
		}
		s := &images.Set{Channels: 3, Height: side, Width: side}
		if err := which.decode(s, bytes.NewReader(file), int64(len(file))); err != nil {
			return
		}
		if s.Len() != len(s.Labels) || int64(s.Len())*which.record() != int64(len(file)) {
			t.Errorf("%d images and %d labels of %d bytes", s.Len(), len(s.Labels), len(file))
		}
	})
}
