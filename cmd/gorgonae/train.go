package main

import (
	"os"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// trainFlags are the options of train.
type trainFlags struct {
	data, out         string
	model             modelFlags
	clip              float32
	patience          int
	seed              uint64
	shuffle           bool
	weights           string
	resume, overwrite bool
	quiet             bool
	profiles          profiles
}

func newTrain() *cobra.Command {
	o := &trainFlags{}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train an autoencoder and draw its figures",
		Long: "train fits an autoencoder to a data set and leaves in a folder the model, a checkpoint, the history and four\n" +
			"figures. Ctrl-C ends after the present step and saves; --resume goes on, and ends with the same bits as a run that\n" +
			"was never interrupted.\n\n" + dataHelp + dataDefault,
		Example: "  gorgonae train\n" +
			"  gorgonae train --data handwriting --epochs 5 --out runs/try --resume   # can be repeated until it is done\n" +
			"  gorgonae train --model deep\n" +
			"  gorgonae train --hidden 500,100 --latent 10 --activation gelu --schedule cosine:warmup=200 --epochs 40\n" +
			"  gorgonae train --data ~/pictures/faces --loss bce",
		Args: arguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.profiles.record(func() error { return o.run(cmd) })
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.model.add(f)
	o.model.addTraining(f, "loss")
	f.StringVar(&o.data, "data", "", dataFlag)
	f.StringVar(&o.out, "out", "", "folder for the results (default runs/<model>-<data>, numbered when taken; with --resume the newest)")
	o.model.addTraining(f, "epochs", "batch", "lr", "optimizer", "schedule")
	f.Float32Var(&o.clip, "clip", 0, "bound on the norm of all gradients together (default none)")
	f.IntVar(&o.patience, "patience", 0, "end after so many epochs without a lower val_loss, keeping the last weights (default never)")
	f.Uint64Var(&o.seed, "seed", 1, "everything random follows from it")
	f.BoolVar(&o.shuffle, "shuffle", true, "a new order of the images each epoch")
	o.model.addTraining(f, "augment", "binarize")
	f.StringVar(&o.weights, "weights", "", "start from the weights in this safetensors file instead of random ones")
	f.BoolVar(&o.resume, "resume", false, "go on with the run in the folder, or begin it where there is none yet")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace the run in the folder")
	f.BoolVar(&o.quiet, "quiet", false, "print nothing but warnings and errors")
	o.profiles.flags(f)
	cmd.Long += "\n\n" + o.model.help(f)
	return cmd
}

// check gives the flags that are not set the model's defaults, and refuses what is wrong whatever the data are, before
// they are read or even downloaded.
func (o *trainFlags) check(f *pflag.FlagSet) error {
	if err := o.model.complete(f); err != nil {
		return err
	}
	if o.resume && o.overwrite {
		return errors.New("--resume and --overwrite: want at most one of them")
	}
	small, err := o.build(o.model.arch.Trial)
	if err != nil {
		return err
	}
	if _, err := o.compile(small); err != nil {
		return err
	}
	if o.out == "" {
		return nil // the folder's name follows from the data
	}
	return refuseRun(o.out, o.resume, o.overwrite)
}

// build builds the model for images of a shape, with random weights.
func (o *trainFlags) build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	ae, err := o.model.build(image)
	if err != nil {
		return nil, err
	}
	return ae, ae.Model.Init(o.seed)
}

// compile joins the model with all that its training depends on.
func (o *trainFlags) compile(ae *autoencoder.Autoencoder) (*train.Trainer, error) {
	t := o.model.training
	return train.Compile(ae.Model, t.Loss, t.Optimizer, train.Config{Batch: t.Batch, InOrder: !o.shuffle, Seed: o.seed,
		Schedule: t.Schedule, Clip: o.clip, Patience: o.patience})
}

func (o *trainFlags) run(cmd *cobra.Command) (err error) {
	if err := o.check(cmd.Flags()); err != nil {
		return err
	}
	data, err := openData(cmd.Context(), o.data, o.quiet)
	if err != nil {
		return err
	}
	examples, err := o.examples(data)
	if err != nil {
		return err
	}
	size := data.Train.Size()
	ae, err := o.build(graph.Shape{size.Channels, size.Height, size.Width})
	if err != nil {
		return err
	}
	if o.weights != "" {
		if err := ae.Model.LoadWeights(o.weights); err != nil {
			return err
		}
	}
	t, err := o.compile(ae)
	if err != nil {
		return err
	}
	dir, err := openFolder(o.out, "runs/"+o.model.name+"-"+safeName(data.Name), o.resume, o.overwrite)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil && dir.made {
			os.Remove(dir.path) // which does nothing where there is a file in it
		}
	}()
	if dir.resumed {
		if err := t.Resume(dir.file(checkpointName)); err != nil {
			return err
		}
	}
	r := &trainRun{trainFlags: o, dir: dir, data: data, examples: examples, ae: ae, trainer: t}
	return r.run(cmd)
}

// examples is what is trained on: the training images as the flags change them. The data becomes what there is to
// validate with and to look at.
func (o *trainFlags) examples(data *dataset.Data) (train.Dataset, error) {
	how := o.model.training.Augmentation
	set := data.Train
	data.Train, data.Test = how.Binarize.Fixed(data.Train), how.Binarize.Fixed(data.Test)
	if how == (images.Augmentation{}) {
		return set, nil
	}
	return images.Augment(set, how, o.seed)
}

// safeName makes the name of a data set part of a file's name.
func safeName(name string) string {
	return strings.NewReplacer("/", "_", "\\", "_", " ", "_").Replace(name)
}
