// Command seeds measures how well the tutorial's autoencoder learns MNIST from initial weights of its own: it trains
// 20 epochs from each of five seeds and compares the validation losses with those of Keras. It takes minutes.
//
// Every epoch is saved in runs/seeds, so that the command can be interrupted and repeated; when the table is printed,
// the folder is emptied. It fails if the mean is worse than chance explains.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

const (
	folder = "runs/seeds"
	epochs = 20

	// bound is the mean of keras and two standard errors of the difference of two such means.
	bound = 0.0462
)

// keras returns the validation losses of five runs of the tutorial in Keras. Its seeds are not ours.
func keras() []float64 { return []float64{0.04458, 0.04470, 0.04499, 0.04652, 0.04509} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; the same command goes on from the last epoch")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "seeds:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	data, err := dataset.Open(ctx, dataset.Options{Data: "mnist"})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	var losses []float64
	for seed := range uint64(len(keras())) {
		loss, err := validationLoss(ctx, data, seed+1)
		if err != nil {
			return fmt.Errorf("seed %d: %w", seed+1, err)
		}
		losses = append(losses, loss)
	}
	printTable(losses)
	for seed := range losses {
		if err := os.Remove(checkpoint(uint64(seed + 1))); err != nil {
			return err
		}
	}
	if mean, _ := meanAndError(losses); mean > bound {
		return fmt.Errorf("the mean validation loss is %.5f, want at most %v", mean, bound)
	}
	return nil
}

func checkpoint(seed uint64) string {
	return filepath.Join(folder, fmt.Sprintf("seed-%d.safetensors", seed))
}

// validationLoss trains from a seed, or goes on where that was interrupted, and returns the loss after the last epoch.
func validationLoss(ctx context.Context, data *dataset.Data, seed uint64) (float64, error) {
	ae, err := autoencoder.NewTutorial().Build(graph.Shape{1, 28, 28})
	if err != nil {
		return 0, err
	}
	if err := ae.Model.Init(seed); err != nil {
		return 0, err
	}
	t, err := train.Compile(ae.Model, train.MSE(), train.NewAdam(5e-4), train.Config{Seed: seed})
	if err != nil {
		return 0, err
	}
	file := checkpoint(seed)
	if err := t.Resume(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	h, err := t.Fit(ctx, data.Train, data.Test, epochs, train.Hooks{Epoch: func(e train.Epoch) error {
		fmt.Fprintf(os.Stderr, "seed %d, epoch %d of %d: loss %.5f, val_loss %.5f\n",
			seed, len(t.History().Epochs), epochs, e.Loss, e.ValLoss)
		return t.Save(file, nil)
	}})
	if err != nil {
		return 0, err
	}
	return h.Epochs[epochs-1].ValLoss, nil
}

func printTable(losses []float64) {
	fmt.Printf("Validation MSE after %d epochs\n%-15s %9s %9s\n", epochs, "seed", "gorgonae", "Keras")
	for i, k := range keras() {
		fmt.Printf("%-15d %9.5f %9.5f\n", i+1, losses[i], k)
	}
	mean, stderr := meanAndError(losses)
	kerasMean, kerasStderr := meanAndError(keras())
	fmt.Printf("%-15s %9.5f %9.5f\n", "mean", mean, kerasMean)
	fmt.Printf("%-15s %9.5f %9.5f\n", "standard error", stderr, kerasStderr)
}

// meanAndError returns the mean and its standard error.
func meanAndError(x []float64) (mean, stderr float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}
