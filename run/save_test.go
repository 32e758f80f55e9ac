package run_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// position returns the position that the checkpoint of a run holds.
func position(t *testing.T, dir string) string {
	t.Helper()
	f, err := graph.ReadFile(filepath.Join(dir, run.CheckpointName))
	if err != nil {
		t.Fatal(err)
	}
	return f.Meta["training.position"]
}

// A long epoch is saved within, and a run that is continued from there ends with the same weights.
func TestSaveEvery(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	r := begin(t, s, run.Place{Dir: "whole"})
	steps, within := 0, false
	ctx, stop := context.WithCancel(t.Context())
	_, err := r.Train(ctx, run.Hooks{SaveEvery: time.Nanosecond, Step: func(p train.Progress) {
		if steps++; steps == 3 {
			within = strings.Contains(position(t, "whole"), `"batch":2`)
			if err := os.CopyFS("copy", os.DirFS("whole")); err != nil {
				t.Error(err)
			}
		}
	}})
	stop()
	if err != nil || !within {
		t.Fatalf("after two steps the checkpoint is not at the second (%v)", err)
	}
	again := begin(t, s, run.Place{Dir: "copy", Resume: true})
	if _, err := again.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	for i, w := range r.Autoencoder.Model.Weights() {
		for k, v := range again.Autoencoder.Model.Weights()[i].Data {
			if v != w.Data[k] {
				t.Fatalf("weight %s of the continued run differs", w.Name)
			}
		}
	}
}

// A history that cannot be written is a warning, and is written with the next epoch that can. Only in
// the end it is an error.
func TestUnwritten(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	s.Training.Epochs = 4
	for name, clear := range map[string]int{"cleared": 3, "never": 99} {
		r := begin(t, s, run.Place{Dir: name})
		history := filepath.Join(name, run.HistoryName)
		epochs, warnings := 0, 0
		_, err := r.Train(t.Context(), run.Hooks{
			Epoch: func(train.Epoch) {
				switch epochs++; epochs {
				case 1:
					os.Remove(history)
					if err := os.Mkdir(history, 0o777); err != nil {
						t.Error(err)
					}
				case clear:
					os.Remove(history)
				}
			},
			Warn: func(err error) {
				if warnings++; !strings.Contains(err.Error(), history) {
					t.Errorf("the warning is %v", err)
				}
			},
		})
		unwritten := (*run.UnwrittenError)(nil)
		if epochs != 4 || warnings != 1 || errors.As(err, &unwritten) != (name == "never") || name == "cleared" && err != nil {
			t.Errorf("%s: %d epochs, %d warnings, %v", name, epochs, warnings, err)
		}
		text, _ := os.ReadFile(history)
		if name == "cleared" && strings.Count(string(text), "\n") != 5 {
			t.Errorf("the history is %q", text)
		}
	}
}

// A checkpoint that cannot be written ends a run.
func TestCheckpointUnwritten(t *testing.T) {
	t.Chdir(t.TempDir())
	r := begin(t, settings(t, "tutorial"), run.Place{Dir: "run"})
	path := filepath.Join("run", run.CheckpointName)
	_, err := r.Train(t.Context(), run.Hooks{SaveEvery: time.Nanosecond, Step: func(p train.Progress) {
		os.Remove(path)
		_ = os.Mkdir(path, 0o777) // after the first step it is there
	}})
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v", err)
	}
}

