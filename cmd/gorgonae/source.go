package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/run"
)

// source is what compress reads images from.
type source struct {
	text    string        // for people
	images  images.Source // nil if files differ in size
	whole   images.Source // of which images is a part, or nil if it is all; it serves as a sample
	files   *images.Files // nil if the images are not in files of pictures
	classes []string
	name    func(i int) string // nil if images have no names
	meta    map[string]string
	notes   []string // what a user would not expect of the images
	less    bool     // the images have less than their files
	deep    bool     // their files have more than 8 bits
	skipped []parts.Skipped
}

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

// all returns the images, of one size or not, with their names.
func (s *source) all() run.Pictures {
	if s.files != nil {
		return named{s.files, s.name}
	}
	return named{run.PicturesOf(s.images), s.name}
}

// sources opens what the arguments of a command name.
type sources struct {
	split    string
	pictures pictureFlags
	anySize  bool // pictures may differ in size; then a source has files alone
	exact    bool // the numbers of arrays stay as they are, and are not rounded to 8 bits

	part    parts.Part  // which the source has; the zero value is all
	skipBad bool        // pictures that are damaged or odd are left out
	size    images.Size // of the pictures, if it is known
	mixed   bool        // no picture is odd by its size
}

// flags adds the flags.
func (o *sources) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.split, "split", "test", "part of a data set: train or test")
	o.pictures.addReading(cmd.Flags())
}

// open opens a folder of pictures, a data set, an array, or files of pictures, and resizes the model
// to the images if they have one size.
func (o *sources) open(cmd *cobra.Command, m *run.Model, paths []string) (*source, error) {
	path := paths[0]
	info, err := os.Stat(run.ArrayFile(path))
	isSet := dataset.Named(path)
	own := "a folder of images, which is taken as a whole"
	var s *source
	switch {
	case len(paths) > 1 || images.IsPicture(path) && err == nil && !info.IsDir():
		own = "an image"
		s, err = o.openImages(cmd, m, paths)
	case !isSet && mnist.IsFile(path):
		own = "an IDX file"
		s, err = openIDX(cmd, m, path)
	case path == "-" || !isSet && err == nil && !info.IsDir():
		own = "an array"
		s, err = o.openArray(cmd, m, path)
	case err == nil && info.IsDir() && !isSet:
		if s, err = o.openFolder(cmd, m, path); errors.Is(err, images.ErrNoImages) {
			if s, err = o.openSet(cmd, m, path); err == nil { // perhaps it has IDX files
				err = o.cut(s)
			}
			return s, err
		}
	default:
		if s, err = o.openSet(cmd, m, path); err == nil {
			err = o.cut(s)
		}
		return s, err
	}
	if err == nil && (own == "an array" || own == "an IDX file") {
		err = refuseReading(cmd, path)
	}
	if err == nil && own != "an array" && cmd.Flags().Changed("layout") {
		err = errors.Errorf("--layout is for arrays, and %s is %s", inputName(path), own)
	}
	if err == nil && cmd.Flags().Changed("split") {
		err = errors.Errorf("--split is for data sets, and %s is %s", inputName(path), own)
	}
	if err != nil {
		return nil, err
	}
	return s, o.cut(s)
}

// own returns the options for a user's own pictures: as those of the training were read, but at their
// own size if the model takes other sizes.
func (o *sources) own(m *run.Model) (images.Options, error) {
	how, err := m.TrainedOn.Reading.Options()
	if err != nil {
		return how, errors.WithMessagef(err, "cannot use %s: how its pictures were read", m.Path)
	}
	if m.AnySize() {
		how.Height, how.Width = 0, 0
	}
	how.Color = images.ColorOf(m.Size().Channels)
	how.ListDamaged = o.skipBad
	if o.part.N > 0 {
		how.Keep = o.part.Takes
	}
	return how, o.pictures.options(&how)
}

func (o *sources) openFolder(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	how, err := o.own(m)
	if err != nil {
		return nil, err
	}
	files, err := reading(how, func(how images.Options) (*images.Files, error) { return images.OpenFolder(cmd.Context(), path, how) })
	if err != nil {
		return nil, err
	}
	if !o.divides() {
		return o.ofFiles(cmd, m, path, path, files)
	}
	names, err := images.FolderNames(path)
	for i, name := range names {
		names[i] = filepath.Join(path, filepath.FromSlash(name))
	}
	if err == nil {
		err = o.settle(m, names, how)
	}
	if err != nil {
		return nil, err
	}
	return o.chosen(cmd, m, path, path, files, names, how)
}

