package main

import (
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// runNames returns the sorted names of the files that a run leaves.
func runNames() []string {
	all := run.Files()
	slices.Sort(all)
	return all
}

// checkRun checks that a folder holds exactly the files of a finished run, and that they can be
// read. It returns the history.
func checkRun(t *testing.T, dir string, epochs int) train.History {
	t.Helper()
	if got := names(t, dir); !slices.Equal(got, runNames()) {
		t.Fatalf("%s holds %q, want %q", dir, got, runNames())
	}
	for _, name := range run.Figures() {
		f, err := os.Open(filepath.Join(dir, name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		if err != nil || img.Bounds().Dx() < 300 || img.Bounds().Dy() < 150 {
			t.Errorf("%s is not a figure: %v", f.Name(), err)
		}
		f.Close()
	}
	for _, name := range []string{run.ModelName, run.CheckpointName} {
		f, err := graph.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if h, err := train.ReadHistory(f.Meta); err != nil || len(h.Epochs) != epochs {
			t.Errorf("%s/%s is of epoch %d (%v), want %d", dir, name, len(h.Epochs), err, epochs)
		}
	}
	h, err := train.ReadCSV(strings.NewReader(read(t, filepath.Join(dir, run.HistoryName))))
	if err != nil || len(h.Epochs) != epochs {
		t.Fatalf("%s has a history of %d epochs (%v), want %d", dir, len(h.Epochs), err, epochs)
	}
	return h
}

// Each line has flags of the model and the training, and is one run. Latent sizes differ because
// the figures depend on them.
func TestTrainOptions(t *testing.T) {
	slow(t)
	workplace(t)
	for _, flags := range []string{
		"",
		"--latent 1",
		"--latent 3",
		"--latent 10 --hidden 12,6 --activation gelu --dropout 0.2",
		"--loss bce",
		"--augment shift=1 --lr 0.01",
		"--binarize stochastic --augment shift=1 --lr 0.01",
		"--loss mae --schedule cosine:warmup=3 --clip 0.5 --shuffle=false --seed 7",
		"--loss huber:sum --optimizer sgd:momentum=0.9,nesterov --lr 0.001 --schedule step:every=1,by=0.5",
		"--optimizer adamw:decay=0.1 --lr 0.01",
		"--batch 1000 --slope 0.1 --lr 0.01",
	} {
		args := append(quick("--out", "run", "--overwrite"), strings.Fields(flags)...)
		works(t, args...)
		h := checkRun(t, "run", 2)
		if !(h.Epochs[1].Loss < h.Epochs[0].Loss) {
			t.Errorf("%s: losses %v and %v, want the second lower", args, h.Epochs[0].Loss, h.Epochs[1].Loss)
		}
		for _, e := range h.Epochs {
			if !(e.Seconds > 0 && e.ValLoss > 0 && e.Loss < 10 && e.ValLoss < 10) {
				t.Errorf("%s: epoch %+v", args, e)
			}
		}
	}
}

// Degenerate data must not prevent the figures of a run.
func TestTrainOnLittle(t *testing.T) {
	slow(t)
	workplace(t)
	pictures(t, "two", 2, 5, 1)
	pictures(t, "alike", 12, 4, 2)
	first := read(t, "alike/000.png")
	for _, name := range names(t, "alike") {
		write(t, filepath.Join("alike", name), []byte(first))
	}
	for _, c := range [][2]string{{"two", "2"}, {"two", "3"}, {"alike", "1"}, {"alike", "3"}} {
		out := c[0] + c[1]
		works(t, quick("--data", c[0], "--latent", c[1], "--out", out)...)
		checkRun(t, out, 2)
	}
}

func TestSchedules(t *testing.T) {
	slow(t)
	workplace(t)
	rates := func(flags ...string) (r []float64) {
		works(t, quick(append(flags, "--out", "run", "--overwrite", "--lr", "0.5", "--epochs", "3")...)...)
		for _, e := range checkRun(t, "run", 3).Epochs {
			r = append(r, float64(e.Rate))
		}
		return r
	}
	if r := rates(); !slices.Equal(r, []float64{0.5, 0.5, 0.5}) {
		t.Errorf("learning rates %v by default, want 0.5 in each epoch", r)
	}
	// 36 images in batches of 8 are 5 steps an epoch, 15 in all; the learning rate of an epoch is
	// that of its last step.
	wants := map[string]func(step float64) float64{
		"cosine":          func(step float64) float64 { return 0.25 * (1 + math.Cos(math.Pi*step/15)) },
		"cosine:warmup=5": func(step float64) float64 { return 0.25 * (1 + math.Cos(math.Pi*(step-5)/10)) },
	}
	for schedule, want := range wants {
		for i, r := range rates("--schedule", schedule) {
			step := float64(5*i + 4)
			w := want(step)
			if schedule != "cosine" && i == 0 {
				w = 0.5 * 5 / 6
			}
			if math.Abs(r-w) > 1e-6 {
				t.Errorf("%s: rate %v at the end of epoch %d, want %v", schedule, r, i+1, w)
			}
		}
	}
}

func TestPatience(t *testing.T) {
	slow(t)
	workplace(t)
	out := works(t, quick("--out", "run", "--patience", "2", "--epochs", "500", "--lr", "0.3")...)
	match := regexp.MustCompile(`no lower val_loss for 2 epochs: stopped after epoch (\d+)\n`).FindStringSubmatch(out)
	if match == nil {
		t.Fatalf("the output does not mention an early stop: %s", out)
	}
	n, _ := strconv.Atoi(match[1])
	h := checkRun(t, "run", n)
	lowest := math.Inf(1)
	for _, e := range h.Epochs[:n-2] {
		lowest = min(lowest, e.ValLoss)
	}
	if best := h.Epochs[n-3].ValLoss; best != lowest || h.Epochs[n-2].ValLoss < lowest || h.Epochs[n-1].ValLoss < lowest {
		t.Errorf("stopped after epoch %d, want 2 epochs after the lowest val_loss of %+v", n, h.Epochs)
	}
	if again := works(t, quick("--out", "run", "--patience", "2", "--epochs", "500", "--lr", "0.3", "--resume")...); !strings.Contains(again, match[0]) {
		t.Errorf("resumed after its early stop, the run prints %q", again)
	}
}

// Without a terminal, the output has one line for each epoch.
func TestOutput(t *testing.T) {
	workplace(t)
	out := works(t, quick("--out", "run", "--epochs", "11")...)
	if strings.ContainsFunc(strings.ReplaceAll(out, "\n", ""), isControl) {
		t.Errorf("control characters in %q", out)
	}
	lines := regexp.MustCompile(`(?m)^Epoch ( \d|\d\d)/11 +\d+\.\ds  loss \d\.\d{5}  val_loss \d\.\d{5}(  ETA \w+)?$`).FindAllString(out, -1)
	if len(lines) != 11 || strings.Count(out, "Epoch") != 11 {
		t.Errorf("%d lines of epochs in %s, want 11", len(lines), out)
	}
	for _, want := range []string{`Model: "encoder_model"`, `Model: "AE"`, "pics: 36 training and 4 test images, pics\n", "results in run\n",
		"run holds model.safetensors, checkpoint.safetensors, history.csv, best.safetensors, reconstructions.png, latent.png, loss.png, grid.png, report.html\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q: %s", want, out)
		}
	}
	if out := works(t, quick("--out", "quiet", "--quiet")...); out != "" {
		t.Errorf("with --quiet it prints %q", out)
	}
	checkRun(t, "quiet", 2)
}

// --weights starts a run from given weights, here from those of another run.
func TestWeights(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "a", "--seed", "3")...)
	a := checkRun(t, "a", 2)
	works(t, quick("--out", "b", "--weights", "a/model.safetensors", "--lr", "1e-30")...)
	b := checkRun(t, "b", 2)
	if b.Epochs[0].ValLoss != a.Epochs[1].ValLoss {
		t.Errorf("val_loss %v with the weights of a run that ended with %v", b.Epochs[0].ValLoss, a.Epochs[1].ValLoss)
	}
}

// A loss that is not finite ends the run with an error that names the step. The saved files stay,
// and their weights are finite.
func TestDiverging(t *testing.T) {
	workplace(t)
	args := quick("--out", "run", "--lr", "1e30", "--shuffle=false")
	for range 2 {
		status, _, errs := call(t, append(args, "--resume")...)
		checkRefusal(t, status, errs, []string{"epoch 1, step ", "want a finite loss, got ", "smaller learning rate"}, args)
		if got := names(t, "run"); !slices.Equal(got, []string{run.CheckpointName, run.HistoryName, run.ModelName}) {
			t.Errorf("the folder holds %q", got)
		}
		works(t, "evaluate", "run", "--data", "pics") // evaluate refuses a file with weights that are not finite
	}
}
