package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/mnist"
)

const dataHelp = `Data: "mnist"; "handwriting", the built-in set; or a folder, with MNIST's four IDX files or with PNG or JPEG images
of one size (a folder that is named like a set is written ./mnist). Without it MNIST is looked for in MNIST_DIR, then in
the cache, then downloaded; where it cannot be had, the built-in handwriting takes its place, with a warning.`

// openData opens a data set, showing downloads and printing warnings on standard error.
func openData(ctx context.Context, name string, quiet bool) (*mnist.Data, error) {
	o := mnist.Options{Data: name}
	if !quiet {
		o.Progress = downloads(os.Stderr)
	}
	data, err := mnist.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if data.Warning != "" {
		fmt.Fprintf(os.Stderr, "WARNING: %s\n", data.Warning)
	}
	return data, nil
}

// downloads shows a bar for each mirror that is tried.
func downloads(w io.Writer) func(mirror string, done, total int64) {
	var bar *progressbar.ProgressBar
	var from string
	return func(mirror string, done, total int64) {
		if bar == nil || mirror != from {
			from = mirror
			bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionShowBytes(true),
				progressbar.OptionSetDescription("downloading MNIST from "+mirror), progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }))
		}
		_ = bar.Set64(done) // what it cannot draw is no reason to stop
	}
}

func newData() *cobra.Command {
	return &cobra.Command{
		Use:   "data [NAME|DIR]",
		Short: "Show, fetch and verify a data set",
		Long: "data finds a data set as train does, downloading MNIST if need be, reads all of it, and prints where it is and what\n" +
			"it holds, with each file's SHA-256 and whether it is MNIST's own.\n\n" + dataHelp,
		Example: "  gorgonae data\n  gorgonae data handwriting\n  gorgonae data ~/pictures/faces",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			data, err := openData(cmd.Context(), name, false)
			if err != nil {
				return err
			}
			return data.Describe(cmd.OutOrStdout())
		},
	}
}
