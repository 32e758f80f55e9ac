package images

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// maxBytes bounds what a whole set may need.
const maxBytes = 1 << 32

// ErrNoImages is the reason of ReadFolder's error where a folder holds no image at all.
var ErrNoImages = errors.New("no PNG or JPEG images in it or its subfolders")

// ReadFolder reads the PNG and JPEG images of a folder, all of one size, in the order of their file names. Where
// the images lie in subfolders, each subfolder is a class, in the order of their names; deeper folders are not read,
// and images both in the folder and in a subfolder are an error. The set bears the folder's base name.
//
// Colours become grey as color.GrayModel makes them (luminance as in JFIF; what is transparent is black). Hidden files
// and files whose extension is not that of an image are passed over; an image of another format, a damaged one, and one
// of another size than the first are errors that name the file. The result depends on nothing but the files.
func ReadFolder(dir string) (*Set, error) {
	files, labels, classes, err := list(dir)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the images of %s", dir)
	}
	size, err := commonSize(files)
	if err != nil {
		return nil, err
	}
	need := int64(len(files)) * int64(size.X) * int64(size.Y)
	if need > maxBytes {
		return nil, errors.Errorf("%s: %d images of %dx%d need %d bytes, more than the %d that a data set may have",
			dir, len(files), size.X, size.Y, need, int64(maxBytes))
	}
	s := &Set{Name: FolderName(dir), Height: size.Y, Width: size.X, Labels: labels, Classes: classes}
	s.Pixels = make([]byte, need)
	err = each(len(files), func(i int) error { return readInto(s.Image(i), files[i], size) })
	if err != nil {
		return nil, err
	}
	return s, nil
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

// list returns the image files of a folder in sorted order, class by class where they lie in subfolders.
func list(dir string) (files []string, labels []byte, classes []string, err error) {
	files, folders, err := readDir(dir)
	if err != nil {
		return nil, nil, nil, err
	}
	loose := len(files)
	for _, folder := range folders {
		inside, _, err := readDir(folder)
		switch {
		case err != nil:
			return nil, nil, nil, err
		case len(inside) == 0:
			continue
		case loose > 0:
			return nil, nil, nil, errors.Errorf("images lie both in it (%s) and in its subfolder %s: want either all "+
				"in the folder, without labels, or all in subfolders, one a class",
				filepath.Base(files[0]), filepath.Base(folder))
		case len(classes) == 256:
			return nil, nil, nil, errors.New("more than 256 subfolders with images, want at most 256 classes")
		}
		files = append(files, inside...)
		labels = append(labels, slices.Repeat([]byte{byte(len(classes))}, len(inside))...)
		classes = append(classes, filepath.Base(folder))
	}
	if len(files) == 0 {
		return nil, nil, nil, ErrNoImages
	}
	return files, labels, classes, nil
}

// readDir returns the paths of the images and of the folders in dir, each sorted by name.
func readDir(dir string) (files, folders []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		mode := entry.Type()
		if mode&fs.ModeSymlink != 0 {
			info, err := os.Stat(path)
			if err != nil {
				return nil, nil, err
			}
			mode = info.Mode()
		}
		if mode.IsDir() {
			folders = append(folders, path)
			continue
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".png", ".jpg", ".jpeg":
			if !mode.IsRegular() {
				return nil, nil, errors.Errorf("%s: a file wanted, came something else (%s)", path, mode)
			}
			files = append(files, path)
		case ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic", ".jxl", ".jp2", ".ppm", ".pgm", ".tga":
			return nil, nil, errors.Errorf("%s: an image of a format that is not read; convert it to PNG, or remove it",
				path)
		}
	}
	return files, folders, nil
}
