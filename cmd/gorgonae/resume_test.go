package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/run"
)

// copyFolder copies files of a folder into another folder: the named files, or all files if none
// are named.
func copyFolder(t *testing.T, to, from string, only ...string) {
	t.Helper()
	if len(only) == 0 {
		only = names(t, from)
	}
	for _, name := range only {
		write(t, filepath.Join(to, name), []byte(read(t, filepath.Join(from, name))))
	}
}

func remove(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// If a finished run is resumed, its missing figures are drawn and nothing else changes.
func TestResumeFinished(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run", "--resume")...) // begins the run, because there is none
	want := result(t, "run")
	remove(t, "run", "latent.png", "grid.png")
	write(t, "run/.latent.png.tmpABC", []byte("half a figu"))
	write(t, "run/.model.safetensors.tmpABC", []byte("half a mod"))
	write(t, "run/loss.png", []byte("the user's"))
	before := folderState(t, "run")[run.CheckpointName]
	out := works(t, quick("--out", "run", "--resume")...)
	if folderState(t, "run")[run.CheckpointName] != before {
		t.Error("the checkpoint was written again")
	}
	if strings.Contains(out, "Epoch ") || !strings.Contains(out, "continued after epoch 2") {
		t.Errorf("resuming a finished run prints %s", out)
	}
	if read(t, "run/loss.png") != "the user's" {
		t.Error("an existing figure was drawn again")
	}
	write(t, "run/loss.png", []byte(want["loss.png"]))
	wantResult(t, "run", want)
}

// The program may be killed between any two writes. The checkpoint is written first, so a resumed
// run can restore the other files.
func TestResumeHeals(t *testing.T) {
	slow(t)
	workplace(t)
	for _, epochs := range []string{"1", "2", "3"} {
		works(t, quick("--out", "run"+epochs, "--epochs", epochs)...)
	}
	want := result(t, "run3")
	for what, files := range map[string]map[string]string{ // the run that each file is from
		"only the checkpoint":        {run.CheckpointName: "run2"},
		"a model behind":             {run.CheckpointName: "run2", run.ModelName: "run1", run.HistoryName: "run2"},
		"the last checkpoint ahead":  {run.CheckpointName: "run3", run.ModelName: "run2", run.HistoryName: "run2"},
		"a damaged model":            {run.CheckpointName: "run2", run.ModelName: "pics/000.png", run.HistoryName: "run2"},
		"half of the figures, stale": {run.CheckpointName: "run2", run.ModelName: "run2", run.HistoryName: "run2", "loss.png": "run2"},
		"figures, one missing":       {run.CheckpointName: "run3", run.ModelName: "run3", run.HistoryName: "run3", "loss.png": "run3"},
	} {
		dir := strings.ReplaceAll(what, " ", "-")
		for name, from := range files {
			if !strings.Contains(from, "/") {
				from = filepath.Join(from, name)
			}
			write(t, filepath.Join(dir, name), []byte(read(t, from)))
		}
		for _, name := range run.Files() {
			write(t, filepath.Join(dir, "."+name+".tmpXYZ"), []byte("half"))
		}
		works(t, quick("--out", dir, "--resume", "--epochs", "3")...)
		wantResult(t, dir, want)
	}
}

func TestMoreEpochs(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "whole", "--epochs", "4")...)
	works(t, quick("--out", "grown")...)
	works(t, quick("--out", "grown", "--epochs", "4", "--resume")...)
	wantResult(t, "grown", result(t, "whole"))
	before := folderState(t, "grown")
	refused(t, []string{"4 epochs already"}, quick("--out", "grown", "--epochs", "3", "--resume")...)
	wantSame(t, "grown", before)

	works(t, quick("--out", "cosine", "--schedule", "cosine")...)
	before = folderState(t, "cosine")
	refused(t, []string{"schedule cosine over 2 epochs"}, quick("--out", "cosine", "--schedule", "cosine", "--epochs", "4", "--resume")...)
	wantSame(t, "cosine", before)
}

