package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/report/tensorboard"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// trainFlags are the flags of train.
type trainFlags struct {
	settingFlags
	data     string
	pictures pictureFlags
	patch    string
	read     dataset.Reading // how the data were read
	weights  string
	partial  bool
	every    time.Duration
	place    run.Place
	quiet    bool
	log      string // the folder of TensorBoard's logs
	profiles profiles
	team     *team // the processes that train together; nil: this one alone
}

func newTrain() *cobra.Command {
	o := &trainFlags{}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train an autoencoder and draw its figures",
		Long: "train trains an autoencoder on a data set. It writes the model, a checkpoint, the history, four figures, and a page that\n" +
			"shows them all, report.html, into a folder. Ctrl-C stops the run after the current step and saves it. --resume continues a\n" +
			"run. A run that was interrupted and resumed ends with the same bits as a run that was not interrupted. The last line has the\n" +
			"model's error on the test images beside those of answers that need no such training: the mean of the training images, and\n" +
			"their principal components (PCA), as many as a code has numbers, for images of up to 1,024 numbers. A warning says what shows\n" +
			"that a model is worth nothing.\n\n" + tensorBoardHelp + dataHelp() + pictureHelp + patchHelp + dataDefault,
		Example: "  gorgonae train\n" +
			"  gorgonae train --data handwriting --epochs 5 --out runs/try --resume   # repeat it until the run is complete\n" +
			"  gorgonae train --model deep\n" +
			"  gorgonae train --data handwriting --tensorboard logs   # and: tensorboard --logdir logs\n" +
			"  gorgonae train --hidden 500,100 --latent 10 --activation gelu --schedule cosine:warmup=200 --epochs 40\n" +
			"  gorgonae train --data ~/pictures/faces --loss bce\n" +
			"  gorgonae train --data ~/photos --model conv --patch 64x64",
		Args: arguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.together(cmd)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.addModel(f)
	o.addTraining(f, "loss")
	f.StringVar(&o.data, "data", "", dataFlag())
	o.pictures.add(f)
	f.StringVar(&o.patch, "patch", "", "train on random crops of HEIGHTxWIDTH, as 64x64, of pictures of any size")
	f.StringVar(&o.place.Dir, "out", "", "folder for the results (default: runs/<model>-<data>, numbered if taken; with --resume the newest)")
	o.addTraining(f, "epochs", "batch", "shards", "lr", "optimizer", "schedule", "clip", "patience", "restore-best", "seed", "shuffle", "augment", "binarize")
	f.StringVar(&o.weights, "weights", "", "initial weights: a safetensors file or the folder of a run (default: random)")
	f.BoolVar(&o.partial, "partial", false, "with --weights: take those that fit, and list the others")
	f.BoolVar(&o.place.Resume, "resume", false, "continue the run in the folder, with its settings, or begin a run if there is none")
	f.BoolVar(&o.place.Overwrite, "overwrite", false, "replace the run in the folder")
	f.DurationVar(&o.every, "save-every", 5*time.Minute, "save the checkpoint within epochs that take longer than this (0: never)")
	f.StringVar(&o.log, "tensorboard", "", "write a log for TensorBoard into this folder (see above); with --resume the run's, or none")
	f.BoolVar(&o.quiet, "quiet", false, "print only warnings and errors")
	o.profiles.flags(f)
	cmd.Long += "\n\n" + o.help(f)
	return cmd
}

// decide returns the settings of the run. It checks them before data are read or downloaded.
func (o *trainFlags) decide(cmd *cobra.Command) (s run.Settings, err error) {
	if o.place.Resume && o.place.Overwrite {
		return s, errors.New("want at most one of --resume and --overwrite, got both")
	}
	if o.partial && o.weights == "" {
		return s, errors.New("--partial: want --weights as well, got none")
	}
	if o.every < 0 {
		return s, errors.Errorf("--save-every: want 0 or more, got %v", o.every)
	}
	if s, err = o.settingsOf(cmd); err != nil {
		return s, err
	}
	s.Weights, s.Partial = o.weights, o.partial
	printNotes(idleFlags(cmd.Flags(), &s))
	if a, err := filepath.Abs(o.data); err == nil && o.data != "" && o.place.Dir != "" {
		if b, err := filepath.Abs(o.place.Dir); err == nil && a == b {
			return s, errors.Errorf("want a folder for the results beside the data, got --out %s, which is the data: its figures would become pictures of it", o.place.Dir)
		}
	}
	if err := o.place.Check(); err != nil {
		return s, inFlags(&s, err)
	}
	return s, o.team.check(&s)
}

