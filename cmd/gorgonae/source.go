package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// source is what compress reads images from.
type source struct {
	text    string // for people
	images  images.Source
	classes []string
	name    func(i int) string // nil if images have no names
	meta    map[string]string
	reduced int // images that have less than their files
}

// pictures returns the images with their names.
func (s *source) pictures() run.Pictures { return named{run.PicturesOf(s.images), s.name} }

// named is pictures with other names.
type named struct {
	run.Pictures
	name func(i int) string
}

func (n named) File(i int) string {
	if n.name == nil {
		return n.Pictures.File(i)
	}
	return n.name(i)
}

// openSource opens a folder of images, a data set, an array, or files of images, and resizes the
// model to the images.
func openSource(cmd *cobra.Command, m *run.Model, paths []string, split string) (*source, error) {
	path := paths[0]
	info, err := os.Stat(path)
	isSet := slices.Contains(dataset.Names(), path)
	own := "a folder of images, which is compressed as a whole"
	var s *source
	switch {
	case len(paths) > 1 || images.IsPicture(path) && err == nil && !info.IsDir():
		own = "an image"
		s, err = openImages(cmd, m, paths)
	case path == "-" || !isSet && err == nil && !info.IsDir():
		own = "an array"
		s, err = openArray(cmd, m, path)
	case err == nil && info.IsDir() && !isSet:
		if s, err = openFolder(cmd, m, path); errors.Is(err, images.ErrNoImages) {
			return openSet(cmd, m, path, split) // perhaps it has IDX files
		}
	default:
		return openSet(cmd, m, path, split)
	}
	if err == nil && cmd.Flags().Changed("split") {
		err = errors.Errorf("--split is for data sets, and %s is %s", inputName(path), own)
	}
	return s, err
}

func openFolder(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	set, err := images.ReadFolder(path, images.Options{Color: images.ColorOf(m.Size().Channels)})
	if err != nil {
		return nil, err
	}
	return ofFiles(cmd, m, path, path, set)
}

// openImages opens files of images, each with its path as its name. An image outside of the current
// folder has the base of its path.
func openImages(cmd *cobra.Command, m *run.Model, paths []string) (*source, error) {
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil {
			return nil, errors.WithMessage(withoutPath(err), path)
		} else if !info.Mode().IsRegular() || !images.IsPicture(path) {
			return nil, errors.Errorf("want PNG or JPEG files, or one folder, data set or array alone, got %d inputs and among them %s", len(paths), path)
		}
	}
	set, err := images.ReadFiles(paths, images.Options{Color: images.ColorOf(m.Size().Channels)})
	if err != nil {
		return nil, err
	}
	text := paths[0]
	if len(paths) > 1 {
		text = fmt.Sprintf("%s and %d more", paths[0], len(paths)-1)
	}
	s, err := ofFiles(cmd, m, text, "", set)
	if err != nil {
		return nil, err
	}
	seen := map[string]string{}
	for i, path := range paths {
		name := filepath.Clean(path)
		if !filepath.IsLocal(name) {
			name = filepath.Base(name)
		}
		name = filepath.ToSlash(name)
		if other, ok := seen[name]; ok {
			return nil, errors.Errorf("want a name for each image, got %q for %s and for %s", name, other, path)
		}
		set.Files[i], seen[name] = name, path
	}
	return s, nil
}

// ofFiles makes a source of images that were read from files in a folder.
func ofFiles(cmd *cobra.Command, m *run.Model, text, dir string, set *images.Set) (*source, error) {
	s := &source{text: text, images: set, classes: set.Classes, meta: map[string]string{}, reduced: set.Reduced}
	s.name = func(i int) string { return set.Files[i] }
	for _, file := range set.Files {
		if err := differ(cmd.Flag("out").Value.String(), filepath.Join(dir, filepath.FromSlash(file))); err != nil {
			return nil, err
		}
	}
	return s, m.Fit(text, set.Size())
}

// openArray opens a NumPy array in a file, a pipe or standard input.
func openArray(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	if err := differ(cmd.Flag("out").Value.String(), path); err != nil {
		return nil, err
	}
	in, err := openInput(cmd.Context(), path)
	if err != nil {
		return nil, errors.WithMessage(err, path)
	}
	defer in.Close()
	var size int64
	var r io.Reader = in
	if f, ok := in.(*os.File); ok && isRegular(f) {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		size = info.Size()
	} else { // a pipe does not say its size
		var whole bytes.Buffer
		if size, err = io.Copy(&whole, in); err != nil {
			return nil, errors.WithMessage(err, inputName(path))
		}
		r = &whole
	}
	set, err := m.ReadImages(inputName(path), r, size)
	if err != nil {
		return nil, err
	}
	return &source{text: inputName(path), images: set, meta: map[string]string{}}, nil
}

func openSet(cmd *cobra.Command, m *run.Model, path, split string) (*source, error) {
	name, set, err := openPart(cmd.Context(), m, path, split)
	if err != nil {
		return nil, err
	}
	s := &source{text: name + ", " + split, images: set, meta: map[string]string{"data": name, "split": split}}
	if whole, ok := set.(*images.Set); ok {
		s.classes = whole.Classes
	}
	if m.Binarize != images.NotBinarized {
		s.text += fmt.Sprintf(", binarized (%v)", m.Binarize)
		s.meta["binarized"] = m.Binarize.String()
	}
	return s, nil
}

// takeClasses gives the images the classes of another file, so that both can be merged. Labels of the
// same classes in another order, or of some of them, get other numbers. Other classes are refused.
func (s *source) takeClasses(classes []string) error {
	if slices.Equal(s.classes, classes) {
		return nil
	}
	numbers := make([]int, len(s.classes))
	for i, c := range s.classes {
		if numbers[i] = slices.Index(classes, c); numbers[i] < 0 {
			return errors.Errorf("want images with the classes %.200q, got the class %q: leave --like out, or compress images without classes", classes, c)
		}
	}
	if s.classes == nil { // labels have no names
		for i := range s.images.Len() {
			if l := s.images.Label(i); l >= 0 {
				return errors.Errorf("want images with the classes %.200q, got image %d with the label %d and no classes: leave --like out", classes, i, l)
			}
		}
	}
	s.images, s.classes = renumbered{s.images, numbers}, classes
	return nil
}

// renumbered is a source whose labels have other numbers.
type renumbered struct {
	images.Source
	numbers []int
}

func (r renumbered) Label(i int) int {
	if l := r.Source.Label(i); l >= 0 && l < len(r.numbers) {
		return r.numbers[l]
	}
	return -1
}

// Bytes returns the function that gives images as bytes, or nil if the source has none.
func (r renumbered) Bytes(any) func(epoch, i int, scratch []byte) []byte {
	if s, ok := r.Source.(interface {
		Bytes(self any) func(epoch, i int, scratch []byte) []byte
	}); ok {
		return s.Bytes(r.Source)
	}
	return nil
}
