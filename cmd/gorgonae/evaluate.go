package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/mnist"
	"github.com/gorgonae/gorgonae/train"
)

func newEvaluate() *cobra.Command {
	var dataName, split string
	cmd := &cobra.Command{
		Use:   "evaluate MODEL",
		Short: "Measure how well a model reconstructs a data set",
		Long: "evaluate reconstructs all images of a data set and prints the mean squared error, its root, the squared error an\n" +
			"image, the peak signal-to-noise ratio over the whole set, and how many numbers the code saves. MODEL is a model file\n" +
			"or the folder of a run.\n\n" + dataHelp + dataOfModel,
		Example: "  gorgonae evaluate runs/tutorial-mnist\n  gorgonae evaluate runs/tutorial-mnist/model.safetensors --data handwriting",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := readModel(args[0])
			if err != nil {
				return err
			}
			set, err := m.openPart(cmd, dataName, split)
			if err != nil {
				return err
			}
			metrics, err := train.Measure(cmd.Context(), m.Model, set)
			if err != nil {
				return errors.WithMessagef(err, "cannot evaluate %s", m.path)
			}
			return m.print(cmd, set, split, metrics)
		},
	}
	cmd.Flags().StringVar(&dataName, "data", "", dataFlag)
	cmd.Flags().StringVar(&split, "split", "test", "which part of it: train or test")
	return cmd
}

// open opens the data that the user named, or what the model was trained on.
func (m *modelFile) open(cmd *cobra.Command, named string) (*mnist.Data, error) {
	name, err := m.dataName(named)
	if err != nil {
		return nil, err
	}
	data, err := openData(cmd.Context(), name, false)
	if err != nil {
		return nil, err
	}
	return data, m.check(data)
}

// openPart opens one half of such data.
func (m *modelFile) openPart(cmd *cobra.Command, named, split string) (*images.Set, error) {
	if split != "train" && split != "test" {
		return nil, errors.Errorf("--split %q, want train or test", split)
	}
	data, err := m.open(cmd, named)
	if err != nil {
		return nil, err
	}
	if split == "train" {
		return data.Train, nil
	}
	return data.Test, nil
}

func (m *modelFile) print(cmd *cobra.Command, set *images.Set, split string, r train.Metrics) error {
	code := m.Encoder.Out().Size()
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "data\t%s, %s: %d images of %d x %d pixels\n", set.Name, split, r.Examples, set.Height, set.Width)
	fmt.Fprintf(w, "MSE\t%.6f\tmean over images and pixels, pixels in [0, 1]\n", r.MSE)
	fmt.Fprintf(w, "RMSE\t%.6f\n", r.RMSE())
	fmt.Fprintf(w, "squared error\t%.4f\tan image, summed over its pixels\n", r.SquaredError())
	fmt.Fprintf(w, "PSNR\t%.2f dB\tover the whole set\n", r.PSNR())
	fmt.Fprintf(w, "compression\t%d numbers for %d: %.3f %% saved\n", code, r.Features, 100*(1-float64(code)/float64(r.Features)))
	return errors.Wrap(w.Flush(), "printing the metrics")
}
