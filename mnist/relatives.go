package mnist

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// member is one file of a set, told by its name.
type member struct {
	family string // what stands before the usual name, "emnist-letters", or ""
	role   int    // images and labels to train on are 0 and 1, those to test with 2 and 3
	path   string
}

// memberName matches the names of the files of MNIST and its relatives: of EMNIST
// (emnist-letters-train-images-idx3-ubyte), of QMNIST (qmnist-train-labels-idx2-int), and others.
func memberName() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:(.+)[-_.])?(train|t10k|test)[-_.](images|labels)[-_.]idx[1-4][-_.][a-z]+(?:\.gz)?$`)
}

// parseMember tells the role of a file by its name.
func parseMember(name *regexp.Regexp, path string) (member, bool) {
	parts := name.FindStringSubmatch(filepath.Base(path))
	if parts == nil {
		return member{}, false
	}
	m := member{family: strings.ToLower(parts[1]), path: path}
	if !strings.EqualFold(parts[2], "train") {
		m.role = 2
	}
	if strings.EqualFold(parts[3], "labels") {
		m.role++
	}
	return m, true
}

// family is the files of one set in a folder.
type family struct {
	name, dir string
	paths     [4]string // "" for a file that is not there
	cut       images.Range
}

// familiesIn returns the sets in a folder that have images. Of a file that is there twice, that which is not
// packed counts.
func familiesIn(dir string) ([]family, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var all []family
	name := memberName()
	for _, e := range entries { // in the order of names: a file comes before its .gz
		m, ok := parseMember(name, filepath.Join(dir, e.Name()))
		if info, err := os.Stat(m.path); !ok || err != nil || !info.Mode().IsRegular() {
			continue
		}
		k := slices.IndexFunc(all, func(f family) bool { return f.name == m.family })
		if k < 0 {
			k = len(all)
			all = append(all, family{name: m.family, dir: dir})
		}
		old := &all[k].paths[m.role]
		if *old == "" || strings.HasSuffix(*old, ".gz") && !strings.HasSuffix(m.path, ".gz") {
			*old = m.path
		}
	}
	return slices.DeleteFunc(all, func(f family) bool { return f.paths[0] == "" && f.paths[2] == "" }), nil
}

// insideNames are the folders that programs make for the files: torchvision's, and that of EMNIST's archive.
func insideNames() []string { return []string{"raw", "gzip"} }

// findFamilies returns the sets in a folder, or in torchvision's folder raw below it.
func findFamilies(dir string) ([]family, error) {
	all, err := familiesIn(dir)
	if err != nil || len(all) > 0 {
		return all, err
	}
	for _, pattern := range []string{"", "*"} { // the parent of raw, and torchvision's root
		for _, inside := range insideNames() {
			found, err := filepath.Glob(filepath.Join(escapeGlob(dir), pattern, inside))
			if err != nil {
				return nil, errors.WithStack(err)
			}
			for _, sub := range found {
				if info, err := os.Stat(sub); err != nil || !info.IsDir() {
					continue
				}
				more, err := familiesIn(sub)
				if err != nil {
					return nil, err
				}
				all = append(all, more...)
			}
		}
		if len(all) > 0 {
			break
		}
	}
	return all, nil
}

// escapeGlob makes the special characters of filepath.Glob stand for themselves. On Windows, where none can
// be escaped, a name with brackets matches nothing.
func escapeGlob(path string) string {
	if os.PathSeparator == '\\' {
		return path
	}
	return regexp.MustCompile(`[*?[\\]`).ReplaceAllString(path, `\$0`)
}

// ReadAny reads a set of IDX files that MNIST or a relative has: in a folder, in the folder raw or gzip
// below it, or in a file of images. These are EMNIST, whose images are stored on their sides and
// become upright, QMNIST, whose labels have several columns, and any set with such names. Test is nil if
// there is one file of images. Labels may be missing. Data.Notes says all that.
//
// The error is ErrNoFiles for a folder without such images, and another for a folder with several sets,
// which names them.
func ReadAny(path string) (*Data, error) { return ReadAnyIn(path, images.Range{}) }

// findFamily finds the one set in a folder.
func findFamily(path string) (family, error) {
	all, err := findFamilies(path)
	if err != nil {
		return family{}, err
	}
	if k := slices.IndexFunc(all, func(f family) bool { return f.name == "" }); k >= 0 && len(all) > 1 && all[k].dir == path {
		all = all[k : k+1] // MNIST's own names come first
	}
	switch len(all) {
	case 0:
		return family{}, ErrNoFiles
	case 1:
		return all[0], nil
	}
	var names []string
	for _, f := range all {
		names = append(names, first(f.paths[0], f.paths[2]))
	}
	return family{}, errors.Errorf("%s: want one set, got %d: name the file of images of one: %s", path, len(all), strings.Join(names, ", "))
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// readFile reads a file of images, with the other files of its set if its name tells them.
func readFile(path string, cut images.Range) (*Data, error) {
	f := family{dir: filepath.Dir(path), paths: [4]string{path, labelsBeside(path)}, cut: cut}
	m, ok := parseMember(memberName(), path)
	if !ok || m.role%2 == 1 {
		return f.read(path, stem(path))
	}
	all, err := familiesIn(f.dir)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		if other.name != m.family {
			continue
		}
		f.name = other.name
		if f.paths = other.paths; m.role == 2 { // the user wants the images for testing, and no others
			f.paths[0], f.paths[1] = "", ""
		}
		f.paths[m.role] = path // which may be packed beside one that is not
	}
	d, err := f.read(path, images.FolderName(f.dir))
	if err == nil && d.Test != nil {
		d.Notes = append(d.Notes, fmt.Sprintf("%s is read with the other files of its set", filepath.Base(path)))
	}
	return d, err
}

// read reads the set. Its images for testing are the images to train on if there are no others.
func (f family) read(source, name string) (*Data, error) {
	paths := f.paths
	var notes []string
	if paths[0] == "" {
		notes = append(notes, "there are no images to train on, so those for testing are divided")
		paths[0], paths[1], paths[2], paths[3] = paths[2], paths[3], "", ""
	} else if paths[2] == "" && paths[3] != "" {
		notes = append(notes, filepath.Base(paths[3])+" is not used: there are no images for it")
		paths[3] = ""
	}
	turned := strings.HasPrefix(f.name, "emnist")
	d, err := assemble(source, paths, turned, f.cut)
	if err != nil {
		return nil, err
	}
	for i, part := range []*images.Set{d.Train, d.Test} {
		if part != nil && paths[2*i+1] == "" {
			notes = append(notes, filepath.Base(paths[2*i])+" has no labels beside it")
		}
	}
	if turned {
		notes = append(notes, "EMNIST's images are stored on their sides: they become upright")
	}
	if f.name != "" {
		name = f.name
	}
	d.nameAs(name)
	d.Notes = append(notes, d.Notes...)
	return d, f.classes(d)
}

// turnBack makes images upright whose rows are stored as columns.
func turnBack(s *images.Set) {
	s.Pixels, s.Deep = transposed(s.Pixels, s.Height, s.Width, s.Channels), transposed(s.Deep, s.Height, s.Width, s.Channels)
	s.Height, s.Width = s.Width, s.Height
}

// transposed swaps the first two axes of images, (height, width, channels). Of nil it returns nil, which
// tells a Set that its numbers are of the other type.
func transposed[T byte | uint16](x []T, height, width, channels int) []T {
	if x == nil {
		return nil
	}
	y := make([]T, 0, len(x))
	for image := range len(x) / (height * width * channels) {
		from := x[image*height*width*channels:]
		for column := range width {
			for row := range height {
				y = append(y, from[(row*width+column)*channels:][:channels]...)
			}
		}
	}
	return y
}
