package mnist

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// File says what one IDX file was found to be.
type File struct {
	Path    string
	Size    int64  // on the disk, in bytes
	Axes    []int  // (count, height, width) of images, (count) of labels
	SHA256  string // of the unpacked content, in hex
	Genuine string // the set whose file this is, in words: "MNIST"; empty if none that is known
}

// fourFiles names the files in messages.
const fourFiles = "the four files of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, " +
	"t10k-labels-idx1-ubyte, packed as .gz or not)"

var errNoFiles = errors.New("no IDX files")

// locate returns the paths of the four files in a folder, "" for one that is not there. Each may be packed or not, and
// have a dot in place of the dash before idx.
func locate(dir string) (paths [4]string, found int, err error) {
	for i, s := range mnist().files { // all sets use MNIST's names
		dotted := strings.Replace(s.name, "-idx", ".idx", 1)
		for _, name := range []string{s.name, s.name + ".gz", dotted, dotted + ".gz"} {
			path := filepath.Join(dir, name)
			info, err := os.Stat(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return paths, 0, errors.WithStack(err)
			}
			if err == nil && info.Mode().IsRegular() {
				paths[i] = path
				found++
				break
			}
		}
	}
	return paths, found, nil
}

// missing is the error for a folder that holds some of the four files but not all.
func missing(dir string, paths [4]string) error {
	var absent []string
	for i, s := range mnist().files {
		if paths[i] == "" {
			absent = append(absent, s.name)
		}
	}
	return errors.Errorf("%s lacks %s (packed as .gz or not); all four files are wanted",
		dir, strings.Join(absent, ", "))
}

// openIDX reads the four files in a folder. The error is errNoFiles if there is none of them.
func openIDX(dir string) (*Data, error) {
	paths, found, err := locate(dir)
	switch {
	case err != nil:
		return nil, err
	case found == 0:
		return nil, errNoFiles
	case found < 4:
		return nil, missing(dir, paths)
	}
	d := &Data{Source: dir}
	var read [4]*idx
	for i, s := range mnist().files {
		x, err := readIDX(paths[i], s.axes)
		if err != nil {
			return nil, err
		}
		read[i] = x
		file := File{Path: paths[i], Size: x.size, Axes: x.axes, SHA256: x.sum}
		for _, k := range sets() {
			if k.files[i].is(x) {
				file.Genuine = k.title
			}
		}
		d.Files = append(d.Files, file)
	}
	if err := agree(paths, read); err != nil {
		return nil, err
	}
	name, classes := folderName(dir), []string(nil)
	for _, k := range sets() {
		if !slices.ContainsFunc(d.Files, func(f File) bool { return f.Genuine != k.title }) {
			name, classes = k.name, k.classes
		}
	}
	d.Train, d.Test = set(name, classes, read[0], read[1]), set(name, classes, read[2], read[3])
	return d, nil
}

// agree checks that there is a label for each image, and that all images have one size.
func agree(paths [4]string, read [4]*idx) error {
	for i := 0; i < 4; i += 2 {
		if n, m := read[i].axes[0], read[i+1].axes[0]; n != m {
			return errors.Errorf("as many labels as images wanted, but %s has %d images and %s has %d labels",
				paths[i], n, paths[i+1], m)
		}
	}
	if a, b := read[0].axes, read[2].axes; a[1] != b[1] || a[2] != b[2] {
		return errors.Errorf("images of one size wanted, but %s has %s and %s has %s (height x width)",
			paths[0], times(a[1:]), paths[2], times(b[1:]))
	}
	return nil
}

func set(name string, classes []string, pixels, labels *idx) *images.Set {
	return &images.Set{Name: name, Height: pixels.axes[1], Width: pixels.axes[2],
		Pixels: pixels.data, Labels: labels.data, Classes: classes}
}

// folderName is a folder's base name, changed where it would pass for one of the sets that have a name.
func folderName(dir string) string {
	name := images.FolderName(dir)
	if slices.Contains(Names(), name) {
		return name + "-folder"
	}
	return name
}
