package tensorboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
)

// short trains a run of one epoch with a log, and returns the log's folder.
func short(t *testing.T, dir string, resume bool, epochs int, o Options) string {
	t.Helper()
	r := newRun(t, dir, "tutorial", resume, func(s *run.Settings) { s.Training.Epochs = epochs })
	l := newLog(t, r, o)
	finish(t, r, l, run.Hooks{})
	return l.Dir()
}

func wantLosses(t *testing.T, dir string, epochs ...int64) {
	t.Helper()
	if d := cmp.Diff(epochs, readCurves(t, dir).steps("loss")); d != "" {
		t.Errorf("%s: %s", dir, d)
	}
}

// Runs whose folders have the same name get logs of their own, and files of other programs stay.
func TestLogsOfOneName(t *testing.T) {
	work := t.TempDir()
	logs := Options{Dir: filepath.Join(work, "logs")}
	foreign := filepath.Join(logs.Dir, "run", prefix+"1.host.2")
	if err := os.MkdirAll(filepath.Dir(foreign), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(foreign, []byte("of Keras"), 0o666); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"run-2", "run-3"} {
		if got := short(t, filepath.Join(work, want, "run"), false, 1+i, logs); got != filepath.Join(logs.Dir, want) {
			t.Errorf("the log is in %s, want %s", got, want)
		}
	}
	if text, err := os.ReadFile(foreign); err != nil || string(text) != "of Keras" {
		t.Errorf("another program's file: %q, %v", text, err)
	}
	wantLosses(t, filepath.Join(logs.Dir, "run-2"), 1)
	wantLosses(t, filepath.Join(logs.Dir, "run-3"), 1, 2)
}

// A run that replaces another replaces its log if it is asked to. Otherwise the old log stays.
func TestReplacedLog(t *testing.T) {
	work := t.TempDir()
	logs, dir := filepath.Join(work, "logs"), filepath.Join(work, "run")
	short(t, dir, false, 3, Options{Dir: logs})
	again := func(o Options) string {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		return short(t, dir, false, 2, o)
	}
	if got := again(Options{Dir: logs}); got != filepath.Join(logs, "run-2") {
		t.Errorf("the log is in %s", got)
	}
	wantLosses(t, filepath.Join(logs, "run"), 1, 2, 3)
	if got := again(Options{Dir: logs, Replace: true}); got != filepath.Join(logs, "run") {
		t.Errorf("the log is in %s", got)
	}
	wantLosses(t, filepath.Join(logs, "run"), 1, 2)
	if n := len(readCurves(t, filepath.Join(logs, "run", stepsName))["batch/loss"]); n != 10 {
		t.Errorf("%d steps, want 10", n)
	}
}

// The log may lie in the run's own folder, for tensorboard --logdir runs.
func TestLogInRun(t *testing.T) {
	work := t.TempDir()
	dir := filepath.Join(work, "runs/own")
	for epochs := 1; epochs <= 2; epochs++ {
		if got := short(t, dir, true, epochs, Options{Dir: filepath.Join(work, "runs")}); !same(got, dir) {
			t.Errorf("the log is in %s", got)
		}
	}
	wantLosses(t, dir, 1, 2)
}

// A run and its log that were moved go on together. A copy of a run does not touch the log of the
// original, and a log that is not there is not begun where nobody asked for it.
func TestMovedLog(t *testing.T) {
	work := t.TempDir()
	path := func(name string) string { return filepath.Join(work, name) }
	short(t, path("a/run"), false, 1, Options{Dir: path("a/logs")})
	move := func(from, to string) {
		if err := os.Rename(path(from), path(to)); err != nil {
			t.Fatal(err)
		}
	}
	move("a", "b")
	if got := short(t, path("b/run"), true, 2, Options{}); !same(got, path("b/logs/run")) {
		t.Errorf("a run and its log that were moved: the log is in %s", got)
	}
	move("b/run", "b/renamed")
	short(t, path("b/renamed"), true, 3, Options{})
	wantLosses(t, path("b/logs/run"), 1, 2, 3)

	copyTree(t, path("b/copy"), path("b/renamed"))
	r := newRun(t, path("b/copy"), "tutorial", true, nil)
	lost := (*LostError)(nil)
	if _, err := New(r, Options{}); !errors.As(err, &lost) || !same(lost.Owner, path("b/renamed")) {
		t.Errorf("the log of a copy: %v", err)
	}
	short(t, path("b/copy"), true, 4, Options{Dir: path("b/logs")})
	wantLosses(t, path("b/logs/copy"), 1, 2, 3, 4)
	wantLosses(t, path("b/logs/run"), 1, 2, 3)

	if err := os.RemoveAll(path("b/logs")); err != nil {
		t.Fatal(err)
	}
	r = newRun(t, path("b/renamed"), "tutorial", true, nil)
	if _, err := New(r, Options{}); !errors.As(err, &lost) || lost.Owner != "" {
		t.Errorf("a log that is not there: %v", err)
	}
	if _, err := os.Stat(path("b/logs")); err == nil {
		t.Error("a log was begun that nobody asked for")
	}
}

// A run that ends before its first epoch leaves no folder behind.
func TestUnusedLog(t *testing.T) {
	work := t.TempDir()
	r := newRun(t, filepath.Join(work, "run"), "tutorial", false, nil)
	l := newLog(t, r, Options{Dir: filepath.Join(work, "logs")})
	if err := l.Close(errors.New("it did not begin")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(l.Dir()); err == nil {
		t.Error("an empty folder is left")
	}
}

// The log of a run that is replaced stays until the training begins.
func TestReplacedLogStaysUntilTraining(t *testing.T) {
	work := t.TempDir()
	dir, logs := filepath.Join(work, "run"), filepath.Join(work, "logs")
	short(t, dir, false, 2, Options{Dir: logs})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	l := newLog(t, newRun(t, dir, "tutorial", false, nil), Options{Dir: logs, Replace: true})
	if err := l.Close(errors.New("it did not begin")); err != nil {
		t.Error(err)
	}
	wantLosses(t, filepath.Join(logs, "run"), 1, 2)
	short(t, dir, false, 1, Options{Dir: logs, Replace: true})
	wantLosses(t, filepath.Join(logs, "run"), 1)
}

// A file is no folder of logs.
func TestLogIntoFile(t *testing.T) {
	work := t.TempDir()
	name := filepath.Join(work, "file")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	r := newRun(t, filepath.Join(work, "run"), "tutorial", false, nil)
	if _, err := New(r, Options{Dir: name}); err == nil || !strings.Contains(err.Error(), name+" is not one") {
		t.Errorf("a log in a file: %v", err)
	}
}
