package tensorboard

import (
	"os"
	"slices"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// series writes events with one axis of steps into a folder. It makes a file with the first event, so
// a session that has nothing to write leaves no file. What could not be written waits.
type series struct {
	dir   string
	first int64 // the step from which on earlier sessions are void

	file    *os.File
	size    int64    // of what the file holds, in whole records
	waiting [][]byte // events that are not in the file
	named   map[string]bool
}

// patience bounds the memory of events that wait, in bytes. Beyond it pictures do not wait.
const patience = 32 << 20

// large is the size of an event that has more than numbers, in bytes.
const large = 4096

// write writes the values of a step.
func (s *series) write(step int64, at time.Time, values ...value) error {
	if len(values) == 0 {
		return nil
	}
	s.add(event{seconds: seconds(at), step: step, values: slices.Clone(values)})
	return s.flush()
}

// add adds an event to those that wait. A file describes each tag once, as TensorFlow's do.
func (s *series) add(e event) {
	for i, v := range e.values {
		if s.named[v.tag] {
			e.values[i].description = ""
		}
		if s.named == nil {
			s.named = map[string]bool{}
		}
		s.named[v.tag] = true
	}
	s.waiting = append(s.waiting, appendRecord(nil, e.marshal()))
}

// flush writes what waits, all of it or nothing: if the disk is full, no half of a record is left.
func (s *series) flush() error {
	if len(s.waiting) == 0 {
		return nil
	}
	if err := s.open(); err != nil {
		s.shed()
		return err
	}
	all := slices.Concat(s.waiting...)
	if _, err := s.file.WriteAt(all, s.size); err != nil {
		_ = s.file.Truncate(s.size) // if that fails too, the next write overwrites it, or the next session cuts it
		s.shed()
		return errors.Wrapf(atomicfile.Fault(err), "cannot write %s", s.file.Name())
	}
	s.size += int64(len(all))
	s.waiting = nil
	return nil
}

// open makes the file of this session, which begins with its version and the start of the session.
func (s *series) open() error {
	if s.file != nil {
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return errors.Wrapf(atomicfile.Fault(err), "cannot make the folder %s", s.dir)
	}
	f, err := create(s.dir)
	if err != nil {
		return err
	}
	s.file = f
	now := seconds(time.Now())
	head := appendRecord(nil, event{seconds: now, version: true}.marshal())
	head = appendRecord(head, event{seconds: now, step: s.first, start: true}.marshal())
	s.waiting = slices.Insert(s.waiting, 0, head)
	return nil
}

// shed drops pictures and histograms if too much waits.
func (s *series) shed() {
	total := 0
	for _, e := range s.waiting {
		total += len(e)
	}
	if total > patience {
		s.waiting = slices.DeleteFunc(s.waiting, func(e []byte) bool { return len(e) > large })
	}
}

func (s *series) close() error {
	err := s.flush()
	if s.file == nil {
		return err
	}
	if other := s.file.Close(); err == nil && other != nil {
		err = errors.Wrapf(atomicfile.Fault(other), "cannot write %s", s.file.Name())
	}
	s.file = nil
	return err
}
