package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/sniff"
)

// isArray reports whether a path names an array of an archive, or a file begins as an array or an archive of
// arrays, whatever its name is.
func isArray(path string, first []byte) bool {
	_, member := npy.SplitMember(path)
	return member != "" || strings.HasPrefix(string(first), "\x93NUMPY") || sniff.IsArrays(first) ||
		strings.HasPrefix(string(first), "PK\x03\x04") && strings.EqualFold(filepath.Ext(path), ".npz")
}

// arrays reads the arrays of a file.
type arrays struct {
	file  *os.File
	size  int64
	npz   *npy.ArchiveReader // nil for one array
	cut   images.Range       // of the numbers; after findRange, it is no longer Auto
	notes []string

	scaled bool // floats are numbers of the range, even those of an array in which all are from 0 to 1
}

// openArray opens a data set of NumPy arrays: FILE.npy, FILE.npz, or FILE.npz:NAME.
func openArray(o Options) (*Data, error) {
	path, member := npy.SplitMember(o.Data)
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, errors.WithStack(err)
	}
	a := &arrays{file: file, size: info.Size(), cut: o.Pictures.Range}
	train, test, err := a.parts(member, o.Layout)
	if err != nil {
		return nil, errors.WithMessagef(err, "data %s", o.Data)
	}
	train.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if slices.Contains(Names(), train.Name) {
		train.Name += "-file"
	}
	if test != nil {
		test.Name = train.Name
	}
	d, err := inMemory(train, test, o.Data, o)
	if err == nil {
		d.Notes, d.array = append(a.notes, d.Notes...), true
		d.Reading.Layout = o.Layout
		if a.cut != (images.Range{}) {
			d.ranged, d.Reading.Range = true, a.cut.String()
		}
	}
	return d, err
}

// parts reads the images to train on, and those to test with if there are some.
func (a *arrays) parts(member, layout string) (train, test *images.Set, err error) {
	m := members{images: member}
	if npy.IsArchive(a.file) || member != "" {
		if a.npz, err = npy.OpenArchive(a.file, a.size); err != nil {
			return nil, nil, err
		}
		if m, err = chooseMembers(a.npz.Names(), member); err != nil {
			return nil, nil, err
		}
	}
	if err := a.findRange(m.images, m.test); err != nil {
		return nil, nil, err
	}
	if train, err = a.part(m.images, m.labels, layout); err != nil {
		return nil, nil, err
	}
	if m.test != "" {
		if test, err = a.part(m.test, m.testLabels, layout); err != nil {
			return nil, nil, err
		}
		if train.Size() != test.Size() {
			return nil, nil, errors.Errorf("want images of one size, got %v in %s and %v in %s", train.Size(), m.images, test.Size(), m.test)
		}
		if why := joinClasses(train, test); why != "" {
			a.notes = append(a.notes, why)
		}
		if (train.Deep == nil) != (test.Deep == nil) {
			deepen(train)
			deepen(test)
		}
	}
	if isValidation(m.test) {
		a.notes = append(a.notes, m.test+" is the test set")
	}
	if len(m.unused) > 0 {
		a.notes = append(a.notes, fmt.Sprintf("arrays that are not used: %s", strings.Join(m.unused, ", ")))
	}
	return train, test, nil
}

// part reads images, and their labels if there are some.
func (a *arrays) part(name, labels, layout string) (*images.Set, error) {
	s, n, err := a.images(name, layout)
	if err != nil {
		return nil, err
	}
	if labels == "" {
		return s, nil
	}
	kind, what, err := a.npz.Kind(labels) // only archives have labels
	if err != nil {
		return nil, err
	}
	var why string
	switch kind {
	case npy.Strings:
		s.Labels, s.Classes, why, err = a.classesNamed(labels, n)
	case npy.Numbers:
		var y npy.Array
		if y, err = a.npz.Read(labels); err == nil {
			s.Labels, why, err = classesOf(y, n)
		}
	default:
		why = fmt.Sprintf("want whole numbers or strings, got %s", what)
	}
	if why != "" {
		a.notes = append(a.notes, fmt.Sprintf("the labels %s are not used: %s", labels, why))
	}
	return s, errors.WithMessagef(err, "labels %.60q", labels)
}

