package run

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/train"
)

// The files in the folder of a run. The checkpoint holds everything; the model and the history are
// derived from it.
const (
	CheckpointName = "checkpoint.safetensors"
	ModelName      = "model.safetensors"
	HistoryName    = "history.csv"

	// BestName is the model with the lowest validation loss of all epochs.
	BestName = "best.safetensors"
)

// ReportName is the page that shows a run. Package report writes it.
const ReportName = "report.html"

// Figures returns the names of a run's figures without their extension. Package report draws them.
func Figures() []string { return []string{"reconstructions", "latent", "loss", "grid"} }

// Files returns the names of all files that a run leaves in its folder.
func Files() []string {
	names := []string{CheckpointName, ModelName, HistoryName, BestName}
	for _, name := range Figures() {
		names = append(names, name+".png")
	}
	return append(names, ReportName)
}

// RateFigures returns the names of the figures that show a run as a codec, without their extension.
// Package report draws them.
func RateFigures() []string { return []string{"rd", "rd-images", "rd-bits", "rd-expensive"} }

// RateName is the file with the points of these figures.
const RateName = "rd.csv"

// rateFiles returns the names of all files that show a run as a codec.
func rateFiles() []string {
	names := []string{RateName}
	for _, name := range RateFigures() {
		names = append(names, name+".png")
	}
	return names
}

// Place says which folder a run uses, and what happens to a run that is already in it.
type Place struct {
	Dir       string // the folder; "" takes Base, or Base-2, Base-3, ... if Base exists
	Base      string // the default folder; only used if Dir is ""
	Resume    bool   // continue the run in the folder, or the newest of Base, Base-2, ...; begin a run if there is none
	Overwrite bool   // replace the run in the folder

	// Workers are the processes that train the run together, or nil. Each calls New and Train with the same
	// settings and data. Worker 0 alone uses the folder, locks it, and reads Settings.Weights; the others get
	// the state of the run from it, need no folder, and write nothing.
	Workers train.Workers
}

// Check returns an error if the options contradict each other, or if the named folder holds a run
// and neither Resume nor Overwrite says what to do with it. It changes nothing, so a program can
// call it before it reads its data.
func (p Place) Check() error {
	if p.Resume && p.Overwrite {
		return errors.New("want at most one of resume and overwrite, got both")
	}
	if p.Dir == "" {
		return nil // the name of the folder depends on the data
	}
	return p.refuse(p.Dir)
}

// base returns the default folder of a run.
func (p Place) base(s Settings, data string) string {
	if p.Base != "" {
		return p.Base
	}
	return "runs/" + s.Architecture + "-" + safeName(data)
}

// Continues returns what the run was trained on that New would continue with these settings and a data
// set of this name. ok is false if New would begin a new run.
func (p Place) Continues(s Settings, data string) (d TrainedOn, ok bool) {
	dir := p.Dir
	if dir == "" {
		var err error
		if dir, err = newest(p.base(s, data)); err != nil {
			return d, false
		}
	}
	if !p.Resume || !exists(filepath.Join(dir, CheckpointName)) {
		return d, false
	}
	m, err := Read(filepath.Join(dir, CheckpointName))
	if err != nil {
		return d, false // New reports the error
	}
	return m.TrainedOn, true
}

// TakenError is the error of a Place whose folder holds a run already.
type TakenError struct {
	Dir  string
	Lost bool // the checkpoint is missing, so the run cannot be continued
}

func (e *TakenError) Error() string {
	if e.Lost {
		return fmt.Sprintf("%s holds a run without its %s, so it cannot be resumed: overwrite it, or use another folder", e.Dir, CheckpointName)
	}
	return fmt.Sprintf("%s holds a run: resume it, overwrite it, or use another folder", e.Dir)
}

// refuse returns a *TakenError if a folder holds a run that these options neither continue nor
// replace.
func (p Place) refuse(dir string) error {
	if p.Overwrite || !holdsRun(dir) {
		return nil
	}
	lost := !exists(filepath.Join(dir, CheckpointName))
	if p.Resume && !lost {
		return nil
	}
	return &TakenError{dir, p.Resume && lost}
}

func holdsRun(dir string) bool {
	for _, name := range []string{CheckpointName, ModelName, HistoryName} {
		if exists(filepath.Join(dir, name)) {
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// folder is the folder of a run that is about to begin or to continue.
type folder struct {
	path    string
	resumed bool // it holds a checkpoint to continue from
	made    bool // it did not exist before
}

func (f folder) file(name string) string { return filepath.Join(f.path, name) }

// open finds or makes the folder.
func (p Place) open() (folder, error) {
	if p.Dir == "" && !p.Resume && !p.Overwrite {
		path, err := claim(p.Base)
		return folder{path: path, made: err == nil}, err
	}
	f := folder{path: p.Dir}
	if p.Dir == "" {
		path, err := newest(p.Base)
		if err != nil {
			return f, err
		}
		f.path = path
	}
	if err := p.refuse(f.path); err != nil {
		return f, err
	}
	f.resumed = p.Resume && exists(f.file(CheckpointName))
	f.made = !exists(f.path)
	return f, MakeFolder(f.path)
}

// claim makes the next of the folders base, base-2, base-3, and so on. Its number is one more than
// the highest that exists.
func claim(base string) (string, error) {
	if err := MakeFolder(filepath.Dir(base)); err != nil {
		return "", err
	}
	for {
		n, err := highest(base)
		if err != nil {
			return "", err
		}
		path := numbered(base, n+1)
		if err = os.Mkdir(path, 0o777); errors.Is(err, fs.ErrExist) {
			continue // another process was faster
		}
		return path, cannotMake(path, err)
	}
}

// newest returns the existing folder of base, base-2, base-3, ... with the highest number, or base
// if none exists.
func newest(base string) (string, error) {
	n, err := highest(base)
	return numbered(base, max(n, 1)), err
}

// highest returns the highest number of base, base-2, base-3, ... that exists, or 0. Numbers may be
// missing, because users delete folders. A newer folder always has a higher number.
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

// MakeFolder makes a folder and its parents if they are missing.
func MakeFolder(path string) error { return cannotMake(path, os.MkdirAll(path, 0o777)) }

func cannotMake(path string, err error) error {
	return errors.Wrapf(atomicfile.Fault(err), "cannot make the folder %s", path)
}

// removeHalves removes half-written files, which killed processes leave.
func (f folder) removeHalves() error { return f.remove(atomicfile.Leftover) }

// removeFigures removes the figures and the report, because they do not show the model after more training.
func (f folder) removeFigures() error {
	return f.remove(func(name, of string) bool {
		return name == of && (filepath.Ext(of) == ".png" || of == RateName || of == ReportName)
	})
}

// remove removes each file that belongs to one of the run's files, or to one of those that show it as a
// codec, as belongs reports it.
func (f folder) remove(belongs func(name, of string) bool) error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return errors.WithStack(err)
	}
	for _, e := range entries {
		for _, of := range slices.Concat(Files(), rateFiles()) {
			if !belongs(e.Name(), of) || e.IsDir() {
				continue
			}
			if err := os.Remove(f.file(e.Name())); err != nil {
				return errors.Wrapf(atomicfile.Fault(err), "cannot remove %s", f.file(e.Name()))
			}
		}
	}
	return nil
}
