package serve

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gorgonae/gorgonae/run"
)

// stamp tells a file from the one that had its name before.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stampFrom(info)
}

func stampFrom(info fs.FileInfo) stamp { return stamp{info.Size(), info.ModTime()} }

// lively is what a training changes in the folder while the server runs.
type lively struct {
	mu      sync.Mutex
	path    string // of the model
	weights stamp  // of the model
	shown   stamp  // of the model that is shown
	history stamp
	trains  bool
}

// look looks at the files of a run, and reports whether something has changed.
func (l *lively) look(dir string, m *run.Model) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.path == "" {
		l.path = m.Path
		if l.shown == (stamp{}) {
			l.shown = stampOf(m.Path)
		}
	}
	was := [...]any{l.weights, l.history, l.trains}
	l.weights = stampOf(l.path)
	if dir != "" {
		l.history = stampOf(filepath.Join(dir, run.HistoryName))
		l.trains = run.IsTraining(dir)
	}
	return was != [...]any{l.weights, l.history, l.trains}
}

func (l *lively) training() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.trains
}

func (l *lively) model() stamp {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.weights
}

// seen says which model is shown now.
func (l *lively) seen(weights stamp) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = weights
}

// missing reports whether the file of the model is gone.
func (l *lively) missing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.path != "" && l.weights == stamp{}
}

// changedSince reports whether the file of the model is another one than that which is shown.
func (l *lively) changedSince(*state) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.weights != l.shown && l.weights != stamp{}
}

// watch looks at the folder again and again: not every file system tells of changes.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(watchTime)
	defer tick.Stop()
	missing := s.lively.missing()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			path := s.now.Load().model.Path
			if s.lively.look(s.dir, s.now.Load().model) {
				s.changed.tell()
			}
			switch now := s.lively.missing(); {
			case now && !missing:
				s.log("WARNING: %s is gone: what is shown is the model as it was read; a model that takes its place is shown then", path)
				missing = true
			case !now && missing:
				s.log("%s is there again", path)
				missing = false
			}
		}
	}
}