// reading shows the progress of the reading of pictures.
func reading(how images.Options, open func(how images.Options) (*images.Files, error)) (*images.Files, error) {
	shown := newWork("reading")
	defer shown.end()
	how.Progress = shown.pictures
	return open(how)
}

// openImages opens files of pictures, each with its path as its name. A picture outside of the current
// folder has the base of its path.
func (o *sources) openImages(cmd *cobra.Command, m *run.Model, paths []string) (*source, error) {
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil {
			return nil, errors.WithMessage(withoutPath(err), path)
		} else if !info.Mode().IsRegular() || !images.IsPicture(path) {
			return nil, errors.Errorf("want files of pictures, or one folder, data set or array alone, got %d inputs and among them %s", len(paths), path)
		}
	}
	how, err := o.own(m)
	if err != nil {
		return nil, err
	}
	files, err := reading(how, func(how images.Options) (*images.Files, error) { return images.OpenFiles(cmd.Context(), paths, how) })
	if err != nil {
		return nil, err
	}
	text := paths[0]
	if len(paths) > 1 {
		text = fmt.Sprintf("%s and %d more", paths[0], len(paths)-1)
	}
	var s *source
	if o.divides() {
		if err = o.settle(m, paths, how); err == nil {
			s, err = o.chosen(cmd, m, text, "", files, paths, how)
		}
	} else {
		s, err = o.ofFiles(cmd, m, text, "", files)
	}
	if err != nil {
		return nil, err
	}
	files = s.files
	names, seen := make([]string, files.Len()), map[string]string{}
	for i := range names {
		path := files.File(i)
		name := filepath.Clean(filepath.FromSlash(path))
		if !filepath.IsLocal(name) {
			name = filepath.Base(name)
		}
		names[i] = filepath.ToSlash(name)
		if other, ok := seen[names[i]]; ok {
			return nil, errors.Errorf("want a name for each image, got %q for %s and for %s", names[i], other, path)
		}
		seen[names[i]] = path
	}
	s.name = func(i int) string { return names[i] }
	return s, nil
}

// ofFiles makes a source of pictures in files in a folder.
func (o *sources) ofFiles(cmd *cobra.Command, m *run.Model, text, dir string, files *images.Files) (*source, error) {
	s := &source{text: text, files: files, classes: files.Classes, meta: map[string]string{}, notes: slices.Concat(files.Notes, greyNote(files))}
	s.name, s.deep = files.File, files.Deep()
	s.less = s.deep || files.Greyed > 0 || files.Transparent > 0
	for i := range files.Len() {
		if err := differ(cmd.Flag("out").Value.String(), filepath.Join(dir, filepath.FromSlash(files.File(i)))); err != nil {
			return nil, err
		}
	}
	same, err := files.SameSize()
	if err != nil {
		if o.anySize {
			return s, nil
		}
		return nil, errors.WithMessage(err, text)
	}
	s.images = same
	return s, m.Fit(text, same.Size())
}

// openIDX opens an IDX file of images, as a whole.
func openIDX(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	if err := differ(cmd.Flag("out").Value.String(), path); err != nil {
		return nil, err
	}
	set, notes, err := m.ReadIDX(path)
	if err != nil {
		return nil, err
	}
	return &source{text: path, images: set, classes: set.Classes, meta: map[string]string{}, notes: notes, deep: set.Deep != nil, less: set.Deep != nil}, nil
}

func (o *sources) openSet(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	split := o.split
	data, set, err := openPart(cmd.Context(), m, path, split, &o.pictures)
	if err != nil {
		return nil, err
	}
	s := &source{text: data.Name + ", " + split, images: set, classes: data.Classes, meta: map[string]string{"data": data.Name, "split": split}}
	switch whole := set.(type) {
	case *images.Set:
		s.deep = whole.Deep != nil
	case *images.SameSize:
		s.deep = whole.Deep()
	}
	s.less = s.deep
	if m.Binarize != images.NotBinarized {
		s.text += fmt.Sprintf(", binarized (%v)", m.Binarize)
		s.meta["binarized"] = m.Binarize.String()
	}
	return s, nil
}
