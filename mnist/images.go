package mnist

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gorgonae/gorgonae/images"
)

// IsFile reports whether a regular file, packed by gzip or not, begins as an IDX file does.
func IsFile(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	in, _, err := unpack(f, io.Discard)
	if err != nil {
		return false
	}
	first := make([]byte, 4)
	if n, _ := io.ReadFull(in, first); n < len(first) { // a damaged file is reported by its reader
		return false
	}
	const axes = 4
	return first[0] == 0 && first[1] == 0 && kind(first[2]) >= ubyte && kind(first[2]) <= double && first[3] >= 1 && first[3] <= axes
}

// ReadImages reads the images of an IDX file, and the labels beside it if they are there (see LabelsPath).
// It returns notes on what a user would not expect. ReadAny reads all files of a set.
func ReadImages(path string) (*images.Set, []string, error) {
	return ReadImagesIn(path, images.Range{})
}

// stem returns the name of a file without what follows its first dot.
func stem(path string) string {
	name := filepath.Base(path)
	if i := strings.Index(name, "."); i > 0 {
		return name[:i]
	}
	return name
}

// labelsBeside returns the path of the labels that belong to a file of images, or "" if there are none.
func labelsBeside(path string) string {
	if m, ok := parseMember(memberName(), path); ok && m.role%2 == 0 {
		all, err := familiesIn(filepath.Dir(path))
		for _, f := range all {
			if err == nil && f.name == m.family {
				return f.paths[m.role+1]
			}
		}
	}
	if labels := LabelsPath(path); IsFile(labels) {
		return labels
	}
	return ""
}

// LabelsPath returns the path of the file for the labels of an IDX file of images.
func LabelsPath(path string) string {
	dir, name := filepath.Split(path)
	if strings.Contains(name, "images-idx3") {
		return dir + strings.Replace(name, "images-idx3", "labels-idx1", 1)
	}
	for _, end := range []string{".idx.gz", ".gz", ".idx"} {
		if base := strings.TrimSuffix(name, end); base != name && base != "" {
			return dir + base + "-labels" + end
		}
	}
	return path + "-labels"
}
