package beam

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pkg/errors"

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

// absoluteArchives returns the absolute paths of archives. It refuses archives that would write one file, whose
// images the manifest would count twice.
func absoluteArchives(task string, archives []string) ([]string, error) {
	from := make(map[string]string, len(archives))
	all := make([]string, len(archives))
	for i, a := range archives {
		paths := members(a)
		for k := range paths {
			var err error
			if paths[k], err = absolute(paths[k]); err != nil {
				return nil, err
			}
		}
		all[i] = strings.Join(paths, "\n")
		name := ResultName(all[i], task)
		if b, ok := from[name]; ok {
			return nil, errors.Errorf("want each archive once, got %s and %s, which both make %s", title(b), title(a), name)
		}
		from[name] = a
	}
	return all, nil
}
