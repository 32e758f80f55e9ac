package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// A run is resumed without its options, and options that it did not begin with are refused with the
// command line that goes on with them.
func TestGoOn(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "deep", "--hidden", "9", "--latent", "3", "--batch", "8", "--lr", "0.003", "--epochs", "2", "--out", "run")
	how := "gorgonae train --model deep --data pics --hidden 9 --latent 3 --lr 0.003 --epochs 2 --batch 8"
	if out := works(t, "summary", "run"); !strings.Contains(out, "\ntrained by: "+how+"\n") {
		t.Errorf("summary ends with %q", out[len(out)-200:])
	}
	out := works(t, "train", "--resume", "--out", "run")
	if !strings.Contains(out, "continued after epoch 2") {
		t.Errorf("resumed without options, it prints %q", out)
	}
	refused2(t, []string{"over 2 epochs", "or begin a new run from its weights: gorgonae train --weights run --out run-2 --model deep --data pics --hidden 9 --latent 3 --lr 0.003 --epochs 6 --batch 8"},
		"train", "--resume", "--out", "run", "--epochs", "6")
	refused2(t, []string{"learning rate 0.003", "gorgonae train --weights run --out run-2 --model deep --data pics --hidden 9 --latent 3 --epochs 2 --batch 8"},
		"train", "--resume", "--out", "run", "--lr", "0.001", "--data", "pics")
	refused2(t, []string{"want --hidden [9]", "or begin a new run: gorgonae train --out run-2 --model deep --data pics --hidden 10 --latent 3"}, "train", "--resume", "--out", "run", "--hidden", "10")
	works(t, "train", "--weights", "run", "--out", "run-2", "--data", "pics", "--model", "deep", "--hidden", "9", "--latent", "3", "--epochs", "1")

	_, _, errs := call(t, "train", "--weights", "run", "--partial", "--out", "run-3", "--data", "pics", "--model", "deep", "--hidden", "9", "--latent", "4", "--epochs", "1")
	if !strings.Contains(errs, "of run do not fit and keep their first values: encoder/") || !strings.Contains(errs, "in the file, want") {
		t.Errorf("--partial prints %q", errs)
	}
	refused2(t, []string{"--partial: want --weights"}, "train", "--data", "pics", "--partial", "--out", "run-4")
}

// The command lines that are shown read the data as the run did, also if its flags are not repeated.
func TestGoOnReading(t *testing.T) {
	slow(t)
	workplace(t)
	writeNPY(t, "x.npy", "|u1", []int{30, 3, 4, 3}, bytes.Repeat([]byte{0, 255, 7, 90, 120}, 216))
	for dir, how := range map[string]string{"sized": "--data pics --size 4x6 --fit scale", "array": "--data x.npy --layout nchw"} {
		works(t, append(strings.Fields("train --hidden 8 --batch 8 --epochs 1 --out "+dir), strings.Fields(how)...)...)
		if out := works(t, "summary", dir); !strings.Contains(out, "\ntrained by: gorgonae train --model tutorial "+how+" --hidden 8 ") {
			t.Errorf("summary ends with %q", out[len(out)-200:])
		}
		refused2(t, []string{"learning rate", "gorgonae train --weights " + dir + " --out " + dir + "-2 --model tutorial " + how + " --hidden 8 "},
			"train", "--resume", "--out", dir, "--lr", "0.002")
	}
}

// refused2 is refused for a run that may have printed before.
func refused2(t *testing.T, texts []string, args ...string) {
	t.Helper()
	status, _, errs := call(t, args...)
	checkRefusal(t, status, errs, texts, args)
}

// A loss that is not finite ends a run, which keeps its best weights, and says how to go on from them.
func TestDiverged(t *testing.T) {
	slow(t)
	workplace(t)
	status, _, errs := call(t, "train", "--data", "pics", "--hidden", "30", "--activation", "linear", "--output", "linear", "--loss", "mse:sum", "--optimizer", "sgd:momentum=0.9",
		"--lr", "1", "--batch", "8", "--epochs", "60", "--out", "run")
	lines := strings.Split(strings.TrimSpace(errs), "\n")
	last := lines[len(lines)-1]
	if status != 1 || !strings.Contains(last, "want a finite loss") || !strings.Contains(last, "or begin a new run from its weights: gorgonae train --weights run") || !strings.Contains(last, "--lr SMALLER") {
		t.Fatalf("status %d, %q", status, errs)
	}
	if _, err := os.Stat("run/best.safetensors"); err == nil {
		works(t, "evaluate", "run/best.safetensors", "--data", "pics")
	}
	works(t, "evaluate", "run", "--data", "pics")
}

// A figure that cannot be drawn does not stop the others.
func TestFigureFails(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	if err := os.Remove("run/loss.png"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("run/loss.png", 0o777); err != nil {
		t.Fatal(err)
	}
	os.Remove("run/grid.png")
	status, out, errs := call(t, quick("--out", "run", "--resume")...)
	if status != 1 || !strings.Contains(errs, "run/loss.png: want a file, got a folder") || strings.Contains(out, "loss.png") || !exists("run/grid.png") {
		t.Errorf("status %d, %q, %q", status, errs, out)
	}
}

// A run in the folder of its pictures is no picture of it, and results do not go among the pictures.
func TestRunAmongPictures(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "pics/run")...)
	status, out, errs := call(t, "evaluate", "pics/run", "--data", "pics")
	if status != 0 || !strings.Contains(errs, "folders of runs: 1 (run)") || !strings.Contains(out, "4 images of 8 x 8 pixels") {
		t.Errorf("status %d, %q, %q", status, out, errs)
	}
	refused(t, []string{"got --out pics, which is the data"}, quick("--out", "pics")...)
	status, _, errs = call(t, quick("--resume", "--out", "nothere")...)
	if status != 0 || !strings.Contains(errs, "note: nothere holds no run to resume: a new one begins\n") {
		t.Errorf("status %d, %q", status, errs)
	}
	refused2(t, []string{"want --model tutorial as when the run began, got deep", "or begin a new run: gorgonae train --out nothere-2 --model deep --data pics"},
		"train", "--resume", "--out", "nothere", "--model", "deep")
}

// A checkpoint that is damaged leaves the model, and the message says how to go on from it.
func TestDamagedCheckpoint(t *testing.T) {
	slow(t)
	workplace(t)
	works(t, quick("--out", "run")...)
	write(t, "run/checkpoint.safetensors", []byte("damaged"))
	refused2(t, []string{"run/checkpoint.safetensors", "or begin a new run from the weights of its model: gorgonae train --weights run --out run-2 --model tutorial --data pics --hidden 8"},
		quick("--out", "run", "--resume")...)
	works(t, quick("--weights", "run", "--out", "run-2")...)
}
