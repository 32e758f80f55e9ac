package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/report"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

func newEvaluate() *cobra.Command {
	var dataName, split, perImage string
	pictures := pictureFlags{anySize: true}
	cmd := &cobra.Command{
		Use:   "evaluate MODEL",
		Short: "Measure how well a model reconstructs a data set",
		Long: "evaluate reconstructs all images of a part of a data set. It prints the mean squared error, its root, the squared error\n" +
			"per image, the peak signal-to-noise ratio over the whole set, and how many numbers the code saves. Beside them it prints the\n" +
			"error of the mean of the data set's training images and, for images of up to 1,024 numbers, of their principal components\n" +
			"(PCA), as many as a code has numbers: a model that is worse than the mean has learnt nothing. If the model was\n" +
			"trained with another loss, it prints that loss too. The loss of a vae is the negative evidence lower bound, with one\n" +
			"sample per image. The loss of a codec is the bits of an image's code plus lambda times the squared error. If the\n" +
			"model was trained on noisy images, it also prints the errors for noisy images. MODEL is a model file or the folder of a\n" +
			"run. A convolutional model accepts images of other sizes than those it was trained on.\n\n" + dataHelp() + dataOfModel,
		Example: "  gorgonae evaluate runs/tutorial-mnist\n  gorgonae evaluate runs/tutorial-mnist/model.safetensors --data handwriting",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := run.Read(args[0])
			if err != nil {
				return err
			}
			if err := checkSplit(split); err != nil {
				return err
			}
			data, err := open(cmd.Context(), m, dataName, &pictures)
			if err != nil {
				return err
			}
			if data.Train == nil {
				if err := evaluateSizes(cmd, m, data, split, perImage); err != nil {
					return err
				}
				return evaluatedWithout(data, perImage)
			}
			name, set := data.Name, partOf(data, split)
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			if err := evaluate(cmd.Context(), w, m, name+", "+split, data.Train, set); err != nil {
				return errors.WithMessagef(err, "cannot evaluate %s", m.Path)
			}
			if perImage != "" {
				if err := writePerImage(cmd.Context(), w, m, data, set, perImage); err != nil {
					return err
				}
			}
			if err := w.Flush(); err != nil {
				return errors.Wrap(err, "cannot print the metrics")
			}
			return evaluatedWithout(data, perImage)
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag())
	cmd.Flags().StringVar(&split, "split", "test", "part of the data set: train or test")
	pictures.addReading(cmd.Flags())
	pictures.addLayout(cmd.Flags())
	cmd.Flags().StringVar(&perImage, "per-image", "", "CSV file for the error of each image, with its name and its class")
	cmd.Flags().BoolVar(&pictures.list, "skip-bad", false, "go on without pictures that cannot be read, which are listed; the exit status is 3")
	return cmd
}

// evaluatedWithout lists the pictures without which a data set was evaluated, if there are any.
func evaluatedWithout(data *dataset.Data, perImage string) error {
	if data.TrainFiles == nil || len(data.TrainFiles.Damaged) == 0 {
		return nil
	}
	skipped := damaged(data.TrainFiles)
	if perImage != "" {
		return listSkipped(perImage, data.TrainFiles.Len()+data.TestFiles.Len(), skipped)
	}
	const shown = 20
	for _, s := range skipped[:min(shown, len(skipped))] {
		printNotes([]string{s.Name + ": " + s.Reason})
	}
	return leftOut{len(skipped), "the notes above, of at most 20, or with --per-image FILE the manifest beside it"}
}

// writePerImage writes the errors of the images of a part of a data set, and says which is the worst.
func writePerImage(ctx context.Context, w io.Writer, m *run.Model, data *dataset.Data, set dataset.Images, path string) error {
	p := run.PicturesOf(set)
	e, err := m.Errors(ctx, data.Name, p, nil)
	if err != nil {
		return err
	}
	return writeErrors(w, e, run.List(p, data.Classes), path)
}

// open opens the data set that the user named, or the one that the model was trained on. It resizes
// the model to the images.
func open(ctx context.Context, m *run.Model, named string, pictures *pictureFlags) (*dataset.Data, error) {
	name, err := m.DataName(named)
	if err != nil {
		return nil, errors.Errorf("%v with --data", err)
	}
	o := dataset.Options{Data: name}
	if err := pictures.read(&o, m); err != nil {
		return nil, err
	}
	data, err := openData(ctx, o, false)
	if err != nil {
		return nil, err
	}
	if data.TrainFiles != nil {
		printNotes(greyNote(data.TrainFiles, data.TestFiles))
	}
	seen, err := m.TestedBefore(data)
	if err != nil {
		return nil, err
	}
	if seen != "" {
		printNotes([]string{seen})
	}
	if data.Train == nil {
		return data, nil
	}
	used, err := m.Use(name, data)
	if err == nil {
		if note := m.Differs(used); note != "" {
			printNotes([]string{note})
		}
	}
	return used, err
}

