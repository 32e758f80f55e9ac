package cifar

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// ErrOtherFile is ReadFile's error for a file that is none of CIFAR.
var ErrOtherFile = errors.New("no binary file of CIFAR")

// ReadFile reads one file of the set, such as data_batch_1.bin: its images are Train, and Test is nil. The
// names of the classes are those of the file beside it. A file of another name must end in .bin, and be
// whole records with classes of one of the sets. The error is ErrOtherFile if it does not.
func ReadFile(path string) (*Data, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	name := filepath.Base(path)
	if !info.Mode().IsRegular() || !strings.EqualFold(filepath.Ext(name), ".bin") {
		return nil, ErrOtherFile
	}
	dir := filepath.Dir(path)
	for _, f := range forms() {
		named := slices.Contains(slices.Concat(f.train, f.test), name) && (f.labels == 1 || exists(filepath.Join(dir, f.names)))
		if !named && f.check(info.Size()) != nil {
			continue
		}
		s, _, err := f.readPart(dir, []string{name})
		if err != nil && !named {
			continue // its first bytes are no classes: it is another file
		}
		if err != nil {
			return nil, err
		}
		d := &Data{Source: path, Train: s}
		s.Name = f.name
		if s.Classes, err = f.classNames(dir, d); err != nil {
			return nil, err
		}
		d.Notes = append(d.Notes, name+" is read alone: name its folder to read the whole set")
		return d, nil
	}
	return nil, ErrOtherFile
}

// classNames returns the names of the classes that a file in a folder tells, or nil with a note.
func (f form) classNames(dir string, d *Data) ([]string, error) {
	classes, err := f.readNames(filepath.Join(dir, f.names))
	if err == nil && classes == nil {
		d.Notes = append(d.Notes, "the classes have no names, because there is no "+f.names)
	}
	return classes, err
}