// best.safetensors is the model of the epoch with the lowest validation loss, also over a resume, and
// RestoreBest ends with it.
func TestBest(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	s.Training.Epochs, s.Training.Optimizer, s.RestoreBest = 8, train.NewAdam(0.3), true // so large that the loss goes up and down
	losses := map[int]float64{}
	firsts := map[int]float32{}
	r := begin(t, s, run.Place{Dir: "run"})
	epoch := 0
	hooks := run.Hooks{Epoch: func(e train.Epoch) {
		epoch++
		losses[epoch], firsts[epoch] = e.ValLoss, r.Autoencoder.Model.Weights()[0].Data[0]
	}}
	ctx, stop := context.WithCancel(t.Context())
	hooks.Step = func(p train.Progress) {
		if p.Epoch == 5 {
			stop()
		}
	}
	if _, err := r.Train(ctx, hooks); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	hooks.Step = nil
	r = begin(t, s, run.Place{Dir: "run", Resume: true})
	if _, err := r.Train(t.Context(), hooks); err != nil {
		t.Fatal(err)
	}
	best, lowest := 0, math.Inf(1)
	for i := 1; i <= 8; i++ {
		if losses[i] < lowest {
			best, lowest = i, losses[i]
		}
	}
	if best == 8 {
		t.Fatalf("the losses %v go down to the end: the test shows nothing", losses)
	}
	for _, name := range []string{run.BestName, run.ModelName} {
		f, err := graph.ReadFile(filepath.Join("run", name))
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Model.Weights()[0].Data[0]; got != firsts[best] || !strings.HasPrefix(f.Meta["best"], fmt.Sprintf("epoch %d of ", best)) {
			t.Errorf("%s has a weight of %v, want that of epoch %d, %v; it says %q", name, got, best, firsts[best], f.Meta["best"])
		}
	}
}

// If the best model could not be written, an older one does not take its place.
func TestBestUnwritten(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	s.Training.Epochs, s.Training.Optimizer, s.RestoreBest = 8, train.NewAdam(0.03), true
	best := filepath.Join("run", run.BestName)
	blocked, epoch, lowest := false, 0, math.Inf(1)
	var last float32
	r := begin(t, s, run.Place{Dir: "run"})
	_, err := r.Train(t.Context(), run.Hooks{Epoch: func(e train.Epoch) {
		epoch++
		last = r.Autoencoder.Model.Weights()[0].Data[0]
		if blocked {
			if err := os.Remove(best); err != nil {
				t.Error(err)
			}
			if err := os.Rename("older", best); err != nil {
				t.Error(err)
			}
		}
		if blocked = e.ValLoss < lowest && epoch > 1; blocked {
			if err := os.Rename(best, "older"); err != nil {
				t.Error(err)
			}
			if err := os.Mkdir(best, 0o777); err != nil {
				t.Error(err)
			}
		}
		lowest = min(lowest, e.ValLoss)
	}})
	if err == nil || !strings.Contains(err.Error(), `got those of "epoch 1 of 1, `) {
		t.Errorf("the error is %v", err)
	}
	if got := r.Autoencoder.Model.Weights()[0].Data[0]; got != last {
		t.Errorf("the model has a weight of %v, want that of the last epoch, %v", got, last)
	}
}

// A run says how it began.
func TestBegan(t *testing.T) {
	t.Chdir(t.TempDir())
	s := settings(t, "tutorial")
	s.Seed = 7
	r := begin(t, s, run.Place{Dir: "run"})
	if _, err := r.Train(t.Context(), run.Hooks{}); err != nil {
		t.Fatal(err)
	}
	b, err := run.ReadBegan("run")
	if err != nil || b.Settings.Seed != 7 || b.Settings.Architecture != s.Architecture || b.Source == "" {
		t.Errorf("the run began with %+v (%v)", b, err)
	}
	flags, err := b.Settings.Flags()
	if err != nil || !strings.Contains(strings.Join(flags, " ")+" ", "--seed 7 ") {
		t.Errorf("its flags are %q (%v)", flags, err)
	}
	again, err := run.NewSettings(s.Architecture)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(flags); i++ {
		name, value, ok := strings.Cut(strings.TrimPrefix(flags[i], "--"), "=")
		if !ok {
			i++
			value = flags[i]
		}
		if err := again.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	second, _ := again.Flags()
	if strings.Join(second, " ") != strings.Join(flags, " ") {
		t.Errorf("settings made of the flags %q have the flags %q", flags, second)
	}
}
