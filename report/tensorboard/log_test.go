package tensorboard

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

var fourEpochs = []int64{1, 2, 3, 4}

// A log holds what the history holds and more, at each epoch and at each step.
func TestLog(t *testing.T) {
	work := t.TempDir()
	r := newRun(t, filepath.Join(work, "runs/vae"), "vae", false, nil)
	l := newLog(t, r, Options{Dir: filepath.Join(work, "logs")})
	var steps []train.Progress
	finish(t, r, l, run.Hooks{Step: func(p train.Progress) { steps = append(steps, p) }})

	got, h := readCurves(t, filepath.Join(work, "logs/vae")), r.Trainer.History()
	column := func(of func(i int) float64) (points []point) {
		for i := range h.Epochs {
			points = append(points, point{int64(i) + 1, float32(of(i))})
		}
		return points
	}
	for tag, want := range map[string][]point{
		"loss":          column(func(i int) float64 { return h.Epochs[i].Loss }),
		"val_loss":      column(func(i int) float64 { return h.Epochs[i].ValLoss }),
		"kl":            column(func(i int) float64 { return h.Epochs[i].Terms[0] }),
		"val_kl":        column(func(i int) float64 { return h.Epochs[i].ValTerms[0] }),
		"learning_rate": column(func(i int) float64 { return float64(h.Epochs[i].Rate) }),
		"gradient_norm": column(func(i int) float64 { return steps[5*i+4].MeanNorm }),
	} {
		if d := cmp.Diff(want, got[tag]); d != "" {
			t.Errorf("%s: %s", tag, d)
		}
	}
	for _, tag := range []string{"images_per_second", "reconstructions", "code", "code/latent_1", "code/latent_20"} {
		if d := cmp.Diff(fourEpochs, got.steps(tag)); d != "" {
			t.Errorf("%s: %s", tag, d)
		}
	}
	if got.steps(sessionStartTag) == nil || got.steps(sessionEndTag) == nil {
		t.Error("the settings or the end of the training are missing")
	}
	var losses, norms, rates []point
	for _, p := range steps {
		losses = append(losses, point{int64(p.Done), float32(p.BatchLoss)})
		norms = append(norms, point{int64(p.Done), float32(p.Norm)})
		rates = append(rates, point{int64(p.Done), p.Rate})
	}
	want := curves{"batch/loss": losses, "batch/gradient_norm": norms, "batch/learning_rate": rates}
	if d := cmp.Diff(want, readCurves(t, filepath.Join(work, "logs/vae/steps"))); d != "" {
		t.Error(d)
	}
}

// A log changes no bit of a training.
func TestSameTraining(t *testing.T) {
	work := t.TempDir()
	plain := newRun(t, filepath.Join(work, "plain"), "tutorial", false, nil)
	if _, err := plain.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	logged := newRun(t, filepath.Join(work, "logged"), "tutorial", false, nil)
	finish(t, logged, newLog(t, logged, Options{Dir: filepath.Join(work, "logs")}), run.Hooks{})
	for i, w := range plain.Autoencoder.Model.Weights() {
		if d := cmp.Diff(w.Data, logged.Autoencoder.Model.Weights()[i].Data); d != "" {
			t.Errorf("%s: %s", w.Name, d)
		}
	}
}

// A log that has lost its end, or has damage, is completed from the history.
func TestLostEpochs(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, path string, file []byte){
		"nothing is left": func(t *testing.T, path string, _ []byte) {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		},
		"a third is left": func(t *testing.T, path string, file []byte) {
			if err := os.WriteFile(path, file[:len(file)/3], 0o666); err != nil {
				t.Fatal(err)
			}
		},
		"damage in the middle": func(t *testing.T, path string, file []byte) {
			file[len(file)/2] ^= 1
			if err := os.WriteFile(path, file, 0o666); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			work := t.TempDir()
			r := newRun(t, filepath.Join(work, "run"), "tutorial", false, func(s *run.Settings) { s.Training.Epochs = 3 })
			l := newLog(t, r, Options{Dir: filepath.Join(work, "logs")})
			finish(t, r, l, run.Hooks{})
			paths, err := eventFiles(l.Dir())
			if err != nil || len(paths) != 1 {
				t.Fatal(paths, err)
			}
			file, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			harm(t, paths[0], file)
			r = newRun(t, filepath.Join(work, "run"), "tutorial", true, nil)
			finish(t, r, newLog(t, r, Options{}), run.Hooks{})
			got := readCurves(t, l.Dir())
			for _, tag := range []string{"loss", "val_loss", "learning_rate"} {
				if d := cmp.Diff(fourEpochs, got.steps(tag)); d != "" {
					t.Errorf("%s: %s", tag, d)
				}
			}
			for i, e := range r.Trainer.History().Epochs {
				if got["loss"][i].Value != float32(e.Loss) {
					t.Errorf("epoch %d has the loss %v, want %v", i+1, got["loss"][i].Value, e.Loss)
				}
			}
		})
	}
}

