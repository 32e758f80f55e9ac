package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// The help describes each architecture and lists all its default settings.
func TestModelsInHelp(t *testing.T) {
	shared := sharedDefaults()
	trainHelp, summaryHelp := works(t, "train", "-h"), works(t, "summary", "-h")
	for _, a := range autoencoder.Architectures() {
		for _, help := range []string{trainHelp, summaryHelp} {
			if want := fmt.Sprintf("\n  %-13s %s\n", a.Name, a.About); !strings.Contains(help, want) {
				t.Errorf("the help lacks %q: %s", want, help)
			}
		}
		_, lines, _ := strings.Cut(trainHelp, a.About)
		for _, f := range append(autoencoder.Fields(a.New()), a.Training.Fields()...) {
			if f.Flag == "" || shared[f.Flag] != "" {
				continue
			}
			if want := fmt.Sprintf(" --%s %s", f.Flag, f); !strings.Contains(strings.ReplaceAll(lines, "\n", " ")+" ", want+" ") {
				t.Errorf("the help of %s lacks%s", a.Name, want)
			}
		}
	}
	if strings.Contains(summaryHelp, "--epochs") {
		t.Error("summary -h lists --epochs, which summary does not have")
	}
}

// Making the commands, which every start of the program does, takes little: the fields of the architectures, of
// which each costs many allocations, are not listed again for each flag.
func TestStart(t *testing.T) {
	const most = 30_000 // 8,000 today, 134,000 with a list for each flag
	if n := testing.AllocsPerRun(1, func() { newRoot() }); n > most {
		t.Errorf("the commands are made with %.0f allocations, want at most %d", n, most)
	} else {
		t.Logf("%.0f allocations", n)
	}
}

// checkSettings checks that a run was trained with some settings.
func checkSettings(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	m, err := run.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := train.ReadSettings(m.Meta)
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s: the setting %s is %q, want %q", dir, key, got[key], value)
		}
	}
}

// Each architecture is trained with its own settings, except those that flags change. All commands
// accept the result.
func TestArchitectures(t *testing.T) {
	slow(t)
	workplace(t)
	for _, a := range autoencoder.Architectures() {
		args := []string{"train", "--data", "pics", "--model", a.Name, "--epochs", "1", "--batch", "8"}
		if a.Lacks("hidden") == "" {
			args = append(args, "--hidden", "8")
		}
		works(t, args...)
		dir := "runs/" + a.Name + "-pics"
		checkRun(t, dir, 1)
		checkSettings(t, dir, map[string]string{"loss": autoencoder.Loss(a.New(), a.Training.Loss).String(), "learning rate": fmt.Sprint(a.Training.Optimizer.Rate()), "batch": "8"})
		works(t, "evaluate", dir, "--data", "pics")
		works(t, "encode", dir, "--data", "pics", "--out", a.Name+".npy")
		works(t, "decode", dir, a.Name+".npy", "--out", a.Name)
		if n := len(names(t, a.Name)); n != 4 {
			t.Errorf("%s: %d images were decoded, want 4", a.Name, n)
		}
		works(t, "figures", dir, "--data", "pics", "--svg")
		works(t, "compress", dir, "pics", "-o", a.Name+".gae", "--effort", "0")
		works(t, "verify", a.Name+".gae")
		works(t, "summary", dir)
		works(t, append(args, "--resume")...)
	}
}

// For a variational autoencoder, evaluate prints the last validation loss, because it uses the same
// binarized pixels and the same samples.
func TestEvaluateVAE(t *testing.T) {
	slow(t)
	workplace(t)
	for _, binarize := range []string{"threshold", "stochastic"} {
		works(t, "train", "--data", "pics", "--model", "vae", "--hidden", "8", "--latent", "2", "--epochs", "2", "--batch", "3",
			"--binarize", binarize, "--out", binarize)
		last := checkRun(t, binarize, 2).Epochs[1]
		out := works(t, "evaluate", binarize, "--data", "pics")
		for _, want := range []string{
			fmt.Sprintf("loss           %.5f  binary cross-entropy in nats per image, with kl\n", last.ValLoss),
			fmt.Sprintf("kl             %.5f   term of the loss\n", last.ValTerms[0]),
		} {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.TrimSpace(strings.Join(strings.Fields(want), " "))) {
				t.Errorf("evaluate does not print %q: %s", want, out)
			}
		}
		m, err := run.Read(binarize)
		if err != nil || m.Binarize.String() != binarize {
			t.Errorf("the file says that it binarizes by %v, want %s (%v)", m.Binarize, binarize, err)
		}
	}
}

// For a codec, evaluate prints the bits of the last validation. --lambda weighs the loss, so that a
// run cannot be resumed with another.
func TestEvaluateCodec(t *testing.T) {
	slow(t)
	workplace(t)
	for _, prior := range []string{"factorized", "conditional"} {
		args := []string{"train", "--data", "pics", "--model", "codec", "--hidden", "8", "--decoder", "6,7", "--latent", "3", "--prior", prior,
			"--lambda", "20", "--epochs", "2", "--batch", "3", "--out", prior}
		works(t, args...)
		h := checkRun(t, prior, 2)
		last := h.Epochs[1]
		if len(h.Terms) != 1 || h.Terms[0] != "bits" || !(last.ValTerms[0] > 0 && last.ValTerms[0] < last.ValLoss) {
			t.Errorf("%s: the history has the terms %v, with %v of %v", prior, h.Terms, last.ValTerms, last.ValLoss)
		}
		out := strings.Join(strings.Fields(works(t, "evaluate", prior, "--data", "pics")), " ")
		for _, want := range []string{
			fmt.Sprintf("loss %.5f 20 × squared error per image, with bits", last.ValLoss),
			fmt.Sprintf("bits %.5f term of the loss", last.ValTerms[0]),
		} {
			if !strings.Contains(out, want) {
				t.Errorf("evaluate does not print %q: %s", want, out)
			}
		}
		refused(t, []string{"want loss 20*mse:sum as when the run began, got 30*mse:sum"}, append(args, "--resume", "--lambda", "30")...)
	}
}
