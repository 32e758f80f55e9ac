package tensorboard

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// unmeasured removes what depends on the clock.
func unmeasured(c curves) curves {
	delete(c, "images_per_second")
	delete(c, sessionStartTag)
	delete(c, sessionEndTag)
	return c
}

// kills kills a run at random moments: what is left is a copy of its folders that was made in the middle
// of the training, perhaps with half a record.
type kills struct {
	work string
	r    *random.Source
}

// A run is killed at random moments, again and again, and then ends with the log of a run that was never
// killed. In between its files are whole or end in half a record.
func TestKilledLog(t *testing.T) {
	work := t.TempDir()
	whole := newRun(t, filepath.Join(work, "whole/run"), "tutorial", false, nil)
	finish(t, whole, newLog(t, whole, Options{Dir: filepath.Join(work, "whole/logs")}), run.Hooks{})
	want := unmeasured(readCurves(t, filepath.Join(work, "whole/logs/run")))
	wantSteps := readCurves(t, filepath.Join(work, "whole/logs/run/steps"))

	random := random.New(1, "kills")
	for round := range 8 {
		state := filepath.Join(work, "state")
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		n := uint64(0)
		for k := (&kills{work, random}); k.trainUntil(t, state, 1+n/3); n++ {
			if n > 200 {
				t.Fatal("the run does not end")
			}
		}
		if d := cmp.Diff(want, unmeasured(readCurves(t, filepath.Join(state, "logs/run")))); d != "" {
			t.Errorf("round %d, %d kills: %s", round, n, d)
		}
		if d := cmp.Diff(wantSteps, readCurves(t, filepath.Join(state, "logs/run/steps"))); d != "" {
			t.Errorf("round %d, %d kills: steps: %s", round, n, d)
		}
	}
}

// trainUntil trains a run in a folder until it is killed, and makes the folder what was left then. It
// reports false if the run was done before.
func (k *kills) trainUntil(t *testing.T, state string, patience uint64) (killed bool) {
	t.Helper()
	r := newRun(t, filepath.Join(state, "run"), "tutorial", true, nil)
	l := newLog(t, r, Options{Dir: filepath.Join(state, "logs")})
	left := k.r.Uint64n(7 * patience)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	moment := func() {
		if left == 0 && !killed {
			killed = true
			copyTree(t, filepath.Join(k.work, "killed"), state)
			stop()
		}
		left--
	}
	hooks := l.Hooks(ctx, run.Hooks{
		Begin:     func() error { moment(); return nil },
		Step:      func(train.Progress) { moment() },
		Epoch:     func(train.Epoch) { moment() },
		Warn:      func(err error) { t.Errorf("a warning: %v", err) },
		SaveEvery: 1, // nanosecond
	})
	if k.r.Uint64n(2) == 0 {
		hooks.SaveEvery = 0
	}
	_, err := r.Train(ctx, hooks)
	if other := l.Close(err); other != nil || err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err, other)
	}
	if !killed {
		return false
	}
	copyTree(t, state, filepath.Join(k.work, "killed"))
	if k.r.Uint64n(2) == 0 { // in the middle of a record that was not the checkpoint's business
		tear(t, filepath.Join(state, "logs/run/steps"), k.r)
	}
	return true
}

// tear adds the beginning of a record to the last file of a folder.
func tear(t *testing.T, dir string, r *random.Source) {
	t.Helper()
	paths, err := eventFiles(dir)
	if err != nil || len(paths) == 0 {
		return
	}
	path := paths[len(paths)-1]
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	half := appendRecord(nil, []byte("half of a record"))
	if err := os.WriteFile(path, append(file, half[:1+r.Uint64n(uint64(len(half)-1))]...), 0o666); err != nil {
		t.Fatal(err)
	}
}
