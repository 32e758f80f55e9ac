package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/train"
)

// What the folder of a run holds. The checkpoint has everything; the others are written from it.
const (
	checkpointName = "checkpoint.safetensors"
	modelName      = "model.safetensors"
	historyName    = "history.csv"
)

// figureNames are the figures of a run, without extension.
var figureNames = [...]string{"reconstructions", "latent", "loss", "grid"}

// folder is the folder of a run.
type folder struct {
	path    string
	resumed bool // it holds a checkpoint to go on from
}

func (f folder) file(name string) string { return filepath.Join(f.path, name) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func holdsRun(dir string) bool {
	return exists(filepath.Join(dir, checkpointName)) || exists(filepath.Join(dir, modelName)) || exists(filepath.Join(dir, historyName))
}

// openFolder finds or makes the folder of a run: the one the user named, or base, numbered when taken, and to resume
// the newest of those.
func openFolder(named, base string, resume, overwrite bool) (folder, error) {
	if named == "" && !resume && !overwrite {
		path, err := claim(base)
		return folder{path: path}, err
	}
	f := folder{path: named}
	if named == "" {
		f.path = newest(base)
	}
	if holdsRun(f.path) {
		if f.resumed = resume && exists(f.file(checkpointName)); !f.resumed && !overwrite {
			return f, errors.Errorf("%s holds a run: go on with it by --resume, replace it by --overwrite, or name another --out", f.path)
		}
	}
	return f, makeFolder(f.path)
}

// claim makes the first folder of base, base-2, base-3, ... that is not there yet.
func claim(base string) (string, error) {
	if err := makeFolder(filepath.Dir(base)); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path := numbered(base, n)
		err := os.Mkdir(path, 0o777)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		return path, errors.Wrap(err, "cannot make the folder of the run")
	}
}

// newest is the last of base, base-2, base-3, ... that is there, or base where none is.
func newest(base string) string {
	path := base
	for n := 2; exists(numbered(base, n)); n++ {
		path = numbered(base, n)
	}
	return path
}

func numbered(base string, n int) string {
	if n == 1 {
		return base
	}
	return fmt.Sprintf("%s-%d", base, n)
}

func makeFolder(path string) error {
	return errors.Wrap(os.MkdirAll(path, 0o777), "cannot make a folder")
}

// sweep removes what training makes stale, the figures, and what a process that was killed left half-written.
func (f folder) sweep() error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range entries {
		if !stale(e.Name()) {
			continue
		}
		if err := os.Remove(f.file(e.Name())); err != nil {
			return errors.WithStack(err)
		}
	}
	return nil
}

func stale(name string) bool {
	for _, kept := range []string{checkpointName, modelName, historyName} {
		if strings.HasPrefix(name, "."+kept+".tmp") {
			return true
		}
	}
	for _, figure := range figureNames {
		if name == figure+".png" || strings.HasPrefix(name, "."+figure+".png.tmp") {
			return true
		}
	}
	return false
}

// save writes the run: first the checkpoint, then what follows from it, so that a kill in between heals.
func (f folder) save(t *train.Trainer, meta map[string]string) error {
	if err := t.Save(f.file(checkpointName), meta); err != nil {
		return err
	}
	return f.derive(t, meta)
}

// derive writes what follows from the checkpoint.
func (f folder) derive(t *train.Trainer, meta map[string]string) error {
	if err := atomicfile.Write(f.file(historyName), func(w io.Writer) error { return t.History().WriteCSV(w) }); err != nil {
		return err
	}
	all, err := t.Describe()
	if err != nil {
		return err
	}
	for key, value := range meta {
		all[key] = value
	}
	return (&graph.File{Model: t.Model(), Meta: all}).Write(f.file(modelName))
}
