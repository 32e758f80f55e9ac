package images

import (
	"image"
	"path/filepath"
	"sync/atomic"

	"github.com/pkg/errors"
)

// maxBytes bounds the memory of a whole set.
const maxBytes = 1 << 32

// Options are the ways to read a folder. The zero value reads grey or colour, as the images are.
type Options struct {
	Color Color
}

// ReadFolder reads the PNG and JPEG images of a folder, all of one size, in the order of their file
// names. If the images lie in subfolders, each subfolder is a class, in the order of their names.
// It does not read deeper folders. Images both in the folder and in a subfolder are an error. The
// set's name is the folder's base name.
//
// With Auto the set is grey if all its images are grey, else colour. An image is grey if each of
// its pixels has the same byte for red, green and blue: the pixels decide, not the format of the
// file. In a colour set a grey image has three equal channels. Grey makes colours grey as
// color.GrayModel does (luminance as in JFIF). What is transparent becomes black; images of 16 bits
// keep the upper 8.
//
// ReadFolder skips hidden files and files that do not have the extension of an image. An image of
// another format, a damaged one, and one that differs in size from the first are errors that name
// the file. The result depends on the files alone.
func ReadFolder(dir string, o Options) (*Set, error) {
	files, labels, classes, err := list(dir)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the images of %s", dir)
	}
	s := &Set{Name: FolderName(dir), Labels: labels, Classes: classes}
	for _, file := range files {
		inside, err := filepath.Rel(dir, file)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		s.Files = append(s.Files, filepath.ToSlash(inside))
	}
	return s, s.fill(dir, files, o)
}

// ReadFiles reads PNG and JPEG images of one size, as ReadFolder does, with the paths as Files. There
// are no labels.
func ReadFiles(files []string, o Options) (*Set, error) {
	if len(files) == 0 {
		return nil, ErrNoImages
	}
	s := &Set{Name: filepath.Base(files[0])}
	for _, file := range files {
		s.Files = append(s.Files, filepath.ToSlash(file))
	}
	return s, s.fill(files[0], files, o)
}

// fill reads the images of files. from is what messages name.
func (s *Set) fill(from string, files []string, o Options) error {
	size, err := commonSize(files)
	if err != nil {
		return err
	}
	s.Height, s.Width = size.Y, size.X
	if o.Color != RGB {
		colour, err := s.readGrey(from, files, o.Color == Auto)
		if err != nil || !colour {
			return err
		}
	}
	return s.readRGB(from, files)
}

// errColor ends the reading of a grey set at an image that has colour.
var errColor = errors.New("an image has colour")

// readGrey reads files as grey. With auto it reports whether an image has colour; then the pixels
// are not all read.
func (s *Set) readGrey(from string, files []string, auto bool) (colour bool, err error) {
	if err := s.allocate(from, len(files), 1); err != nil {
		return false, err
	}
	var reduced atomic.Int64
	err = s.read(files, func(pixels []byte, m image.Image) error {
		colour := hasColor(m)
		if auto && colour {
			return errColor
		}
		if colour || deeper(m) {
			reduced.Add(1)
		}
		toGrey(pixels, m)
		return nil
	})
	if err == errColor {
		return true, nil
	}
	s.Reduced = int(reduced.Load())
	return false, err
}

func (s *Set) readRGB(from string, files []string) error {
	if err := s.allocate(from, len(files), 3); err != nil {
		return err
	}
	var reduced atomic.Int64
	err := s.read(files, func(pixels []byte, m image.Image) error {
		if deeper(m) {
			reduced.Add(1)
		}
		toRGB(pixels, m)
		return nil
	})
	s.Reduced = int(reduced.Load())
	return err
}

// allocate makes room for n images of this number of channels.
func (s *Set) allocate(from string, n, channels int) error {
	s.Channels = channels
	need := int64(n) * int64(s.Size().Numbers())
	if need > maxBytes {
		return errors.Errorf("%s: %d images of %dx%d with %d channels need %d bytes: want at most %d",
			from, n, s.Width, s.Height, channels, need, int64(maxBytes))
	}
	s.Pixels = make([]byte, need)
	return nil
}

// read decodes each file and lets convert write it into its place.
func (s *Set) read(files []string, convert func(pixels []byte, m image.Image) error) error {
	return each(len(files), func(i int) error {
		m, err := decode(files[i], image.Pt(s.Width, s.Height))
		if err != nil {
			return err
		}
		return convert(s.Image(i), m)
	})
}

// FolderName returns the base name of a folder, also of "." and "..".
func FolderName(dir string) string {
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	name := filepath.Base(dir)
	if name == string(filepath.Separator) {
		return "root"
	}
	return name
}
