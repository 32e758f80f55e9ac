package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
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
	made    bool // it was not there before
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
		return folder{path: path, made: err == nil}, err
	}
	f := folder{path: named}
	if named == "" {
		path, err := newest(base)
		if err != nil {
			return f, err
		}
		f.path = path
	}
	if err := refuseRun(f.path, resume, overwrite); err != nil {
		return f, err
	}
	f.resumed = resume && exists(f.file(checkpointName))
	f.made = !exists(f.path)
	return f, makeFolder(f.path)
}

// refuseRun refuses a folder whose run nobody said what to do with.
func refuseRun(dir string, resume, overwrite bool) error {
	switch {
	case overwrite || !holdsRun(dir):
		return nil
	case !resume:
		return errors.Errorf("%s holds a run: go on with it by --resume, replace it by --overwrite, or name another --out", dir)
	case !exists(filepath.Join(dir, checkpointName)):
		return errors.Errorf("%s holds a run without its %s: it cannot be resumed; replace it by --overwrite, or name another --out", dir, checkpointName)
	}
	return nil
}

// claim makes the first folder of base, base-2, base-3, ... behind all that are there.
func claim(base string) (string, error) {
	if err := makeFolder(filepath.Dir(base)); err != nil {
		return "", err
	}
	for {
		n, err := highest(base)
		if err != nil {
			return "", err
		}
		path := numbered(base, n+1)
		if err = os.Mkdir(path, 0o777); errors.Is(err, fs.ErrExist) {
			continue // another process was quicker
		}
		return path, cannotMake(path, err)
	}
}

// newest is the last of base, base-2, base-3, ... that is there, or base where none is.
func newest(base string) (string, error) {
	n, err := highest(base)
	return numbered(base, max(n, 1)), err
}

// highest is the last number of base, base-2, base-3, ... that is there, or 0. There may be gaps, where a user has
// deleted some: what is newer has a higher number all the same.
func highest(base string) (int, error) {
	entries, err := os.ReadDir(filepath.Dir(base))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, errors.WithStack(err)
	}
	last := 0
	for _, e := range entries {
		_, digits, _ := strings.Cut(e.Name(), filepath.Base(base)+"-")
		n, err := strconv.Atoi(digits)
		if err != nil || n < 1 {
			n = 1
		}
		if e.Name() == filepath.Base(numbered(base, n)) {
			last = max(last, n)
		}
	}
	return last, nil
}

func numbered(base string, n int) string {
	if n == 1 {
		return base
	}
	return fmt.Sprintf("%s-%d", base, n)
}

func makeFolder(path string) error { return cannotMake(path, os.MkdirAll(path, 0o777)) }

func cannotMake(path string, err error) error {
	return errors.Wrapf(atomicfile.Fault(err), "cannot make the folder %s", path)
}

// sweepHalves removes what processes that were killed left half-written.
func (f folder) sweepHalves() error {
	return f.sweep(atomicfile.Leftover)
}

// sweepFigures removes the figures, which training makes stale.
func (f folder) sweepFigures() error {
	return f.sweep(func(name, of string) bool { return name == of && filepath.Ext(of) == ".png" })
}

// sweep removes the files that belong to one of a run's in some way.
func (f folder) sweep(belongs func(name, of string) bool) error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range entries {
		for _, of := range runFiles() {
			if !belongs(e.Name(), of) {
				continue
			}
			if err := os.Remove(f.file(e.Name())); err != nil {
				return errors.Wrapf(atomicfile.Fault(err), "cannot remove %s", f.file(e.Name()))
			}
		}
	}
	return nil
}

// runFiles are the names of all that a run writes.
func runFiles() []string {
	names := []string{checkpointName, modelName, historyName}
	for _, name := range figureNames {
		names = append(names, name+".png")
	}
	return names
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
