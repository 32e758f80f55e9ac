// Command gorgonae trains autoencoders on images and uses them: it evaluates them, turns images into codes and codes
// into images, and draws figures. `gorgonae COMMAND -h` teaches each command.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the whole program but for the exit: it returns the exit status.
func run(args []string) int {
	ctx, stop := withSignals()
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var s signaled
	switch {
	case err == nil:
		return 0
	case errors.As(context.Cause(ctx), &s):
		fmt.Fprintf(os.Stderr, "gorgonae: stopped by %v\n", s.Signal)
		return 128 + int(s.Signal)
	}
	fmt.Fprintf(os.Stderr, "gorgonae: %s\n", strings.ReplaceAll(err.Error(), "\n", " "))
	return 1
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "gorgonae",
		Short: "Train autoencoders on images and use them",
		Long: "gorgonae trains autoencoders on images and uses them. An autoencoder is an encoder, which makes a few numbers\n" +
			"of an image, and a decoder, which makes the image of them again.",
		Example:           "  gorgonae train                          # the tutorial's autoencoder on MNIST, into runs/tutorial-mnist\n  gorgonae evaluate runs/tutorial-mnist   # how well it reconstructs",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.NoArgs,
	}
	root.AddCommand(newTrain(), newSummary(), newEvaluate(), newEncode(), newDecode(), newFigures(), newData(), newVersion())
	return root
}

// signaled is why the context of a program ends that was asked to stop.
type signaled struct{ syscall.Signal }

func (s signaled) Error() string { return s.Signal.String() }

// withSignals is a context that ends with the first SIGINT or SIGTERM; a second one kills the program, as usual.
func withSignals() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		if s, ok := <-signals; ok {
			signal.Stop(signals)
			cancel(signaled{s.(syscall.Signal)})
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
