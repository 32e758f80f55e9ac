package tensorboard

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/run"
)

// ownerName is a file in the folder of a log that tells whose it is: the path of the run's folder, seen
// from the log's, so that both can move together.
const ownerName = ".gorgonae"

// stepsName is the folder within a log's for what is measured at each step. Its events have steps of
// the optimizer where the others have epochs, so TensorBoard must take it for a run of its own.
const stepsName = "steps"

// LostError says that the log that a run has had so far cannot be continued.
type LostError struct {
	Dir   string // of the log
	Owner string // the folder of the run whose log it is, if this run is a copy of that; else the log is not there
}

func (e *LostError) Error() string {
	if e.Owner == "" {
		return fmt.Sprintf("the TensorBoard log of this run, %s, is not there any more", e.Dir)
	}
	return fmt.Sprintf("the TensorBoard log %s is that of the run in %s, of which this is a copy", e.Dir, e.Owner)
}

// place finds the folder of a run's log: the one that it has had so far, if that is in dir, or if dir is
// "". Otherwise it is dir/NAME with the name of the run's folder, or dir/NAME-2, dir/NAME-3, ... if
// other runs have these. former says that a log of an earlier run lies there, which goes when the
// training begins.
func place(r *run.Run, dir string, replace bool) (path string, former bool, err error) {
	if r.TensorBoard != "" {
		before := r.TensorBoard
		if !filepath.IsAbs(before) {
			before = filepath.Join(r.Dir(), before)
		}
		if dir == "" || same(filepath.Dir(before), dir) {
			err := proceed(before, r.Dir())
			if err == nil || dir == "" {
				return before, false, err
			}
		}
	}
	own, err := filepath.Abs(r.Dir())
	if err != nil {
		return "", false, errors.WithStack(err)
	}
	for n := 1; ; n++ {
		path := filepath.Join(dir, filepath.Base(own))
		if n > 1 {
			path = fmt.Sprintf("%s-%d", path, n)
		}
		if ok, former, err := claim(path, own, replace || same(path, own)); ok || err != nil {
			return path, former, err
		}
	}
}

// proceed returns an error unless the log in a folder is that of a run, or of a run that has been moved.
func proceed(log, own string) error {
	owner, ok, err := ownerOf(log)
	switch {
	case err != nil:
		return err
	case !ok:
		return &LostError{Dir: log}
	case same(owner, own):
		return nil
	}
	if _, err := os.Stat(filepath.Join(owner, run.CheckpointName)); err == nil {
		return &LostError{Dir: log, Owner: owner}
	}
	text := between(log, own)
	return atomicfile.Write(filepath.Join(log, ownerName), func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// claim takes a folder for the log of a run. ok is false if it is that of another run, or holds a log of
// this one that must stay. former says that it holds one that need not stay.
func claim(path, own string, replace bool) (ok, former bool, err error) {
	owner, owned, err := ownerOf(path)
	if err != nil {
		return false, false, err
	}
	logged, err := holdsEvents(path)
	if err != nil {
		return false, false, err
	}
	switch {
	case owned && same(owner, own) && (replace || !logged):
		return true, true, nil
	case owned || logged:
		return false, false, nil
	}
	ok, err = sign(path, own)
	return ok, false, err
}

// sign makes a folder the log of a run, by a file that names the run. ok is false if another process was first.
func sign(path, own string) (ok bool, err error) {
	if err := run.MakeFolder(path); err != nil {
		return false, err
	}
	name := filepath.Join(path, ownerName)
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // of two processes, one gets it
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, errors.Wrapf(atomicfile.Fault(err), "cannot write %s", name)
	}
	_, err = f.WriteString(between(path, own))
	if other := f.Close(); err == nil {
		err = other
	}
	return err == nil, errors.Wrapf(atomicfile.Fault(err), "cannot write %s", name)
}

// holdsEvents reports whether a folder holds event files, ours or others.
func holdsEvents(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return strings.Contains(e.Name(), "tfevents") }),
		errors.Wrapf(atomicfile.Fault(err), "cannot read %s", dir)
}

// ownerOf returns the folder of the run whose log is in a folder. ok is false if no log is there.
func ownerOf(log string) (owner string, ok bool, err error) {
	name := filepath.Join(log, ownerName)
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, errors.Wrapf(atomicfile.Fault(err), "cannot read %s", name)
	}
	defer f.Close()
	const longest = 1 << 15 // of a path, on any system
	text, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return "", false, errors.Wrapf(atomicfile.Fault(err), "cannot read %s", name)
	}
	owner = filepath.FromSlash(string(text))
	if !filepath.IsAbs(owner) {
		owner = filepath.Join(log, owner)
	}
	return owner, true, nil
}

// between returns the path of a folder seen from another, or the whole path if there is no way between
// them, as on Windows between two drives.
func between(from, to string) string {
	a, err := filepath.Abs(from)
	if err != nil {
		return filepath.ToSlash(to)
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return filepath.ToSlash(to)
	}
	if way, err := filepath.Rel(a, b); err == nil {
		b = way
	}
	return filepath.ToSlash(b)
}

// same reports whether two paths lead to one folder, or would if it were there.
func same(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	if errA == nil && errB == nil {
		return os.SameFile(infoA, infoB)
	}
	absA, errA := filepath.Abs(a)
	absB, errB := filepath.Abs(b)
	return errA == nil && errB == nil && absA == absB
}
