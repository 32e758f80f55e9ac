package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/run"
)

func TestHelp(t *testing.T) {
	alone := works(t)
	if help := works(t, "help"); help != alone || works(t, "-h") != alone {
		t.Errorf("gorgonae alone, with help and with -h print different texts: %q, %q", alone, help)
	}
	for _, c := range newRoot().Commands() {
		if !c.Hidden && !strings.Contains(alone, fmt.Sprintf("\n  %-11s %s\n", c.Name(), c.Short)) {
			t.Errorf("gorgonae does not list %s", c.Name())
		}
		checkHelp(t, c)
	}
	if strings.Contains(alone, "completion") {
		t.Error("gorgonae lists cobra's completion")
	}
}

// checkHelp checks that the help of a command has an example, explains each flag, and has no line
// that is too long for a screen.
func checkHelp(t *testing.T, c *cobra.Command) {
	t.Helper()
	help := works(t, c.Name(), "-h")
	c.InitDefaultHelpFlag()
	if again := works(t, "help", c.Name()); again != help {
		t.Errorf("help %s prints another text than %s -h", c.Name(), c.Name())
	}
	if !strings.Contains(help, "\nExamples:\n  gorgonae "+c.Name()) {
		t.Errorf("%s -h has no example", c.Name())
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		_, after, found := strings.Cut(help, "\n      --"+f.Name+" ") // the list of models has flags further to the right
		if f.Shorthand != "" {
			_, after, found = strings.Cut(help, "-"+f.Shorthand+", --"+f.Name+" ")
		}
		line, _, _ := strings.Cut(after, "\n")
		if !found || len(strings.Fields(line)) < 3 {
			t.Errorf("%s -h does not explain --%s", c.Name(), f.Name)
		}
	})
	for line := range strings.Lines(help) {
		if len(line) > 135 {
			t.Errorf("%s -h has a line of %d columns: %s", c.Name(), len(line), line)
		}
	}
}

func TestVersion(t *testing.T) {
	out := works(t, "version")
	for _, want := range []string{"gorgonae ", runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH} {
		if !strings.Contains(out, want) || strings.Count(out, "\n") != 1 {
			t.Errorf("version prints %q, want one line with %q", out, want)
		}
	}
}

func TestWrongCommandLine(t *testing.T) {
	workplace(t)
	for _, c := range []struct{ args, want string }{
		{"trian", "did you mean train?"},
		{"nosuch", `"nosuch"`},
		{"help nosuch", `"nosuch"`},
		{"help train nosuch", `"train nosuch"`},
		{"--nosuch", "--nosuch"},
		{"train pics", `"pics" is one argument too many`},
		{"train --shuffle false", `"false" is one argument too many`},
		{"train --nosuch", "unknown flag: --nosuch (gorgonae train -h lists the flags)"},
		{"train -x", "'x'"},
		{"train --epochs", "--epochs"},
		{"train --epochs abc", `--epochs: want a whole number, got "abc"`},
		{"train --epochs 1e3", `--epochs: want a whole number, got "1e3"`},
		{"train --epochs 99999999999999999999", `--epochs: want a whole number, got "99999999999999999999"`},
		{"train --lr fast", `--lr: want a number, got "fast"`},
		{"train --seed -1", `--seed: want a whole number of 0 or more, got "-1"`},
		{"train --hidden 3,x", `--hidden: want whole numbers with commas between them, got "3,x"`},
		{"train --hidden=", `--hidden: want whole numbers with commas between them, got ""`},
		{"train --shuffle=perhaps", `--shuffle: want true or false, got "perhaps"`},
		{"train --resume --overwrite", "--overwrite"},
		{"summary a b", `"b" is one argument too many`},
		{"evaluate", "MODEL is missing: gorgonae evaluate MODEL"},
		{"evaluate a b", `"b" is one argument too many: gorgonae evaluate MODEL; --data names the data set`},
		{"encode", "MODEL is missing"},
		{"encode a b", `"b" is one argument too many: gorgonae encode MODEL; --images names your own images, --data a data set`},
		{"encode model --images x --data y", "--images"},
		{"encode model --images x --split train", "--images"},
		{"decode", "MODEL is missing"},
		{"decode model", "CODES.npy is missing: gorgonae decode MODEL"},
		{"decode a b c", `"c" is one argument too many`},
		{"figures", "MODEL is missing"},
		{"data a b", `"b" is one argument too many`},
		{"version 2", `"2" is one argument too many`},
	} {
		refused(t, []string{c.want}, strings.Fields(c.args)...)
	}
}

