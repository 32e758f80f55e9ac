package train_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/train"
)

// interrupted is the checkpoint of a run that was stopped after a number of steps.
func interrupted(t testing.TB, steps int) string {
	t.Helper()
	r, tr, done := newRun(), trainer(t, runConfig), 0
	r.fit(t, tr, train.Hooks{Step: func(train.Progress) {
		if done++; done == steps {
			r.stop()
		}
	}})
	return save(t, tr)
}

// damage writes a changed copy of a checkpoint.
func damage(t testing.TB, path string, change func(*safetensors.File)) string {
	t.Helper()
	f, err := safetensors.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	path = filepath.Join(t.TempDir(), "damaged.safetensors")
	if err := safetensors.WriteFile(path, f); err != nil {
		t.Fatal(err)
	}
	return path
}

func replace(key, before, after string) func(*safetensors.File) {
	return func(f *safetensors.File) {
		if !strings.Contains(f.Metadata[key], before) {
			panic("the checkpoint has no " + before + " in " + f.Metadata[key])
		}
		f.Metadata[key] = strings.Replace(f.Metadata[key], before, after, 1)
	}
}

func without(key string) func(*safetensors.File) {
	return func(f *safetensors.File) { delete(f.Metadata, key) }
}

// tensor changes the tensors whose names have this ending. change may return none.
func tensor(ending string, change func(safetensors.Tensor) []safetensors.Tensor) func(*safetensors.File) {
	return func(f *safetensors.File) {
		var kept []safetensors.Tensor
		for _, x := range f.Tensors {
			if strings.HasSuffix(x.Name, ending) {
				kept = append(kept, change(x)...)
			} else {
				kept = append(kept, x)
			}
		}
		f.Tensors = kept
	}
}

func drop(safetensors.Tensor) []safetensors.Tensor { return nil }

func spoil(x safetensors.Tensor) []safetensors.Tensor {
	x.Data[0] = nan
	return []safetensors.Tensor{x}
}

func flatten(x safetensors.Tensor) []safetensors.Tensor {
	x.Shape = []int{len(x.Data)}
	return []safetensors.Tensor{x}
}

// A damaged checkpoint is refused by an error with the file and the damage, and does not change the
// trainer. The checkpoint is of a run after 5 of 9 steps: one epoch and two batches.
func TestDamagedCheckpoints(t *testing.T) {
	path := interrupted(t, 5)
	const position, settings, history = "training.position", "training.settings", "training.history"
	for _, c := range []struct {
		change func(*safetensors.File)
		want   string
	}{
		{without(position), `want a checkpoint with metadata "training.position", got none: this is a model, not a checkpoint`},
		{without(settings), `metadata "training.settings", got none`},
		{without(history), `metadata "training.history" of a training, got none`},
		{without("gorgonae.architecture"), "no architecture"},
		{replace(position, "{", ""), `metadata "training.position"`},
		{replace(position, `"epoch":1`, `"epoch":1.5`), `metadata "training.position"`},
		{replace(position, `"step":5`, `"step":-5`), `metadata "training.position"`},
		{replace(position, `"values":[`, `"values":[1e999,`), `metadata "training.position"`},
		{replace(position, `"values":[`, `"values":[1,`), "want a position and a history that fit together, got {"},
		{replace(position, `"values":[`, `"values":[],"was":[`), "want a position and a history that fit together, got {"},
		{replace(position, `"batch":2`, `"batch":0`), "want a position and a history that fit together, got {"},
		{replace(position, `"batch":2`, `"batch":-2`), "want a position and a history that fit together, got {"},
		{replace(position, `"epoch":1`, `"epoch":2`), "got {Epoch:2 "},
		{replace(position, `"epoch":1`, `"epoch":-1`), "want a position and a history that fit together, got {"},
		{replace(position, `"epoch":1,`, ``), "want a position and a history that fit together, got {"},
		{func(f *safetensors.File) { f.Metadata[position] = "null" }, "want a position and a history that fit together, got {"},
		{replace(settings, "{", "["), `metadata "training.settings"`},
		{replace(history, "epoch", "era"), "history: want the columns"},
		{replace(history, "compact,val_compact", "kl,val_kl"), `want a history with the model's loss terms ["compact"], got ["kl"]`},
		{replace(history, "\n1,", "\n1,x"), "history: epoch 1"},
		{tensor("extra/m/run/dense_1/kernel", drop), "the optimizer's m of run/dense_1/kernel, got none or another shape"},
		{tensor("extra/v/run/dense_2/bias", drop), "the optimizer's v of run/dense_2/bias, got none or another shape"},
		{tensor("extra/v/run/dense_1/kernel", flatten), "the optimizer's v of run/dense_1/kernel, got none or another shape"},
		{tensor("extra/m/run/dense_1/kernel", spoil), "extra/m/run/dense_1/kernel: want finite numbers, got NaN or infinity"},
		{tensor("run/dense_3/bias", spoil), "run/dense_3/bias: want finite numbers, got NaN or infinity"},
		{tensor("run/dense_3/bias", drop), "run/dense_3/bias is missing"},
	} {
		tr := trainer(t, runConfig)
		fit(t, tr, newRun().ds, newRun().val, runEpochs)
		before, err := os.ReadFile(save(t, tr))
		if err != nil {
			t.Fatal(err)
		}
		bad := damage(t, path, c.change)
		wantError(t, tr.Resume(bad), bad, c.want)
		after, err := os.ReadFile(save(t, tr))
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the trainer changed (%v)", c.want, err)
		}
	}
	resume(t, trainer(t, runConfig), damage(t, path, func(*safetensors.File) {}))
	path = damage(t, interrupted(t, 2), func(f *safetensors.File) { f.Metadata[position] = "{}" })
	wantError(t, trainer(t, runConfig).Resume(path), path, "want a position and a history that fit together, got {")
}

