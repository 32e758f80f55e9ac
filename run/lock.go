package run

import (
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// lockName is a file that is there while a process trains in a folder. The system unlocks it when the
// process ends, however it ends.
const lockName = ".training.lock"

// BusyError is the error of Train if another process trains in the folder.
type BusyError struct{ Dir string }

func (e *BusyError) Error() string {
	return "another process trains in " + e.Dir + ": wait until it has ended, or use another folder"
}

// lock keeps other processes from training in the folder until unlock is called. A file system that has no
// locks is no reason not to train: then warning says so.
func (f folder) lock() (unlock func(), warning, err error) {
	l := flock.New(f.file(lockName))
	locked, err := l.TryLock()
	for tries := 0; err == nil && !locked && tries < 5; tries++ { // IsTraining holds it for a moment
		time.Sleep(10 * time.Millisecond)
		locked, err = l.TryLock()
	}
	for tries := 0; err == nil && locked && !isThere(l) && tries < 100; tries++ { // it was removed in between, and others may lock the next file
		_ = l.Unlock()
		locked, err = l.TryLock()
	}
	switch {
	case os.IsPermission(errors.Cause(err)): // what cannot be written is said where it is written
		return func() {}, nil, nil
	case err != nil:
		return func() {}, errors.Wrapf(atomicfile.Fault(err), "cannot lock %s, so another training in this folder would not be noticed", l.Path()), nil
	case !locked:
		return nil, nil, &BusyError{f.path}
	}
	return func() {
		if runtime.GOOS == "windows" { // which removes no file that is open
			_ = l.Unlock()
			_ = os.Remove(l.Path())
			return
		}
		_ = os.Remove(l.Path()) // a file that stays does no harm
		_ = l.Unlock()
	}, nil, nil
}

// isThere reports whether the file that is locked is still the one in the folder.
func isThere(l *flock.Flock) bool {
	locked, err := l.Stat()
	there, other := os.Stat(l.Path())
	return err == nil && other == nil && os.SameFile(locked, there)
}

// IsTraining reports whether a process trains in the folder of a run. A file system without locks does not
// tell; then the answer is false.
func IsTraining(dir string) bool {
	path := filepath.Join(dir, lockName)
	if _, err := os.Stat(path); err != nil {
		return false
	}
	l := flock.New(path, flock.SetFlag(os.O_RDONLY)) // it must not make the file again that a training has removed
	locked, err := l.TryRLock()
	if err != nil {
		return false
	}
	if locked {
		_ = l.Unlock()
	}
	return !locked
}