// Errors in flags are reported before data are read. Here the data do not exist.
func TestWrongOptions(t *testing.T) {
	workplace(t)
	for _, c := range []struct{ args, want string }{
		{"--epochs 0", "--epochs: want at least 1, got 0"},
		{"--epochs -1", "--epochs: want at least 1, got -1"},
		{"--batch 0", "--batch: want at least 1, got 0"},
		{"--batch -5", "--batch: want at least 1, got -5"},
		{"--latent 0", "--latent: want at least 1, got 0"},
		{"--latent -2", "--latent: want at least 1, got -2"},
		{"--latent 2000000000", "2000000000"},
		{"--hidden 0", "--hidden: want one or more widths of at least 1, got [0]"},
		{"--hidden 20,-3", "[20 -3]"},
		{"--activation step", `--activation: want one of elu, gelu, leakyrelu, linear, relu, sigmoid, silu, softplus, tanh, got "step"`},
		{"--slope 0", "--slope: want a number above 0, got 0"},
		{"--slope nan", "--slope: want a number above 0, got NaN"},
		{"--slope inf", "--slope: want a number above 0, got +Inf"},
		{"--dropout 1", "--dropout: want a share of 0 or more and less than 1, got 1"},
		{"--dropout -0.1", "--dropout: want a share of 0 or more and less than 1, got -0.1"},
		{"--dropout nan", "--dropout: want a share of 0 or more and less than 1, got NaN"},
		{"--lr 0", "want a learning rate above 0, got 0"},
		{"--lr -1", "want a learning rate above 0, got -1"},
		{"--lr nan", "want a learning rate above 0, got NaN"},
		{"--lr inf", "want a learning rate above 0, got +Inf"},
		{"--clip -1", "a clip above 0, or 0 for none, got -1"},
		{"--clip nan", "a clip above 0, or 0 for none, got NaN"},
		{"--patience -1", "a patience of at least 1 epoch, or 0 for none, got -1"},
		{"--schedule linear", `"linear"`},
		{"--schedule step:every=0,by=0.5", "step:every=N,by=F"},
		{"--optimizer adagrad", `want an optimizer adam, adamw:decay=F, sgd, sgd:momentum=F or sgd:momentum=F,nesterov, got "adagrad"`},
		{"--optimizer sgd:momentum=1", "want a momentum of at least 0 and less than 1, got sgd(momentum=1)"},
		{"--schedule cosine:warmup=-1", "cosine:warmup=N"},
		{"--schedule cosine:warmup=", "cosine:warmup=N"},
		{"--loss hinge", `"hinge"`},
		{"--augment shift", `--augment: want none, or shift=N`},
		{"--model denoising --noise 0", "--noise: want a number above 0, got 0"},
		{"--model vae --kl 0", "--kl: want a number above 0, got 0"},
		{"--binarize half", `--binarize: want one of none, threshold, stochastic, got "half"`},
		{"--noise 1", "tutorial has no --noise: it belongs to denoising"},
		{"--model deep --kl 2", "deep has no --kl: it belongs to vae"},
		{"--model vae --kl -1", "--kl: want a number above 0, got -1"},
		{"--model codec --lambda 0", "--lambda: want a number above 0, got 0"},
		{"--model codec --prior none", `--prior: want factorized or conditional, got "none"`},
		{"--model codec --decoder 0", "--decoder: want one or more widths of at least 1, got [0]"},
		{"--lambda 3", "tutorial has no --lambda: it belongs to codec"},
		{"--augment shift=0", `"shift=0"`},
		{"--model nosuch", `--model: unknown model "nosuch", want one of tutorial, deep, `},
		{"--output step", `--output: want one of elu, `},
		{"--model conv --hidden 8", "conv has no --hidden: the widths of its layers are fixed"},
		{"--model conv --latent 8", "conv has no --latent: the size of its code follows from the image's"},
		{"--model conv --dropout 0.1", "conv has no --dropout: it belongs to tutorial, deep, denoising, vae, codec"},
		{"--loss bce --output tanh", "end the model in Sigmoid"},
		{"--model deep --latent 0", "--latent: want at least 1, got 0"},
		{"--model deep --epochs 0", "--epochs: want at least 1, got 0"},
	} {
		refused(t, []string{c.want}, append([]string{"train", "--data", "no-such-data"}, strings.Fields(c.args)...)...)
	}
	refused(t, []string{"want a shift of 0 to 8 pixels, the longer side of an image, got 9"}, quick("--augment", "shift=9")...)
	refused(t, []string{"--latent: want at least 1, got 0"}, "summary", "--latent", "0")
	refused(t, []string{`"hinge"`}, "summary", "--loss", "hinge")
	if left := names(t, "."); len(left) != 1 {
		t.Errorf("refused commands left %q", left)
	}
}

// If the user stops the program while it reads or draws data, it stops at once.
func TestStoppedWithData(t *testing.T) {
	workplace(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := openData(ctx, dataset.Options{Data: "pics"}, true); !run.Stopped(ctx, err) {
		t.Errorf("want the error of a stopped program, got %v", err)
	}
}
