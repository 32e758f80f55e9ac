package tensorboard

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// TensorBoard takes every file whose name holds "tfevents", in the order of the names. Ours also have
// an ending of their own, so that no other program's file is ever changed.
const (
	prefix = "events.out.tfevents."
	suffix = ".gorgonae"
)

// eventFiles returns the paths of our event files in a folder, in their order. A folder that is
// missing has none.
func eventFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrapf(atomicfile.Fault(err), "cannot read %s", dir)
	}
	var paths []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), suffix) && e.Type().IsRegular() {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// create makes a new event file. Its name has the time, and comes after those of all others, even if
// the clock was set back. It is never that of a file that cut has removed: TensorBoard, which still has that one open,
// would not look at the new one.
func create(dir string) (*os.File, error) {
	paths, err := eventFiles(dir)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	at := now.Unix()
	if len(paths) > 0 {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(paths[len(paths)-1]), prefix), suffix)
		last := int64(0)
		if _, err := fmt.Sscanf(name, "%d", &last); err == nil {
			at = max(at, last+1)
		}
	}
	path := filepath.Join(dir, fmt.Sprintf("%s%010d.%09d%s", prefix, at, now.Nanosecond(), suffix))
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return f, errors.Wrapf(atomicfile.Fault(err), "cannot write %s", path)
}

// scan calls use for each whole event of a file, with the place in the file where it begins, until use
// returns false. It returns the place where it stopped. A file may end within a record, if the program
// was killed, and a damaged one within: what comes after is not read.
func scan(path string, use func(at int64, e seen) bool) (end int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, errors.WithStack(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, errors.WithStack(err)
	}
	for {
		data, err := readRecord(f, info.Size()-end)
		if err == io.EOF || errors.Is(err, errBroken) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		e, err := parse(data)
		if err != nil { // an event that is none, though its checksum is right
			return end, nil
		}
		if !use(end, e) {
			return end, nil
		}
		end += headSize + int64(len(data)) + tailSize
	}
}

// unbroken returns how many epochs from the first on the files in a folder hold, one after another
// without a gap. tag is in the event of each epoch.
func unbroken(dir, tag string) (int64, error) {
	paths, err := eventFiles(dir)
	if err != nil {
		return 0, err
	}
	last, gap := int64(0), false
	for _, path := range paths {
		_, err := scan(path, func(_ int64, e seen) bool {
			switch {
			case e.start:
				last = min(last, max(e.step-1, 0))
				gap = e.step > last+1
			case slices.Contains(e.tags, tag):
				gap = gap || e.step > last+1
				if !gap {
					last = e.step
				}
			}
			return !gap
		})
		if err != nil {
			return 0, err
		}
		if gap {
			break
		}
	}
	return last, nil
}

// cut removes from the files in a folder all events of later steps than keep, and from the first one
// with the tag on, unless that is "". Each file is shortened at once, so a program that is killed leaves
// whole records. A reader that has a file open has read what is removed; it finds the start of a session
// in the next file, and drops it. kept lists the tags that are left.
func cut(dir string, keep int64, tag string) (kept map[string]bool, err error) {
	paths, err := eventFiles(dir)
	if err != nil {
		return nil, err
	}
	kept = map[string]bool{}
	for _, path := range paths {
		holds := false // more than the event that begins a file
		end, err := scan(path, func(_ int64, e seen) bool {
			if e.step > keep || tag != "" && slices.Contains(e.tags, tag) {
				return false
			}
			holds = holds || e.start || len(e.tags) > 0
			for _, t := range e.tags {
				kept[t] = true
			}
			return true
		})
		if err == nil {
			err = shorten(path, end, holds)
		}
		if err != nil {
			return nil, errors.Wrapf(atomicfile.Fault(err), "cannot shorten %s", path)
		}
	}
	return kept, nil
}

// shorten cuts a file off, or removes it if it holds nothing. Windows does not remove a file that a
// reader has open.
func shorten(path string, end int64, holds bool) error {
	if !holds && os.Remove(path) == nil {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() <= end {
		return errors.WithStack(err)
	}
	return errors.WithStack(os.Truncate(path, end))
}
