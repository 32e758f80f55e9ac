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
	file := run.ArrayFile(archive)
	info, err := os.Stat(file)
	if err != nil {
		return "", errors.WithStack(err)
	}
	names := []string{""}
	if info.IsDir() {
		if names, err = images.FolderNames(file); err != nil {
			return "", err
		}
	} else if !info.Mode().IsRegular() {
		return "", errors.Errorf("want a file or a folder, got mode %v", info.Mode())
	}
	for _, name := range names {
		sum, _, err := parts.Sum(filepath.Join(file, filepath.FromSlash(name)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "file %s %q\n", sum, name)
	}
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// done returns the result of a job that was done before: its file is there, with the SHA-256 that the manifest
// beside it names. In all other cases the job is done again.
func (w *Worker) done(archive, path, job string) (Result, bool) {
	m, err := parts.Check(path)
	if err != nil || m == nil || m.File.Job != job || len(m.Skipped) > 0 && !w.work.SkipBad {
		return Result{}, false
	}
	return Result{Archive: archive, File: m.File, Skipped: m.Skipped, Images: m.File.Images}, true
}
