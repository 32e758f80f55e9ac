package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/train"
)

// trainFlags are the options of train.
type trainFlags struct {
	data, out         string
	model             autoencoder.Options
	epochs, batch     int
	lr, clip          float32
	schedule, loss    string
	patience          int
	seed              uint64
	shuffle           bool
	weights           string
	resume, overwrite bool
	quiet             bool
}

func newTrain() *cobra.Command {
	o := &trainFlags{}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train an autoencoder and draw its figures",
		Long: "train fits the tutorial's autoencoder, 784-300-2-300-784, to a data set and leaves in a folder the model, a\n" +
			"checkpoint, the history and four figures. Ctrl-C ends after the present step and saves; --resume goes on, and ends\n" +
			"with the same bits as a run that was never interrupted.\n\n" + dataHelp,
		Example: "  gorgonae train\n" +
			"  gorgonae train --data handwriting --epochs 5 --out runs/try --resume   # can be repeated until it is done\n" +
			"  gorgonae train --hidden 500,100 --latent 10 --activation gelu --schedule cosine:warmup=200 --epochs 40\n" +
			"  gorgonae train --data ~/pictures/faces --loss bce",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.data, "data", "", "data set: mnist, handwriting or a folder (see above)")
	f.StringVar(&o.out, "out", "", "folder for the results (default runs/<model>-<data>, numbered when taken; with --resume the newest)")
	f.IntVar(&o.epochs, "epochs", 20, "passes over the training images")
	f.IntVar(&o.batch, "batch", 256, "images a step")
	f.Float32Var(&o.lr, "lr", 5e-4, "learning rate of Adam")
	f.StringVar(&o.schedule, "schedule", "constant", "of the learning rate: constant, cosine, or cosine:warmup=N with N steps")
	f.Float32Var(&o.clip, "clip", 0, "bound on the norm of all gradients together (default none)")
	f.IntVar(&o.patience, "patience", 0, "end after so many epochs without a lower val_loss, keeping the last weights (default never)")
	f.Uint64Var(&o.seed, "seed", 1, "everything random follows from it")
	f.BoolVar(&o.shuffle, "shuffle", true, "a new order of the images each epoch")
	modelFlags(f, &o.model)
	f.StringVar(&o.loss, "loss", "mse", "mse, mae or bce; with bce the decoder ends in Sigmoid")
	f.StringVar(&o.weights, "weights", "", "start from the weights in this safetensors file instead of random ones")
	f.BoolVar(&o.resume, "resume", false, "go on with the run in the folder, or begin it where there is none yet")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace the run in the folder")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but warnings and errors")
	cmd.MarkFlagsMutuallyExclusive("resume", "overwrite")
	return cmd
}

func (o *trainFlags) check() error {
	switch {
	case o.epochs < 1:
		return errors.Errorf("--epochs %d, want at least 1", o.epochs)
	case o.batch < 1:
		return errors.Errorf("--batch %d, want at least 1", o.batch)
	}
	return nil
}

func (o *trainFlags) run(cmd *cobra.Command) error {
	if err := o.check(); err != nil {
		return err
	}
	loss, err := train.ParseLoss(o.loss)
	if err != nil {
		return err
	}
	schedule, err := train.ParseSchedule(o.schedule)
	if err != nil {
		return err
	}
	data, err := openData(cmd.Context(), o.data, o.quiet)
	if err != nil {
		return err
	}
	ae, err := buildModel(o.model, data.Train.Height*data.Train.Width, loss)
	if err != nil {
		return err
	}
	start, err := o.initialise(ae)
	if err != nil {
		return err
	}
	t, err := train.Compile(ae.Model, loss, train.NewAdam(o.lr), train.Config{Batch: o.batch, InOrder: !o.shuffle, Seed: o.seed,
		Schedule: schedule, Clip: o.clip, Patience: o.patience, Start: start})
	if err != nil {
		return err
	}
	dir, err := openFolder(o.out, "runs/tutorial-"+safeName(data.Name()), o.resume, o.overwrite)
	if err != nil {
		return err
	}
	if dir.resumed {
		if err := t.Resume(dir.file(checkpointName)); err != nil {
			return err
		}
	}
	r := &trainRun{trainFlags: o, dir: dir, data: data, ae: ae, trainer: t, lossName: o.loss}
	return r.run(cmd)
}

