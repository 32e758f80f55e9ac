package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Everything that a training logs is found by TensorBoard's readers and shown by its server: with terms of
// the loss, in colour, with another architecture beside it.
func TestPeersTensorBoard(t *testing.T) {
	python, path := peers(t), testFile(t, "testdata/peers_tensorboard.py")
	workplace(t)
	works(t, "train", "--data", "pics", "--model", "vae", "--hidden", "9", "--latent", "3", "--epochs", "3", "--batch", "9", "--tensorboard", "logs", "--out", "runs/vae", "--quiet")
	works(t, "train", "--data", "pics", "--model", "conv", "--color", "rgb", "--epochs", "2", "--batch", "9", "--tensorboard", "logs", "--out", "runs/conv", "--lr", "0.003", "--quiet")

	found := accumulated(t, python, path, "logs/vae", "logs/conv", "logs/vae/steps")
	vae, conv, steps := found[0], found[1], found[2]
	wantTags(t, vae, 3, []string{"loss", "val_loss", "kl", "val_kl", "learning_rate", "gradient_norm", "images_per_second"},
		[]string{"code", "code/latent_1", "code/latent_2", "code/latent_3"})
	wantTags(t, conv, 2, []string{"loss", "val_loss", "learning_rate", "gradient_norm", "images_per_second"},
		[]string{"code", "code/channel_1", "code/channel_8"})
	wantSteps(t, "batch/loss", 12, steps.Scalars["batch/loss"])
	wantSteps(t, "batch/gradient_norm", 12, steps.Scalars["batch/gradient_norm"])
	for _, l := range []logged{vae, conv} {
		if l.Version != 2 || l.Ended != 1 || l.Descriptions["val_loss"] == "" {
			t.Errorf("version %v, end %d, descriptions %q", l.Version, l.Ended, l.Descriptions)
		}
	}
	if h := vae.Hparams; h["model"] != "vae" || h["data"] != "pics" || h["latent"] != 3.0 || h["lr"] != 0.001 || h["shuffle"] != true || h["hidden"] != "9" {
		t.Errorf("the settings of the vae are %v", h)
	}
	for _, fast := range []string{"true", "false"} {
		b := newBoard(t, python, path, "logs", fast)
		b.show(t, "conv", "val_loss", 2)
		b.show(t, "vae/steps", "batch/loss", 12)
		s := b.show(t, "vae", "val_loss", 3)
		wantLog(t, "vae, fast "+fast, vae, s.Runs["vae"])
		wantLog(t, "steps, fast "+fast, steps, s.Runs["vae/steps"])
		wantLog(t, "conv, fast "+fast, conv, s.Runs["conv"])
		if d := cmp.Diff([]float64{1, 2, 3}, s.Timeseries["vae"]["loss"]); d != "" {
			t.Errorf("time series: %s", d)
		}
		wantHparams(t, s)
	}
}

// wantTags checks that a log has scalars, histograms and reconstructions at each epoch.
func wantTags(t *testing.T, l logged, epochs int, scalars, histograms []string) {
	t.Helper()
	for _, tag := range scalars {
		wantSteps(t, tag, epochs, l.Scalars[tag])
	}
	if n := len(l.Images["reconstructions"]); n != epochs {
		t.Errorf("%d reconstructions, want %d", n, epochs)
	}
	for _, tag := range histograms {
		if n := len(l.Histograms[tag]); n != epochs {
			t.Errorf("%s: %d histograms, want %d", tag, n, epochs)
		}
	}
}

func wantSteps(t *testing.T, tag string, n int, points [][3]float64) {
	t.Helper()
	for i, p := range points {
		if p[0] != float64(i+1) || time.Since(time.UnixMilli(int64(p[2]*1000))).Abs() > time.Hour {
			t.Errorf("%s: point %d has step %v and time %v", tag, i+1, p[0], p[2])
		}
	}
	if len(points) != n {
		t.Errorf("%s: %d points, want %d", tag, len(points), n)
	}
}

