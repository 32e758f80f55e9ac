package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// evaluateSizes evaluates a model on pictures of different sizes, each at its own.
func evaluateSizes(cmd *cobra.Command, m *run.Model, data *dataset.Data, split, perImage string) error {
	files := data.TestFiles
	if split == "train" {
		files = data.TrainFiles
	}
	if m.Binarize != images.NotBinarized {
		printNotes([]string{fmt.Sprintf("the model was trained on binarized images (%v), and pictures of different sizes are taken as they are", m.Binarize)})
	}
	tested := newColourSums(files.Channels())
	e, err := m.Errors(cmd.Context(), data.Name, files, func(_ int, x, _ []float32) error {
		tested.add(x)
		return nil
	})
	if err != nil {
		return errors.WithMessagef(err, "cannot evaluate %s", m.Path)
	}
	training, err := sumColours(cmd.Context(), data.TrainFiles, 256)
	if err != nil {
		return err
	}
	codes, numbers, squared := 0, 0, 0.0
	for i := range files.Len() {
		codes, numbers, squared = codes+e.Codes[i], numbers+e.Numbers[i], squared+e.Squared[i]
	}
	mse, n := e.MSE(), float64(files.Len())
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "data\t%s, %s: %s%s\n", data.Name, split, plural(files.Len(), "picture"), sizesText(files)) // a tabwriter keeps its first error for Flush
	fmt.Fprintf(w, "MSE\t%.6f\tmean over all numbers of all pictures, in [0, 1]\n", mse)
	fmt.Fprintf(w, "RMSE\t%.6f\n", math.Sqrt(mse))
	fmt.Fprintf(w, "squared error\t%.4f\tper picture, summed over its numbers\n", squared/n)
	fmt.Fprintf(w, "PSNR\t%.2f dB\tover the whole set\n", -10*math.Log10(mse))
	colour := tested.errorOf(training.mean())
	fmt.Fprintf(w, "mean colour\t%.6f\tMSE of always answering with the mean colour of %s\n", colour, plural(training.pictures, "training picture"))
	if mse > colour {
		warn("the model is worse than one colour everywhere: an MSE of %.3g against %.3g: train longer, with a smaller learning rate or on more images", mse, colour)
	}
	fmt.Fprintf(w, "compression\t%.0f numbers for %.0f: %s\n", float64(codes)/n, float64(numbers)/n, saved(codes, numbers))
	if perImage != "" {
		if err := writeErrors(w, e, run.List(files, data.Classes), perImage); err != nil {
			return err
		}
	}
	return errors.Wrap(w.Flush(), "cannot print the metrics")
}

// writeErrors writes the errors of single pictures into a CSV file, and says which is the worst.
func writeErrors(w io.Writer, e run.Errors, list run.Listing, path string) error {
	if err := e.Write(path, list); err != nil {
		return err
	}
	worst := e.Worst()
	of := list[worst].Name
	if of == "" {
		of = fmt.Sprintf("image %d", worst)
	}
	fmt.Fprintf(w, "per image\t%s\tthe worst is %s with an MSE of %.6f\n", path, of, e.Squared[worst]/float64(e.Numbers[worst]))
	return nil
}