func (a *arrays) images(name, layout string) (*images.Set, int, error) {
	x, err := a.read(name)
	if err != nil {
		return nil, 0, err
	}
	ofArray := func(err error) error {
		if name == "" {
			return err
		}
		return errors.WithMessagef(err, "array %.60q", name)
	}
	how, err := parseShape(x.Shape, layout)
	if err != nil {
		return nil, 0, ofArray(err)
	}
	var set *images.Set
	note := ""
	if x.Bytes != nil {
		set = how.setOfBytes(x.Bytes)
	} else {
		pixels, err := a.pixels(x)
		if err != nil {
			return nil, 0, ofArray(err)
		}
		set, note = how.set(pixels)
	}
	notes := []string{note}
	if how.n == how.size.Height && how.n == how.size.Width && how.size.Channels == 1 {
		notes = append(notes, "its images are read along its first axis: nothing in its shape shows which axis that is")
	}
	for _, note := range notes {
		if note != "" {
			a.notes = append(a.notes, strings.TrimPrefix(name+": "+note, ": "))
		}
	}
	return set, how.n, nil
}

// members names the arrays of an archive that make a data set. A name is "" if there is no such array.
type members struct {
	images, labels, test, testLabels string
	unused                           []string
}

// Names of arrays, as Keras's mnist.npz, MedMNIST and others have them.
func trainArrays() []string {
	return []string{"x_train", "train_x", "train_images", "images_train", "train_data", "train"}
}
func testArrays() []string {
	return []string{"x_test", "test_x", "test_images", "images_test", "test_data", "test", "x_val", "val_images"}
}
func trainLabels() []string {
	return []string{"y_train", "train_y", "train_labels", "labels_train"}
}
func testLabels() []string {
	return []string{"y_test", "test_y", "test_labels", "labels_test"}
}
func imageArrays() []string { return []string{"x", "images", "image", "data", "imgs", "arr_0"} }
func labelArrays() []string { return []string{"y", "labels", "label", "targets", "target"} }

// chooseMembers finds the arrays of a data set by their names, in any case. member, if not "", is the one
// with the images.
func chooseMembers(names []string, member string) (m members, err error) {
	find := func(wanted []string) string {
		for _, w := range wanted {
			if k := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, w) }); k >= 0 {
				return names[k]
			}
		}
		return ""
	}
	switch {
	case member != "":
		m.images = strings.TrimSuffix(member, ".npy")
		m.labels = labelsOf(m.images, find)
		return m, nil // the user chose, so the rest is meant to be unused
	case len(names) == 1:
		m.images = names[0]
	case find(trainArrays()) != "":
		m = members{images: find(trainArrays()), labels: find(trainLabels()), test: find(testArrays()), testLabels: find(testLabels())}
		if isValidation(m.test) {
			m.testLabels = find([]string{"y_val", "val_labels"})
		}
	case find(imageArrays()) != "":
		m = members{images: find(imageArrays()), labels: find(labelArrays())}
	default:
		const shown = 20
		return m, errors.Errorf("want the name of the array of images after the file, as in FILE.npz:%.60s, got an archive of %s", names[0], strings.Join(names[:min(shown, len(names))], ", "))
	}
	for _, name := range names {
		if !slices.Contains([]string{m.images, m.labels, m.test, m.testLabels}, name) {
			m.unused = append(m.unused, name)
		}
	}
	return m, nil
}

// isValidation reports whether an array has images for validation, by its name.
func isValidation(name string) bool {
	return strings.EqualFold(name, "x_val") || strings.EqualFold(name, "val_images")
}

// labelsOf returns the name of the labels that belong to an array of images by its name, or "".
func labelsOf(name string, find func(wanted []string) string) string {
	has := func(all []string) bool {
		return slices.ContainsFunc(all, func(n string) bool { return strings.EqualFold(n, name) })
	}
	switch {
	case has(trainArrays()):
		return find(trainLabels())
	case isValidation(name):
		return find([]string{"y_val", "val_labels"})
	case has(testArrays()):
		return find(testLabels())
	case has(imageArrays()):
		return find(labelArrays())
	}
	return ""
}
