package mnist

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// source is one of the four files that MNIST consists of.
type source struct {
	name     string // usual name, without .gz
	axes     int    // 3 for images, 1 for labels
	size     int64  // of the .gz that the mirrors offer, in bytes
	packed   string // SHA-256 of that .gz, in hex
	unpacked string // SHA-256 of what it holds, in hex
}

// sources returns the four files: images and labels for training, then those of the test.
func sources() [4]source {
	return [4]source{
		{"train-images-idx3-ubyte", 3, 9912422,
			"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
			"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train-labels-idx1-ubyte", 1, 28881,
			"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
			"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"t10k-images-idx3-ubyte", 3, 1648877,
			"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
			"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"t10k-labels-idx1-ubyte", 1, 4542,
			"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
			"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	}
}

// File says what one IDX file was found to be.
type File struct {
	Path    string
	Size    int64  // on the disk, in bytes
	Axes    []int  // (count, height, width) of images, (count) of labels
	SHA256  string // of the unpacked content, in hex
	Genuine bool   // whether that is the content of MNIST's file
}

// fourFiles names the files in messages.
const fourFiles = "the four files of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, " +
	"t10k-labels-idx1-ubyte, packed as .gz or not)"

var errNoFiles = errors.New("no IDX files")

// locate returns the paths of the four files in a folder, "" for one that is not there. Each may be packed or not, and
// have a dot in place of the dash before idx.
func locate(dir string) (paths [4]string, found int, err error) {
	for i, s := range sources() {
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
	for i, s := range sources() {
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
	genuine := true
	for i, s := range sources() {
		x, err := readIDX(paths[i], s.axes)
		if err != nil {
			return nil, err
		}
		read[i] = x
		file := File{Path: paths[i], Size: x.size, Axes: x.axes, SHA256: x.sum, Genuine: x.sum == s.unpacked}
		d.Files = append(d.Files, file)
		genuine = genuine && file.Genuine
	}
	if err := agree(paths, read); err != nil {
		return nil, err
	}
	name := folderName(dir)
	if genuine {
		name = "mnist"
	}
	d.Train, d.Test = set(name, read[0], read[1]), set(name, read[2], read[3])
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

func set(name string, pixels, labels *idx) *images.Set {
	return &images.Set{Name: name, Height: pixels.axes[1], Width: pixels.axes[2],
		Pixels: pixels.data, Labels: labels.data}
}

// folderName is a folder's base name, changed where it would pass for one of the two sets that have a name.
func folderName(dir string) string {
	name := images.FolderName(dir)
	if name == "mnist" || name == "handwriting" {
		return name + "-folder"
	}
	return name
}
