package beam

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/cluster/parts"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// settings returns a text that says how a worker makes a file of an archive.
func (w *Worker) settings() (string, error) {
	model, _, err := parts.Sum(w.model.Path)
	if err != nil || w.work.Task != CompressTask {
		return w.work.Task + " " + model, err
	}
	like, _, err := parts.Sum(w.work.Like)
	return w.work.Task + " " + model + " " + like, err
}

// job identifies the work on an archive: by the task, the content of the model, of the file of Like and of the
// archive, and by the archive's path, which the names of skipped pictures begin with.
func (w *Worker) job(archive string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\narchive %q\n", w.how, archive) // a hash never returns an error
	dir, names, err := files(archive)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		sum, _, err := parts.Sum(filepath.Join(dir, filepath.FromSlash(name)))
		switch {
		case err != nil && len(names) > 1 && w.work.SkipBad: // it is left out, and not if it can be read later
			fmt.Fprintf(h, "unread %q\n", name)
		case err != nil:
			return "", err
		default:
			fmt.Fprintf(h, "file %s %q\n", sum, name)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// files returns the names of the files in an archive, and the folder in which they lie.
func files(archive string) (dir string, names []string, err error) {
	if paths := members(archive); len(paths) > 1 {
		return "", paths, nil
	}
	file := run.ArrayFile(archive)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return "", nil, errors.WithStack(err)
	case info.IsDir():
		names, err = images.FolderNames(file)
		return file, names, err
	case !info.Mode().IsRegular():
		return "", nil, errors.Errorf("want a file or a folder, got mode %v", info.Mode())
	}
	return file, []string{""}, nil
}

// done returns the result of a job that was done before: its file is there, with the SHA-256 that the manifest
// beside it names. In all other cases the job is done again.
func (w *Worker) done(archive, path, job string) (Result, bool) {
	m, err := parts.Check(path)
	if err != nil || m == nil || m.File.Job != job || len(m.Skipped) > 0 && !w.work.SkipBad {
		return Result{}, false
	}
	return Result{Archive: title(archive), File: m.File, Skipped: m.Skipped, Images: m.File.Images}, true
}
