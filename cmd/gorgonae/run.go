package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/train"
)

// trainRun is a run that is about to begin or to go on.
type trainRun struct {
	*trainFlags
	dir      folder
	data     *dataset.Data
	examples train.Dataset // of data, to train on
	ae       *autoencoder.Autoencoder
	trainer  *train.Trainer
	trained  bool // was there anything left to train when it began
}

func (r *trainRun) run(cmd *cobra.Command) error {
	about, err := describeData(r.data, r.model.training.Augmentation.Binarize.String())
	if err != nil {
		return err
	}
	meta := map[string]string{dataKey: about}
	p := newProgress(r.quiet, len(r.trainer.History().Epochs), r.model.training.Epochs)
	history, err := r.trainer.Fit(cmd.Context(), r.examples, r.data.Test, r.model.training.Epochs, train.Hooks{
		Begin: func() error { return r.begin(cmd, meta) },
		Step:  p.step,
		Epoch: func(e train.Epoch) error {
			p.epoch(e)
			return r.dir.save(r.trainer, meta)
		},
	})
	p.clear()
	switch {
	case stopped(cmd.Context(), err):
		if err := r.dir.save(r.trainer, meta); err != nil {
			return errors.WithMessage(err, "stopped, and the run could not be saved")
		}
	case err != nil:
		return err
	default:
		if len(history.Epochs) < r.model.training.Epochs {
			p.say("no lower val_loss for %d epochs: ended after epoch %d", r.patience, len(history.Epochs))
		}
		err = r.draw(cmd.Context(), p, history)
	}
	if stopped(cmd.Context(), err) {
		p.say("saved in %s; go on with --resume", r.dir.path)
	}
	return err
}

// stopped reports whether err is that the program was asked to stop.
func stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

// begin makes the folder show this run and no other, before anything is trained: a folder that cannot be written
// should not be found out after an epoch.
func (r *trainRun) begin(cmd *cobra.Command, meta map[string]string) error {
	if err := r.dir.sweepHalves(); err != nil {
		return err
	}
	write := r.dir.save
	if r.dir.resumed {
		write = r.dir.derive // a kill may have come between the checkpoint and what follows from it
	}
	if err := write(r.trainer, meta); err != nil {
		return err
	}
	if r.trained = !r.trainer.Done(r.model.training.Epochs); r.trained {
		if err := r.dir.sweepFigures(); err != nil {
			return err
		}
	}
	if r.quiet {
		return nil
	}
	return r.introduce(cmd, len(r.trainer.History().Epochs))
}

func (r *trainRun) introduce(cmd *cobra.Command, done int) error {
	if err := printSummaries(cmd, r.ae.Model); err != nil {
		return err
	}
	from := ""
	if done > 0 {
		from = fmt.Sprintf(", going on after epoch %d", done)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%s: %d training and %d test images, %s\nresults in %s%s\n", r.data.Name,
		r.data.Train.Len(), r.data.Test.Len(), r.data.Source, r.dir.path, from)
	return err
}

// draw draws the figures: all after training, else those that are missing.
func (r *trainRun) draw(ctx context.Context, p *progress, history train.History) error {
	f := &figures{ae: r.ae, data: r.data, history: history, loss: r.trainer.Loss(), trained: about(r.data.Name, r.ae), seed: r.seed, dir: r.dir.path,
		format: figure.PNG, missing: !r.trained}
	drawn, err := f.draw(ctx)
	if err != nil {
		return err
	}
	p.say("%s holds %s", r.dir.path, strings.Join(append([]string{modelName, checkpointName, historyName}, drawn...), ", "))
	return nil
}
