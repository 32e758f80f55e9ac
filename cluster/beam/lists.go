package beam

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
)

// A list may name pictures one by one. As single elements of a pipeline they would cost more than they are worth, so
// neighbours are put together to an archive. To a worker it is their paths, one in a line.

// Together puts neighbouring files of pictures in a list together, at most so many to an archive.
func Together(list []string, most int) ([]string, error) {
	if most < 1 {
		return nil, errors.Errorf("want at least 1 picture in an archive, got %d", most)
	}
	var all, pictures []string
	end := func() {
		if len(pictures) > 0 {
			all, pictures = append(all, strings.Join(pictures, "\n")), nil
		}
	}
	for _, path := range list {
		if strings.Contains(path, "\n") {
			return nil, errors.Errorf("want paths without line breaks, got %q", path)
		}
		if !images.IsPicture(path) {
			end()
			all = append(all, path)
			continue
		}
		if pictures = append(pictures, path); len(pictures) == most {
			end()
		}
	}
	end()
	return all, nil
}

// members returns the paths of the pictures that are an archive together, or the archive's own.
func members(archive string) []string { return strings.Split(archive, "\n") }

// title names an archive in a line.
func title(archive string) string {
	all := members(archive)
	if len(all) == 1 {
		return archive
	}
	return fmt.Sprintf("%s and %d more", all[0], len(all)-1)
}

// below returns the name of a picture in a compressed file: its path below the root of its machine, on Windows with the
// drive, C/faces/0.png. So no two of a list have the same.
func below(path string) string {
	drive := len(filepath.VolumeName(path))
	return strings.TrimLeft(filepath.ToSlash(strings.TrimSuffix(path[:drive], ":")+path[drive:]), "/")
}

// mostFrequent returns the size that most pictures have, the first of those that as many have.
func mostFrequent(files *images.Files) (size images.Size) {
	count := map[images.Size]int{}
	for i := range files.Len() {
		count[files.SizeOf(i)]++
	}
	for i := range files.Len() {
		if s := files.SizeOf(i); count[s] > count[size] {
			size = s
		}
	}
	return size
}
