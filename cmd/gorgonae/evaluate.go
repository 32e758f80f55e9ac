package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

func newEvaluate() *cobra.Command {
	var dataName, split string
	cmd := &cobra.Command{
		Use:   "evaluate MODEL",
		Short: "Measure how well a model reconstructs a data set",
		Long: "evaluate reconstructs all images of a data set and prints the mean squared error, its root, the squared error an\n" +
			"image, the peak signal-to-noise ratio over the whole set, how many numbers the code saves, and the loss that the\n" +
			"model was trained on, if it is another; of a vae that is the negative evidence lower bound, with one sample an image. MODEL is a model\n" +
			"file or the folder of a run. A model of convolutions takes images of other sizes than it was trained on, too.\n\n" + dataHelp + dataOfModel,
		Example: "  gorgonae evaluate runs/tutorial-mnist\n  gorgonae evaluate runs/tutorial-mnist/model.safetensors --data handwriting",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			name, set, err := m.openPart(cmd, dataName, split)
			if err != nil {
				return err
			}
			metrics, err := train.Measure(cmd.Context(), m.Model, set)
			if err != nil {
				return errors.WithMessagef(err, "cannot evaluate %s", m.path)
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			m.print(w, name, set, split, metrics)
			if err := m.printLoss(cmd.Context(), w, set); err != nil {
				return errors.WithMessagef(err, "cannot evaluate %s", m.path)
			}
			return errors.Wrap(w.Flush(), "printing the metrics")
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag)
	cmd.Flags().StringVar(&split, "split", "test", "which part of it: train or test")
	return cmd
}

// open opens the data that the user named, or what the model was trained on.
func (m *modelFile) open(cmd *cobra.Command, named string) (*dataset.Data, error) {
	name, err := m.dataName(named)
	if err != nil {
		return nil, err
	}
	data, err := openData(cmd.Context(), name, false)
	if err != nil {
		return nil, err
	}
	if err := m.fit(name, data.Train.Size().Height, data.Train.Size().Width); err != nil {
		return nil, err
	}
	data.Train, data.Test = m.binarize.Fixed(data.Train), m.binarize.Fixed(data.Test)
	return data, nil
}

// openPart opens one half of such data.
func (m *modelFile) openPart(cmd *cobra.Command, named, split string) (name string, set dataset.Images, err error) {
	if split != "train" && split != "test" {
		return "", nil, errors.Errorf("--split %q, want train or test", split)
	}
	data, err := m.open(cmd, named)
	if err != nil {
		return "", nil, err
	}
	if split == "train" {
		return data.Name, data.Train, nil
	}
	return data.Name, data.Test, nil
}

func (m *modelFile) print(w io.Writer, name string, set dataset.Images, split string, r train.Metrics) {
	code := m.Encoder.Out().Size()
	made := ""
	if m.binarize != images.NotBinarized {
		made = fmt.Sprintf(", made black or white (%v)", m.binarize)
	}
	fmt.Fprintf(w, "data\t%s, %s: %d images of %v%s\n", name, split, r.Examples, set.Size(), made)
	fmt.Fprintf(w, "MSE\t%.6f\tmean over images and pixels, pixels in [0, 1]\n", r.MSE)
	fmt.Fprintf(w, "RMSE\t%.6f\n", r.RMSE())
	fmt.Fprintf(w, "squared error\t%.4f\tan image, summed over its pixels\n", r.SquaredError())
	fmt.Fprintf(w, "PSNR\t%.2f dB\tover the whole set\n", r.PSNR())
	fmt.Fprintf(w, "compression\t%d numbers for %d: %.3f %% saved\n", code, r.Features, 100*(1-float64(code)/float64(r.Features)))
}

// printLoss prints the loss that the model was trained on, if its file tells, and if that is not the squared error alone.
func (m *modelFile) printLoss(ctx context.Context, w io.Writer, set dataset.Images) error {
	settings, err := train.ReadSettings(m.meta)
	if err != nil {
		return nil
	}
	loss, err := train.ParseLoss(settings["loss"])
	if err != nil {
		return err
	}
	batch, err := strconv.Atoi(settings["batch"])
	if err != nil {
		return errors.Errorf("it was trained in batches of %q, want a whole number", settings["batch"])
	}
	history, err := train.ReadHistory(m.meta)
	if err != nil {
		return err
	}
	if len(history.Terms) == 0 && loss == train.MSE() {
		return nil
	}
	// The training's batch size gives the samples, and with them the loss, of its validation.
	e, err := train.Evaluate(ctx, m.Model, set, loss, batch)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "loss\t%.5f\t%s\n", e.Loss, lossLabel(loss, history.Terms))
	for _, term := range e.Terms {
		fmt.Fprintf(w, "%s\t%.5f\tof the loss\n", term.Name, term.Value)
	}
	return nil
}
