package mnist

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// File describes an IDX file that was read.
type File struct {
	Path    string
	Size    int64  // on the disk, in bytes
	Axes    []int  // (count, height, width) of images, (count) of labels
	SHA256  string // of the unpacked content, in hex
	Genuine string // the title of the set that has this file, "MNIST"; "" if no known set has it
}

// Lines describes the file in three lines: its path; its size, content and set; its SHA-256.
func (f File) Lines() []string {
	verdict := "of no set that has a name"
	if f.Genuine != "" {
		verdict = "genuine " + f.Genuine
	}
	return []string{
		f.Path,
		fmt.Sprintf("%d bytes, holds %s, %s", f.Size, times(f.Axes), verdict),
		"SHA-256 unpacked " + f.SHA256,
	}
}

// FourFiles names the files of a set in messages.
const FourFiles = "the four files of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, " +
	"t10k-labels-idx1-ubyte, packed as .gz or not)"

// ErrNoFiles is ReadFolder's error for a folder that has none of the four files.
var ErrNoFiles = errors.New("no IDX files")

// ReadFolder reads the four files in a folder. Each may be packed as .gz or not. The error is
// ErrNoFiles if the folder has none of them; a folder that lacks some of them is another error,
// which names them.
func ReadFolder(dir string) (*Data, error) {
	paths, found, err := locate(dir)
	switch {
	case err != nil:
		return nil, err
	case found == 0:
		return nil, ErrNoFiles
	case found < 4:
		return nil, missing(dir, paths)
	}
	d, err := assemble(dir, paths, false, images.Range{})
	if err != nil {
		return nil, err
	}
	d.nameAs(images.FolderName(dir))
	return d, nil
}

// assemble reads the files of a set: images and labels to train on, then images and labels to test with.
// A path is "" if there is no such file. turned is for images that lie on their sides, cut for numbers of a range.
func assemble(source string, paths [4]string, turned bool, cut images.Range) (*Data, error) {
	read, err := readAll(paths)
	if err != nil {
		return nil, err
	}
	d := &Data{Source: source}
	for i, x := range read {
		if x != nil {
			d.Files = append(d.Files, describe(paths[i], i, x))
		}
	}
	if err := agree(paths, read); err != nil {
		return nil, err
	}
	if d.Range, err = rangeOf(cut, read[0], read[2]); err != nil {
		return nil, errors.WithMessage(err, source)
	}
	for i, part := range []**images.Set{&d.Train, &d.Test} {
		if read[2*i] == nil {
			continue
		}
		s, err := d.set([2]string(paths[2*i:]), read[2*i], read[2*i+1], turned)
		if err != nil {
			return nil, err
		}
		*part = s
	}
	return d, nil
}

// readAll reads the files of a set at once: unpacking takes most of the time in which a set is opened. A path is ""
// if there is no such file. The error is that of the first file that has one.
func readAll(paths [4]string) (read [4]*idx, err error) {
	var failed [4]error
	var all sync.WaitGroup
	for i, path := range paths {
		if path == "" {
			continue
		}
		want := wantImages()
		if i%2 == 1 {
			want = wantLabels()
		}
		all.Go(func() { read[i], failed[i] = readIDX(path, want) })
	}
	all.Wait()
	return read, cmp.Or(failed[:]...)
}

// nameAs names the set as a known one if all four files are those of one and read as they are, else by a name.
func (d *Data) nameAs(name string) {
	var classes []string
	for _, k := range sets() {
		if len(d.Files) == 4 && d.Range == (images.Range{}) && !slices.ContainsFunc(d.Files, func(f File) bool { return f.Genuine != k.title }) {
			d.Known, name, classes = k.name, k.name, k.classes
		}
	}
	for _, s := range []*images.Set{d.Train, d.Test} {
		if s == nil {
			continue
		}
		s.Name = name
		if classes != nil {
			s.Classes = classes
		}
	}
}

// describe describes file i of the four.
func describe(path string, i int, x *idx) File {
	file := File{Path: path, Size: x.size, Axes: x.axes, SHA256: x.sum}
	for _, k := range sets() {
		if k.files[i].is(x) {
			file.Genuine = k.title
		}
	}
	return file
}

// locate returns the paths of the four files in a folder, "" for a file that is not there. Each
// file may be packed or not, and may have a dot in place of the dash before idx.
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

// missing returns the error for a folder that has some of the four files but not all.
func missing(dir string, paths [4]string) error {
	var absent []string
	for i, s := range mnist().files {
		if paths[i] == "" {
			absent = append(absent, s.name)
		}
	}
	return errors.Errorf("%s: want four files, but it lacks %s (packed as .gz or not)", dir, strings.Join(absent, ", "))
}

// agree checks that each image has a label, and that all images have one size. Files that were not read
// are nil.
func agree(paths [4]string, read [4]*idx) error {
	for i := 0; i < 4; i += 2 {
		if read[i] == nil || read[i+1] == nil {
			continue
		}
		if n, m := read[i].axes[0], read[i+1].axes[0]; n != m {
			return errors.Errorf("want as many labels as images, but %s has %d images and %s has %d labels",
				paths[i], n, paths[i+1], m)
		}
	}
	if read[0] == nil || read[2] == nil {
		return nil
	}
	if a, b := read[0].axes, read[2].axes; !slices.Equal(a[1:], b[1:]) {
		return errors.Errorf("want images of one size, but %s has %s and %s has %s (height x width)",
			paths[0], times(a[1:]), paths[2], times(b[1:]))
	}
	return nil
}

// set returns the images of a part. labels may be nil.
func (d *Data) set(paths [2]string, pixels, labels *idx, turned bool) (*images.Set, error) {
	s := &images.Set{Channels: 1, Height: pixels.axes[1], Width: pixels.axes[2]}
	if len(pixels.axes) == 4 {
		if s.Channels = pixels.axes[3]; s.Channels != 1 && s.Channels != 3 {
			return nil, errors.Errorf("%s: want images of 1 or 3 channels on the last of four axes, got %s", paths[0], times(pixels.axes))
		}
	}
	var note string
	var err error
	if s.Pixels, s.Deep, note, err = pixels.pixels(d.Range); err != nil {
		return nil, errors.WithMessage(err, paths[0])
	}
	if note != "" {
		d.Notes = append(d.Notes, paths[0]+": "+note)
	}
	if turned {
		turnBack(s)
	}
	if labels != nil {
		if s.Labels, err = labels.classes(); err != nil {
			return nil, errors.WithMessage(err, paths[1])
		}
		if len(labels.axes) == 2 {
			d.Notes = append(d.Notes, fmt.Sprintf("%s has %d columns: the first is the class", paths[1], labels.axes[1]))
		}
	}
	return s, nil
}
