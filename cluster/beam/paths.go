package beam

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

var url = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// absolute returns the path by which a worker, which may run in another folder, finds a file, a folder or an
// array FILE.npz:NAME.
func absolute(path string) (string, error) {
	if url.MatchString(path) {
		return "", errors.Errorf("want a path in a folder that all machines have mounted, got %s: mount the bucket, or copy what is in it", path)
	}
	file := run.ArrayFile(path)
	abs, err := filepath.Abs(file)
	return abs + path[len(file):], errors.WithStack(err)
}

// absoluteWork returns work whose paths are absolute.
func absoluteWork(w Work) (Work, error) {
	for _, path := range []*string{&w.Model, &w.Like, &w.Out} {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = absolute(*path); err != nil {
			return w, err
		}
	}
	return w, nil
}

// absoluteArchives returns the absolute paths of archives. It refuses an archive or a picture that comes twice, whose
// images would be counted twice, and a picture whose name has no room in a compressed file.
func absoluteArchives(task string, archives []string) ([]string, error) {
	from := make(map[string]string, len(archives))
	all := make([]string, len(archives))
	for i, a := range archives {
		paths := members(a)
		for k, path := range paths {
			abs, err := absolute(path)
			if err != nil {
				return nil, err
			}
			if other, ok := from[abs]; ok {
				return nil, errors.Errorf("want each archive once, got %s and %s", other, path)
			}
			if task == CompressTask && len(paths) > 1 {
				if err := codec.CheckName(below(abs)); err != nil {
					return nil, errors.WithMessage(err, path)
				}
			}
			from[abs], paths[k] = path, abs
		}
		all[i] = strings.Join(paths, "\n")
	}
	return all, nil
}