// Fit refuses a position that fits its history but not the data.
func TestDamagedPositions(t *testing.T) {
	path := interrupted(t, 5)
	for _, change := range []func(*safetensors.File){
		replace("training.position", `"batch":2,"step":5,"sum":{"rows":8`, `"batch":4,"step":7,"sum":{"rows":11`), // an epoch has 3 steps
		replace("training.position", `"step":5`, `"step":6`),
		replace("training.position", `"step":5`, `"step":18446744073709551615`),
		replace("training.position", `"batch":2`, `"batch":1`),
		replace("training.position", `"batch":2`, `"batch":4`),
		replace("training.position", `"batch":2`, `"batch":4611686018427387904`),
		replace("training.position", `"rows":8`, `"rows":0`),
		replace("training.position", `"rows":8`, `"rows":-8`),
		replace("training.position", `"rows":8`, `"rows":11`),
	} {
		tr := trainer(t, runConfig)
		resume(t, tr, damage(t, path, change))
		_, err := tr.Fit(t.Context(), newRun().ds, newRun().val, runEpochs, train.Hooks{})
		wantError(t, err, "want a position that fits epochs of 3 steps over 11 examples, got", "damaged")
	}
}

// Resume refuses the file of a model, a file that is missing, and any other file.
func TestResumeFromOtherFiles(t *testing.T) {
	tr := trainer(t, runConfig)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	wantError(t, tr.Resume(path), path)
	if err := (&graph.File{Model: tr.Model()}).Write(path); err != nil {
		t.Fatal(err)
	}
	wantError(t, tr.Resume(path), path, "this is a model, not a checkpoint of a run")
	if err := os.WriteFile(path, []byte("not a model"), 0o666); err != nil {
		t.Fatal(err)
	}
	wantError(t, tr.Resume(path), path)
}

// Save adds the caller's metadata to the file, but never in place of the run's own. Describe
// returns the settings and the history that the checkpoint holds.
func TestSaveMeta(t *testing.T) {
	r, tr := newRun(), trainer(t, runConfig)
	fit(t, tr, r.ds, r.val, runEpochs)
	path := filepath.Join(t.TempDir(), "checkpoint.safetensors")
	meta := map[string]string{"data": "mine", "training.position": "lost", "training.history": "lost"}
	if err := tr.Save(path, meta); err != nil {
		t.Fatal(err)
	}
	if len(meta) != 3 || meta["training.position"] != "lost" {
		t.Errorf("Save changed its argument to %v", meta)
	}
	resume(t, trainer(t, runConfig), path)
	f, err := graph.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	about, err := tr.Describe()
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range about {
		if f.Meta[key] != value {
			t.Errorf("the checkpoint says %q of %s, Describe %q", f.Meta[key], key, value)
		}
	}
	h, err := train.ReadHistory(about)
	if err != nil || sameHistory(h, tr.History()) != "" {
		t.Errorf("Describe has the history %v (%v), the trainer %v", h, err, tr.History())
	}
	if f.Meta["data"] != "mine" || len(about) != 2 {
		t.Errorf("the file's metadata is %v, Describe %v", f.Meta, about)
	}
	if _, err := train.ReadHistory(nil); err == nil {
		t.Error("a history was read from nothing")
	}
}

// A run can be saved and resumed before it has begun.
func TestSaveBeforeFit(t *testing.T) {
	want := whole(t)
	tr := trainer(t, runConfig)
	resume(t, tr, save(t, trainer(t, runConfig)))
	newRun().fit(t, tr, train.Hooks{})
	want.want(t, "resumed at the start", tr)
}