// initialise gives the model its first weights and says where they came from.
func (o *trainFlags) initialise(ae *autoencoder.Autoencoder) (start string, err error) {
	if o.weights == "" {
		return "random weights", ae.Model.Init(o.seed)
	}
	if err := ae.Model.LoadWeights(o.weights); err != nil {
		return "", err
	}
	text, err := os.ReadFile(o.weights)
	return fmt.Sprintf("weights with SHA-256 %x", sha256.Sum256(text)), errors.WithStack(err)
}

// safeName makes the name of a data set part of a file's name.
func safeName(name string) string {
	return strings.NewReplacer("/", "_", "\\", "_", " ", "_").Replace(name)
}

// trainRun is a run that is about to begin or to go on.
type trainRun struct {
	*trainFlags
	dir      folder
	data     *mnist.Data
	ae       *autoencoder.Autoencoder
	trainer  *train.Trainer
	lossName string
	trained  bool // was there anything left to train when it began
}

func (r *trainRun) run(cmd *cobra.Command) error {
	about, err := describeData(r.data.Train)
	if err != nil {
		return err
	}
	meta := map[string]string{dataKey: about}
	done := len(r.trainer.History().Epochs)
	p := newProgress(r.quiet, done, r.epochs)
	if !r.quiet {
		if err := r.introduce(cmd, done); err != nil {
			return err
		}
	}
	history, err := r.trainer.Fit(cmd.Context(), r.data.Train, r.data.Test, r.epochs, train.Hooks{
		Begin: func() error { return r.begin(meta) },
		Step:  p.step,
		Epoch: func(e train.Epoch) error {
			p.epoch(e)
			return r.dir.save(r.trainer, meta)
		},
	})
	if cmd.Context().Err() != nil && errors.Is(err, cmd.Context().Err()) {
		p.clear()
		if err := r.dir.save(r.trainer, meta); err != nil {
			return errors.WithMessage(err, "stopped, and the run could not be saved")
		}
		p.say("saved in %s; go on with --resume", r.dir.path)
		return cmd.Context().Err()
	}
	if err != nil {
		p.clear()
		return err
	}
	if len(history.Epochs) < r.epochs {
		p.say("no lower val_loss for %d epochs: ended after epoch %d", r.patience, len(history.Epochs))
	}
	return r.draw(cmd.Context(), p, history)
}

// begin makes the folder show this run and no other, before anything is trained: a folder that cannot be written
// should not be found out after an epoch.
func (r *trainRun) begin(meta map[string]string) error {
	r.trained = !r.trainer.Done(r.epochs)
	if r.trained {
		if err := r.dir.sweep(); err != nil {
			return err
		}
	}
	if r.dir.resumed {
		return r.dir.derive(r.trainer, meta) // a kill may have come between the checkpoint and what follows from it
	}
	return r.dir.save(r.trainer, meta)
}

func (r *trainRun) introduce(cmd *cobra.Command, done int) error {
	if err := printSummaries(cmd, parts(r.ae)); err != nil {
		return err
	}
	from := ""
	if done > 0 {
		from = fmt.Sprintf(", going on after epoch %d", done)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%s: %d training and %d test images, %s\nresults in %s%s\n", r.data.Name(),
		r.data.Train.Len(), r.data.Test.Len(), r.data.Source, r.dir.path, from)
	return err
}

// draw draws the figures: all after training, else those that are missing.
func (r *trainRun) draw(ctx context.Context, p *progress, history train.History) error {
	f := &figures{ae: r.ae, data: r.data, history: history, loss: r.lossName, seed: r.seed, dir: r.dir.path, format: figure.PNG, missing: !r.trained}
	drawn, err := f.draw(ctx)
	if err != nil {
		return err
	}
	p.say("%s holds %s, %s, %s%s", r.dir.path, modelName, checkpointName, historyName, list(drawn))
	return nil
}

func list(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ", " + strings.Join(names, ", ")
}
