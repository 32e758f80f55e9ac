package images

import (
	"image"
	"path/filepath"

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
	size, err := commonSize(files)
	if err != nil {
		return nil, err
	}
	s := &Set{Name: FolderName(dir), Height: size.Y, Width: size.X, Labels: labels, Classes: classes}
	for _, file := range files {
		inside, err := filepath.Rel(dir, file)
		if err != nil {
			return nil, errors.WithStack(err)
		}
		s.Files = append(s.Files, filepath.ToSlash(inside))
	}
	if o.Color != RGB {
		colour, err := s.readGrey(dir, files, o.Color == Auto)
		if err != nil || !colour {
			return s, err
		}
	}
	return s, s.readRGB(dir, files)
}

// errColor ends the reading of a grey set at an image that has colour.
var errColor = errors.New("an image has colour")

// readGrey reads files as grey. With auto it reports whether an image has colour; then the pixels
// are not all read.
func (s *Set) readGrey(dir string, files []string, auto bool) (colour bool, err error) {
	if err := s.allocate(dir, len(files), 1); err != nil {
		return false, err
	}
	err = s.read(files, func(pixels []byte, m image.Image) error {
		if auto && hasColor(m) {
			return errColor
		}
		toGrey(pixels, m)
		return nil
	})
	if err == errColor {
		return true, nil
	}
	return false, err
}

func (s *Set) readRGB(dir string, files []string) error {
	if err := s.allocate(dir, len(files), 3); err != nil {
		return err
	}
	return s.read(files, func(pixels []byte, m image.Image) error {
		toRGB(pixels, m)
		return nil
	})
}

// allocate makes room for n images of this number of channels.
func (s *Set) allocate(dir string, n, channels int) error {
	s.Channels = channels
	need := int64(n) * int64(s.Size().Numbers())
	if need > maxBytes {
		return errors.Errorf("%s: %d images of %dx%d with %d channels need %d bytes: want at most %d",
			dir, n, s.Width, s.Height, channels, need, int64(maxBytes))
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