// A run that is done and resumed leaves its log as it is. With more epochs, the end goes to the end.
func TestLogOfFinishedRun(t *testing.T) {
	work := t.TempDir()
	train := func(epochs int) {
		r := newRun(t, filepath.Join(work, "run"), "tutorial", true, func(s *run.Settings) { s.Training.Epochs = epochs })
		finish(t, r, newLog(t, r, Options{Dir: filepath.Join(work, "logs")}), run.Hooks{})
	}
	train(3)
	before := tree(t, filepath.Join(work, "logs"))
	train(3)
	if d := cmp.Diff(before, tree(t, filepath.Join(work, "logs"))); d != "" {
		t.Errorf("the log of a complete run has changed: %s", d)
	}
	train(4)
	got := readCurves(t, filepath.Join(work, "logs/run"))
	if d := cmp.Diff(fourEpochs, got.steps("loss")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int64{4}, got.steps(sessionEndTag)); d != "" {
		t.Errorf("the end of the training: %s", d)
	}
	if d := cmp.Diff([]int64{0}, got.steps(sessionStartTag)); d != "" {
		t.Errorf("the settings: %s", d)
	}
}

// tree returns the files of a folder with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A log that cannot be written is one warning. The training goes on, and when the log can be written
// again, its curves have no gap.
func TestUnwritableLog(t *testing.T) {
	work := t.TempDir()
	r := newRun(t, filepath.Join(work, "run"), "tutorial", false, nil)
	l := newLog(t, r, Options{Dir: filepath.Join(work, "logs")})
	aside := filepath.Join(work, "aside")
	if err := os.Rename(l.Dir(), aside); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.Dir(), []byte("a file is in the way"), 0o666); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	finish(t, r, l, run.Hooks{
		Warn: func(err error) { warnings = append(warnings, err.Error()) },
		Epoch: func(train.Epoch) {
			if len(r.Trainer.History().Epochs) == 2 {
				if err := errors.Wrap(os.Remove(l.Dir()), "make way"); err != nil {
					t.Error(err)
				}
				if err := os.Rename(aside, l.Dir()); err != nil {
					t.Error(err)
				}
			}
		},
	})
	if len(warnings) != 1 || !strings.Contains(warnings[0], l.Dir()) {
		t.Errorf("the warnings are %q, want one with %s", warnings, l.Dir())
	}
	got := readCurves(t, l.Dir())
	for _, tag := range []string{"loss", "val_loss"} {
		if d := cmp.Diff(fourEpochs, got.steps(tag)); d != "" {
			t.Errorf("%s: %s", tag, d)
		}
	}
	if n := len(readCurves(t, filepath.Join(l.Dir(), stepsName))["batch/loss"]); n != 20 {
		t.Errorf("%d steps are in the log, want 20", n)
	}
}

// What a full disk does not take waits, and no half of a record stays.
func TestFullDisk(t *testing.T) {
	s := series{dir: filepath.Join(t.TempDir(), "log"), first: 1}
	write := func(step int64) error {
		return s.write(step, ended(nil), scalar("loss", float64(step), ""), picture("big", 1, 1, 1, make([]byte, 2*large), ""))
	}
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	open, path := s.file, s.file.Name()
	closed, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	s.file = closed
	for step := range int64(2) {
		if err := write(step + 2); err == nil {
			t.Fatal("a file that is closed takes events")
		}
	}
	s.file = open
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	got := readCurves(t, s.dir)
	if !slices.Equal(got.steps("loss"), []int64{1, 2, 3}) || !slices.Equal(got.steps("big"), []int64{1, 2, 3}) {
		t.Errorf("the log holds %v", got)
	}
}

// If too much waits, the pictures are dropped and the numbers stay.
func TestShed(t *testing.T) {
	s := series{}
	for step := range int64(3) {
		s.add(event{step: step, values: []value{picture("big", 1, 1, 1, make([]byte, patience/2), "")}})
		s.add(event{step: step, values: []value{scalar("loss", 1, "")}})
	}
	if s.shed(); len(s.waiting) != 3 {
		t.Errorf("%d events wait, want the 3 small ones", len(s.waiting))
	}
}

// The names of event files have an order, even if the clock goes back or two begin in one second.
func TestFileNames(t *testing.T) {
	dir := t.TempDir()
	late := filepath.Join(dir, prefix+"4000000000"+suffix)
	if err := os.WriteFile(late, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	last := late
	for range 3 {
		f, err := create(dir)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if f.Name() <= last {
			t.Errorf("%s comes before %s", f.Name(), last)
		}
		last = f.Name()
	}
}

// A file that was removed, because a killed session had written nothing that lasts, leaves no name to the next one.
func TestFileNamesOfRemoved(t *testing.T) {
	dir, names := t.TempDir(), map[string]bool{}
	for range 5 {
		f, err := create(dir)
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		if names[f.Name()] {
			t.Fatalf("%s is the name of a file that was removed", f.Name())
		}
		names[f.Name()] = true
		if err := os.Remove(f.Name()); err != nil {
			t.Fatal(err)
		}
	}
}
