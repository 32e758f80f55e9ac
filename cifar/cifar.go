// Package cifar reads the binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009: "Learning multiple
// layers of features from tiny images"): colour images of 32x32 pixels. A file is records of one label
// (CIFAR-10) or two, coarse and fine (CIFAR-100), and 3072 bytes: the red plane, the green and the
// blue, each row-major. Source: www.cs.toronto.edu/~kriz/cifar.html.
package cifar

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

const (
	side   = 32 // pixels of the height and of the width
	pixels = side * side
)

// Data is a set that was read. Test is nil if its file is missing, and Train is then what there is.
type Data struct {
	Train, Test *images.Set
	Source      string   // the folder of the files
	Notes       []string // what a user would not expect, each in one line
}

// ErrNoFiles is Read's error for a folder without files of CIFAR.
var ErrNoFiles = errors.New("no binary files of CIFAR")

// form is one of the two sets.
type form struct {
	name        string
	folder      string // in the archive that its authors offer
	train, test []string
	names       string // of the file with the names of the classes
	labels      int    // bytes before the pixels; the last is the class
	classes     int
}

func forms() []form {
	return []form{
		{"cifar-10", "cifar-10-batches-bin", []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
			[]string{"test_batch.bin"}, "batches.meta.txt", 1, 10},
		{"cifar-100", "cifar-100-binary", []string{"train.bin"}, []string{"test.bin"}, "fine_label_names.txt", 2, 100},
	}
}

// record returns the bytes of an image with its labels.
func (f form) record() int64 { return int64(f.labels + 3*pixels) }

// Read reads the set in a folder, or in the folder below it that the authors' archive makes. Images are
// (32, 32, 3). The class is the fine one. Files that are missing are in the Notes. The error is
// ErrNoFiles if the folder has none of the files.
func Read(dir string) (*Data, error) {
	for _, f := range forms() {
		for _, at := range []string{dir, filepath.Join(dir, f.folder)} {
			ok, err := f.isIn(at)
			if err != nil {
				return nil, err
			}
			if ok {
				return f.read(at)
			}
		}
	}
	for _, at := range []string{dir, filepath.Join(dir, "cifar-10-batches-py"), filepath.Join(dir, "cifar-100-python")} {
		if exists(filepath.Join(at, "data_batch_1")) || exists(filepath.Join(at, "train")) && exists(filepath.Join(at, "meta")) {
			return nil, errors.Errorf("%s: want the binary version of CIFAR, got the one for Python, whose files are pickles: download cifar-10-binary.tar.gz or cifar-100-binary.tar.gz", at)
		}
	}
	return nil, ErrNoFiles
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isIn reports whether a folder has files of the set. Those of CIFAR-100 have names that others have,
// too: their length or the file with the names of the classes decides.
func (f form) isIn(dir string) (bool, error) {
	for _, name := range append(f.train[:len(f.train):len(f.train)], f.test...) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if f.labels == 1 || info.Size() > 0 && info.Size()%f.record() == 0 || exists(filepath.Join(dir, f.names)) {
			return true, nil
		}
	}
	return false, nil
}

// read reads the files in a folder that has some.
func (f form) read(dir string) (*Data, error) {
	d := &Data{Source: dir}
	classes, err := f.classNames(dir, d)
	if err != nil {
		return nil, err
	}
	for i, part := range []**images.Set{&d.Train, &d.Test} {
		names := [][]string{f.train, f.test}[i]
		s, missing, err := f.readPart(dir, names)
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 {
			d.Notes = append(d.Notes, fmt.Sprintf("%s %s not there, so %s images are missing", strings.Join(missing, ", "), isOrAre(len(missing)), whose(len(missing))))
		}
		if s != nil {
			s.Name, s.Classes = f.name, classes
			*part = s
		}
	}
	if d.Train == nil {
		d.Train, d.Test = d.Test, nil
	}
	return d, nil
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func whose(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
}

// readPart reads files one after another, and returns the names of those that are missing. The set is nil
// if all are.
func (f form) readPart(dir string, names []string) (s *images.Set, missing []string, err error) {
	var paths []string
	var sizes []int64
	total := int64(0)
	for _, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		switch {
		case os.IsNotExist(err):
			missing = append(missing, name)
			continue
		case err != nil:
			return nil, nil, errors.WithStack(err)
		case !info.Mode().IsRegular():
			return nil, nil, errors.Errorf("%s: want a regular file, got mode %v", path, info.Mode())
		}
		if err := f.check(info.Size()); err != nil {
			return nil, nil, errors.WithMessagef(err, "%s is damaged, or it is another file", path)
		}
		paths, sizes, total = append(paths, path), append(sizes, info.Size()), total+info.Size()
	}
	if len(paths) == 0 {
		return nil, missing, nil
	}
	n := int(total / f.record())
	s = &images.Set{Channels: 3, Height: side, Width: side, Pixels: make([]byte, 0, 3*pixels*n), Labels: make([]byte, 0, n)}
	for i, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, errors.WithStack(err)
		}
		err = f.decode(s, file, sizes[i])
		file.Close() // which only read
		if err != nil {
			return nil, nil, errors.WithMessagef(err, "%s is damaged, or it is another file", path)
		}
	}
	return s, missing, nil
}

// check returns an error if a file of size bytes is not whole records.
func (f form) check(size int64) error {
	const most = 1 << 30 // bytes of a file; those of CIFAR have up to 154 million
	if size < 1 || size%f.record() != 0 || size > most {
		return errors.Errorf("want 1 or more records of %d bytes, as %s has them, and at most %d bytes, got %d bytes", f.record(), f.name, most, size)
	}
	return nil
}

// decode appends the images and labels of a file of size bytes to a set.
func (f form) decode(s *images.Set, file io.Reader, size int64) error {
	if err := f.check(size); err != nil {
		return err
	}
	in := bufio.NewReaderSize(file, 1<<16)
	record := make([]byte, f.record())
	for i := range size / f.record() {
		if _, err := io.ReadFull(in, record); err != nil {
			return errors.Wrapf(err, "image %d", i)
		}
		class := record[f.labels-1]
		if int(class) >= f.classes {
			return errors.Errorf("image %d: want a class from 0 to %d, got %d", i, f.classes-1, class)
		}
		s.Labels = append(s.Labels, class)
		planes := record[f.labels:]
		for k := range pixels {
			s.Pixels = append(s.Pixels, planes[k], planes[pixels+k], planes[2*pixels+k])
		}
	}
	return nil
}

// readNames reads the names of the classes, one a line. It returns nil if there is no such file.
func (f form) readNames(path string) ([]string, error) {
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer file.Close()
	const most = 1 << 14 // bytes; CIFAR-100's file has 800
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, errors.Wrap(err, path)
	}
	var names []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			names = append(names, line)
		}
	}
	if len(names) != f.classes || len(text) > most {
		return nil, errors.Errorf("%s: want the names of %d classes, one a line, got %d lines", path, f.classes, len(names))
	}
	return names, nil
}