// openPart opens that data set, and returns it with one of its parts, train or test.
func openPart(ctx context.Context, m *run.Model, named, split string, pictures *pictureFlags) (data *dataset.Data, set dataset.Images, err error) {
	if err := checkSplit(split); err != nil {
		return nil, nil, err
	}
	if data, err = open(ctx, m, named, pictures); err != nil {
		return nil, nil, err
	}
	return data, partOf(data, split), nil
}

// checkSplit refuses a name of a part that no data set has.
func checkSplit(split string) error {
	if split != "train" && split != "test" {
		return errors.Errorf("--split: want train or test, got %q", split)
	}
	return nil
}

func partOf(data *dataset.Data, split string) dataset.Images {
	if split == "train" {
		return data.Train
	}
	return data.Test
}

// evaluate prints the errors of a model on images, beside those of a yardstick of the training images.
func evaluate(ctx context.Context, w io.Writer, m *run.Model, name string, training, set dataset.Images) error {
	y, r, err := measure(ctx, training, set, m.Model, m.Encoder)
	if err != nil {
		return err
	}
	code := m.Encoder.Out().Size()
	binarized := ""
	if m.Binarize != images.NotBinarized {
		binarized = fmt.Sprintf(", binarized (%v)", m.Binarize)
	}
	fmt.Fprintf(w, "data\t%s: %s of %v%s\n", name, plural(r.Examples, "image"), set.Size(), binarized)
	fmt.Fprintf(w, "MSE\t%.6f\tmean over images and pixels, pixels in [0, 1]\n", r.MSE)
	fmt.Fprintf(w, "RMSE\t%.6f\n", r.RMSE())
	fmt.Fprintf(w, "squared error\t%.4f\tper image, summed over its pixels\n", r.SquaredError())
	fmt.Fprintf(w, "PSNR\t%.2f dB\tover the whole set\n", r.PSNR())
	fmt.Fprintf(w, "mean image\t%.6f\tMSE of always answering with the mean of %s\n", r.Mean, plural(y.Examples, "training image"))
	if y.Components > 0 {
		fmt.Fprintf(w, "PCA\t%.6f\tMSE of %s of these\n", r.Components, plural(y.Components, "principal component"))
	}
	fmt.Fprintf(w, "compression\t%d numbers for %d: %s\n", code, r.Features, saved(code, r.Features))
	if err := printNoisy(ctx, w, m, set); err != nil {
		return err
	}
	if err := printLoss(ctx, w, m, set); err != nil {
		return err
	}
	for _, text := range r.Warnings() {
		warn("%s", text)
	}
	return nil
}

// saved says how much smaller or larger a code is than its image: in numbers, and in bytes as encode
// writes them, 4 a number, where an image has one a number. Bits are what compress saves.
func saved(code, image int) string {
	text := func(code float64) string {
		share := 100 * (1 - code/float64(image))
		if share < 0 {
			return fmt.Sprintf("%.3f %% larger than the image", -share)
		}
		return fmt.Sprintf("%.3f %% saved", share)
	}
	return fmt.Sprintf("%s; %d bytes as float32 for %d: %s", text(float64(code)), 4*code, image, text(4*float64(code)))
}

// printNoisy prints the errors of noisy images and of their reconstructions, if the model trains on
// noisy images.
func printNoisy(ctx context.Context, w io.Writer, m *run.Model, set dataset.Images) error {
	before, after, ok, err := m.NoiseError(ctx, set)
	if !ok || err != nil {
		return err
	}
	fmt.Fprintf(w, "noisy input\t%.6f\tMSE of images with the noise of the training\n", before.MSE)
	fmt.Fprintf(w, "denoised\t%.6f\tMSE of their reconstructions\n", after.MSE)
	return nil
}

// printLoss prints the loss that the model was trained with, if the file names it and it is not
// just the squared error.
func printLoss(ctx context.Context, w io.Writer, m *run.Model, set dataset.Images) error {
	if !m.Trained() {
		return nil
	}
	t, err := m.Training()
	if err != nil {
		return err
	}
	terms := t.History.Terms
	if len(terms) == 0 && t.Loss == train.Loss(train.MSE()) {
		return nil
	}
	if t.Loss == nil {
		fmt.Fprintf(w, "loss\t-\t%s: the loss belongs to another program, which can evaluate it\n", t.Label)
		return nil
	}
	e, err := train.Evaluate(ctx, m.Model, set, t.Loss, t.Batch) // with the batch size of the training, so that a vae draws the samples of its validation
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "loss\t%.5f\t%s\n", e.Loss, report.LossLabel(t.Label, terms))
	for _, term := range e.Terms {
		note := "term of the loss"
		if term.Name == graph.BitsTerm {
			note = fmt.Sprintf("term of the loss, an image; %.4f a pixel", term.Value/float64(set.Size().Pixels()))
		}
		fmt.Fprintf(w, "%s\t%.5f\t%s\n", term.Name, term.Value, note)
	}
	return nil
}
