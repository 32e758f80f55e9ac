package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/pkg/errors"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
)

// What the help says about data, and about the default of --data: in commands without a model, and
// in those with one.
const (
	dataHelp = `Data: "mnist", "fashion-mnist", "kmnist"; "handwriting", the built-in set; or a folder, with four IDX files named as
MNIST's, or with PNG or JPEG images of one size (write ./mnist for a folder with the name of a set).
`

	dataDefault = `Without it train takes MNIST from the folder in MNIST_DIR, from the cache or from the network. If none of them has it,
the built-in handwriting takes its place, with a warning.`

	dataOfModel = `Without it the command takes the data set that the model was trained on, if that has a name.`

	dataFlag  = "data set: mnist, fashion-mnist, kmnist, handwriting or a folder (see above)"
	colorFlag = "grey, rgb, or auto: grey if all images of the data set are, else rgb"
)

// openData opens a data set, showing downloads and printing warnings on standard error.
func openData(ctx context.Context, name string, color images.Color, quiet bool) (*dataset.Data, error) {
	o := dataset.Options{Data: name, Color: color}
	if !quiet {
		d := &downloads{w: os.Stderr, bars: term.IsTerminal(int(os.Stderr.Fd()))}
		defer d.end()
		o.Progress = d.progress
	}
	data, err := dataset.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if data.Warning != "" {
		fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(data.Warning))
	}
	return data, errors.WithStack(ctx.Err()) // drawing the handwriting takes seconds, and the user may have stopped it
}

// downloads shows where data come from: a bar for each mirror on a terminal, else a line.
type downloads struct {
	w    io.Writer
	bars bool
	from string // the mirror
	bar  *progressbar.ProgressBar
}

func (d *downloads) progress(mirror string, done, total int64) {
	if mirror != d.from {
		d.end()
		d.from = mirror
		text := "downloading from " + mirror
		if d.bars {
			d.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(d.w), progressbar.OptionShowBytes(true),
				progressbar.OptionSetDescription(text), progressbar.OptionThrottle(throttle))
		} else {
			fmt.Fprintln(d.w, text)
		}
	}
	if d.bar != nil {
		_ = d.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	}
}

// end leaves the line of a bar, finished or not.
func (d *downloads) end() {
	if d.bar != nil {
		fmt.Fprintln(d.w)
		d.bar = nil
	}
}

// throttle is the shortest time between two changes of a bar.
const throttle = 50 * time.Millisecond

func newData() *cobra.Command {
	color := ""
	cmd := &cobra.Command{
		Use:   "data [NAME|DIR]",
		Short: "Show, fetch and verify a data set",
		Long: "data finds a data set as train does, and downloads it if need be. It reads all of it and prints where it is and what\n" +
			"it holds, with the SHA-256 of each file and the set that the file belongs to.\n\n" + dataHelp + dataDefault,
		Example: "  gorgonae data\n  gorgonae data handwriting\n  gorgonae data ~/pictures/faces",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			how, err := images.ParseColor(color)
			if err != nil {
				return errors.WithMessage(err, "--color")
			}
			data, err := openData(cmd.Context(), name, how, false)
			if err != nil {
				return err
			}
			return data.Describe(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&color, "color", "auto", colorFlag)
	return cmd
}