// run trains. The first process of a team decides on the settings, since it alone needs to see the folders of the
// run and of the initial weights.
func (o *trainFlags) run(cmd *cobra.Command) (err error) {
	var settings run.Settings
	if o.team.leads() {
		settings, err = o.decide(cmd)
	}
	if err := o.team.agree(err); err != nil {
		return err
	}
	if err := o.tellSettings(&settings); err != nil {
		return err
	}
	data, err := o.open(cmd.Context(), settings)
	if err := o.team.agree(err); err != nil {
		return err
	}
	o.read, o.place.Workers = data.Reading, o.team.workers()
	r, err := run.New(data, settings, o.place)
	if err != nil {
		return o.wayOut(&settings, o.place.Dir, inFlags(&settings, err))
	}
	defer func() {
		if err != nil {
			r.Discard()
		}
	}()
	if len(r.Unfit) > 0 {
		printNotes([]string{fmt.Sprintf("%s of %s do not fit and keep their first values: %s", plural(len(r.Unfit), "weight"), o.weights, strings.Join(r.Unfit, "; "))})
	}
	return o.wayOut(&settings, r.Dir(), o.train(cmd, r))
}

// train trains a run and draws its figures.
func (o *trainFlags) train(cmd *cobra.Command, r *run.Run) error {
	if !o.team.leads() {
		_, err := r.Train(cmd.Context(), run.Hooks{})
		return err
	}
	epochs := r.Settings.Training.Epochs
	p := newProgress(o.quiet, len(r.Trainer.History().Epochs), epochs)
	f := newFitness(r)
	log, err := o.openLog(r)
	if err != nil {
		return err
	}
	hooks := run.Hooks{
		Begin: func() error {
			if o.quiet {
				return nil
			}
			return introduce(cmd, r, log)
		},
		Step: p.step,
		Epoch: func(e train.Epoch) {
			p.epoch(e)
			f.epoch(cmd.Context(), e)
		},
		Warn:      p.warn,
		SaveEvery: o.every,
	}
	if log != nil {
		hooks = log.Hooks(cmd.Context(), hooks)
	}
	history, err := r.Train(cmd.Context(), hooks)
	p.clear()
	if log != nil {
		if err := log.Close(err); err != nil {
			warn("%v", err)
		}
	}
	unwritten := (*run.UnwrittenError)(nil)
	if err == nil || errors.As(err, &unwritten) {
		if len(history.Epochs) < epochs {
			p.say("no lower val_loss for %d epochs: stopped after epoch %d", r.Settings.Patience, len(history.Epochs))
		}
		figures := report.Of(r)
		if other := draw(cmd.Context(), p, r, figures); other != nil {
			err = other
		}
		if err == nil && r.Trained() {
			err = f.end(cmd.Context(), p, figures)
		}
	}
	if run.Stopped(cmd.Context(), err) {
		p.say("saved in %s: continue with --resume", r.Dir())
		showStopped(cmd.Context(), r)
	}
	return inFlags(&r.Settings, err)
}

// introduce prints the model, the data, the folder and that of the log, if there is one.
func introduce(cmd *cobra.Command, r *run.Run, log *tensorboard.Log) error {
	if err := printSummaries(cmd, r.Autoencoder.Model); err != nil {
		return err
	}
	colour, from := "", ""
	if r.Data.Train.Size().Channels > 1 {
		colour = " in colour"
	}
	if done := len(r.Trainer.History().Epochs); done > 0 {
		from = fmt.Sprintf(", continued after epoch %d", done)
	}
	logged := ""
	if log != nil {
		logged = ", TensorBoard log in " + log.Dir()
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "\n%s: %d training and %d test images%s, %s\nresults in %s%s%s\n", r.Data.Name,
		r.Data.Train.Len(), r.Data.Test.Len(), colour, r.Data.Source, r.Dir(), from, logged)
	return err
}

// showStopped writes the page of a run that was stopped while it trained: of a sample of the images, so that
// the program ends soon. A second signal kills the program, and loses nothing but the page.
func showStopped(ctx context.Context, r *run.Run) {
	if !r.Trained() {
		return
	}
	if err := report.Of(r).Sampled().WriteReport(context.WithoutCancel(ctx), r.Dir()); err != nil {
		printNotes([]string{fmt.Sprintf("%s is not written: %v", run.ReportName, err)})
	}
}

// draw draws all figures after a training, else only those that are missing.
func draw(ctx context.Context, p *progress, r *run.Run, figures *report.Figures) error {
	drawn, err := figures.Draw(ctx, r.Dir(), figure.PNG, !r.Trained())
	var there []string
	for _, name := range append([]string{run.ModelName, run.CheckpointName, run.HistoryName, run.BestName}, drawn...) {
		if info, err := os.Stat(filepath.Join(r.Dir(), name)); err == nil && info.Mode().IsRegular() {
			there = append(there, name)
		}
	}
	p.say("%s holds %s", r.Dir(), strings.Join(there, ", "))
	return err
}
