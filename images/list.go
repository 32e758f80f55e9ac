package images

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// ErrNoImages is the cause of ReadFolder's error for a folder that holds no image at all.
var ErrNoImages = errors.New("no PNG or JPEG images in it or its subfolders")

// list returns the image files of a folder in sorted order. If they lie in subfolders, it returns
// them class by class.
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
			return nil, nil, nil, errors.Errorf("want images either all in the folder, without labels, or all in "+
				"subfolders, one for each class; got both %s in it and images in its subfolder %s",
				filepath.Base(files[0]), filepath.Base(folder))
		case len(classes) == 256:
			return nil, nil, nil, errors.New("want at most 256 classes, got more than 256 subfolders with images")
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
		if IsPicture(path) {
			if !mode.IsRegular() {
				return nil, nil, errors.Errorf("%s: want a regular file, got %s", path, mode)
			}
			files = append(files, path)
			continue
		}
		switch strings.ToLower(filepath.Ext(path)) {
		case ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic", ".jxl", ".jp2", ".ppm", ".pgm", ".tga":
			return nil, nil, errors.Errorf("%s: want PNG or JPEG, got another format of images: convert it, or remove it",
				path)
		}
	}
	return files, folders, nil
}

// IsPicture says if a path has the extension of a format that ReadFolder and ReadFiles read.
func IsPicture(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".jpg", ".jpeg":
		return true
	}
	return false
}