// wantHparams checks that the HParams dashboard lists both runs, with the settings of both and with their
// metrics.
func wantHparams(t *testing.T, s shownLogs) {
	t.Helper()
	kinds := map[string]string{}
	for _, h := range s.Hparams.Experiment.HparamInfos {
		kinds[h.Name] = h.Type
	}
	for name, want := range map[string]string{"model": "DATA_TYPE_STRING", "latent": "DATA_TYPE_FLOAT64", "lr": "DATA_TYPE_FLOAT64", "shuffle": "DATA_TYPE_BOOL"} {
		if kinds[name] != want {
			t.Errorf("hparams: %s is a %q, want a %s", name, kinds[name], want)
		}
	}
	rates := map[string]any{}
	for _, g := range s.Hparams.Groups.SessionGroups {
		rates[g.Name] = g.Hparams["lr"]
		metrics := map[string]float64{}
		for _, m := range g.Sessions[0].MetricValues {
			metrics[strings.TrimPrefix(m.Name.Group+"/", "/")+m.Name.Tag] = m.Value
		}
		for _, name := range []string{"loss", "val_loss", "gradient_norm", "steps/batch/loss"} {
			points := s.Runs[g.Name].Scalars[name]
			if name == "steps/batch/loss" {
				points = s.Runs[g.Name+"/steps"].Scalars["batch/loss"]
			}
			if len(points) == 0 || metrics[name] != points[len(points)-1][1] {
				t.Errorf("hparams: %s of %s is %v, want the last of %v", name, g.Name, metrics[name], points)
			}
		}
		if g.Sessions[0].Status != "STATUS_SUCCESS" {
			t.Errorf("hparams: %s has ended with %q", g.Name, g.Sessions[0].Status)
		}
	}
	if d := cmp.Diff(map[string]any{"vae": 0.001, "conv": 0.003}, rates); d != "" {
		t.Errorf("hparams: the learning rates of the runs: %s", d)
	}
}

// A run is killed at random moments, while TensorBoard looks at its log, until it is done. Every reader
// finds what it finds in the log of a run that was never killed: event_accumulator, and the server with
// both of its readers, started before the first kill or after the last. TensorBoard 2.21 by itself shows
// superseded steps twice with load_fast=false, and its accumulator drops them only after a SessionLog START.
func TestPeersTensorBoardKilled(t *testing.T) {
	python, path := peers(t), testFile(t, "testdata/peers_tensorboard.py")
	workplace(t)
	pictures(t, "pics", 150, 12, 4)
	begin := time.Now()
	works(t, long("--out", "whole", "--tensorboard", "logs")...)
	took := time.Since(begin)
	live := map[string]*board{"true": newBoard(t, python, path, "logs", "true"), "false": newBoard(t, python, path, "logs", "false")}

	r := random.New(2, "kills")
	kills := 0
	for kill := true; kill; kills++ {
		cmd := program(t, long("--out", "killed", "--resume", "--tensorboard", "logs", "--save-every", "7ms")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		start, late := time.Now(), time.Duration(r.Float32()*float32(took)*float32(3+kills)/35)
		err, done := killAt(cmd, func() bool { return time.Since(start) > late })
		if _, errs := printed(t, cmd); done && (err != nil || unfit(errs, "note: ") != "") {
			t.Fatalf("after %d kills: %v, %s", kills, err, errs)
		}
		kill = !done
		time.Sleep(time.Duration(r.Float32() * float32(400*time.Millisecond))) // so that the readers see some of what is superseded
	}
	t.Logf("%d kills of a run of %v", kills-1, took)
	found := accumulated(t, python, path, "logs/whole", "logs/whole/steps", "logs/killed", "logs/killed/steps")
	epochs, steps := found[0], found[1]
	last := len(steps.Scalars["batch/loss"])
	if len(epochs.Scalars["loss"]) != 8 || last != 8*44 {
		t.Errorf("the log of the whole run has %d epochs and %d steps", len(epochs.Scalars["loss"]), last)
	}
	wantLog(t, "accumulator", epochs, found[2])
	wantLog(t, "accumulator of the steps", steps, found[3])
	for fast, b := range live {
		for when, b := range map[string]*board{"live": b, "afterwards": newBoard(t, python, path, "logs", fast)} {
			b.show(t, "killed/steps", "batch/loss", last)
			b.show(t, "killed", "loss", 8)
			time.Sleep(2 * time.Second) // until it has read all of the last epoch
			s := b.show(t, "killed", "images_per_second", 8)
			wantLog(t, when+", fast "+fast, epochs, s.Runs["killed"])
			wantLog(t, when+", steps, fast "+fast, steps, s.Runs["killed/steps"])
		}
	}
	if files, err := filepath.Glob("logs/killed/*gorgonae"); err != nil || len(files) == 0 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