// A run can be resumed only with the same settings, data and initial weights, because its numbers
// depend on them.
func TestResumeWithOtherOptions(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "other/pics", 40, 8, 3)
	pictures(t, "fewer", 39, 8, 1)
	pictures(t, "large", 40, 9, 1)
	args := func(more ...string) []string {
		return quick(append(more, "--out", "run", "--resume", "--epochs", "3")...)
	}
	works(t, quick("--out", "run")...)
	before := folderState(t, "run")
	for flags, want := range map[string]string{
		"--data other/pics":              "is not as it was when the run began: images to train on that are new: ",
		"--data fewer":                   "is not as it was when the run began: images to train on that are new: ",
		"--data large":                   "images of 8 x 8 pixels as when the run began, got 9 x 9 pixels",
		"--batch 9":                      "batch 8 as when the run began, got 9",
		"--optimizer sgd":                "optimizer adam(beta1=0.9, beta2=0.999, epsilon=1e-07) as when the run began, got sgd(momentum=0)",
		"--lr 0.1":                       "learning rate 0.0005 as when the run began, got 0.1",
		"--schedule cosine":              "schedule constant as when the run began, got cosine",
		"--clip 2":                       "clip 0 as when the run began, got 2",
		"--patience 3":                   "patience 0 as when the run began, got 3",
		"--seed 2":                       "seed 1 as when the run began, got 2",
		"--shuffle=false":                "shuffle true as when the run began, got false",
		"--binarize threshold":           "with binarize=threshold of seed 1: resume it",
		"--augment shift=1":              "with shift=1 of seed 1: resume it",
		"--hidden 9":                     "--hidden [8] as when the run began, got [9]",
		"--latent 3":                     "--latent 2 as when the run began, got 3",
		"--activation relu":              "--activation leakyrelu as when the run began, got relu",
		"--slope 0.2":                    "--slope 0.3 as when the run began, got 0.2",
		"--dropout 0.1":                  "--dropout 0 as when the run began, got 0.1",
		"--loss mae":                     "loss mse as when the run began, got mae",
		"--loss mse:sum":                 "loss mse as when the run began, got mse:sum",
		"--model deep":                   "--model tutorial as when the run began, got deep",
		"--output linear":                "--output leakyrelu as when the run began, got linear",
		"--loss bce":                     "--loss mse as when the run began, got bce",
		"--weights run/" + run.ModelName: "initial weights",
	} {
		refused(t, []string{want}, args(strings.Fields(flags)...)...)
	}
	wantSame(t, "run", before)

	copyFolder(t, "moved/elsewhere", "pics") // the same data in another folder are still the same data
	works(t, args("--data", "moved/elsewhere")...)
	checkRun(t, "run", 3)
}

func TestResumeDamaged(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	file := read(t, "run/"+run.CheckpointName)
	for _, d := range damages(t, file) {
		write(t, "run/"+run.CheckpointName, d.text)
		before := folderState(t, "run")
		refused(t, []string{"run/" + run.CheckpointName, d.want}, quick("--out", "run", "--resume", "--epochs", "3")...)
		wantSame(t, "run", before)
	}
	for what, c := range map[string]struct{ old, by string }{
		"no position":    {`"training.position"`, `"training.composition"`},
		"a lost epoch":   {`\"epoch\":2`, `\"epoch\":1`},
		"a wrong step":   {`\"step\":10`, `\"step\":11`},
		"a lost moment":  {`"extra/m/encoder/encoder_dense_1/bias"`, `"extra/n/encoder/encoder_dense_1/bias"`},
		"no settings":    {`"training.settings":`, `"training.settling":`},
		"broken history": {`epoch,seconds`, `epoch,minutes`},
	} {
		write(t, "run/"+run.CheckpointName, replaced(t, file, c.old, c.by))
		before := folderState(t, "run")
		t.Log(what)
		refused(t, nil, quick("--out", "run", "--resume", "--epochs", "3")...)
		wantSame(t, "run", before)
	}
}
