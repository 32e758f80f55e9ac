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

// What the help of a command says of data, and of the default of --data: without a model, and with one.
const (
	dataHelp = `Data: "mnist", "fashion-mnist", "kmnist"; "handwriting", the built-in set; or a folder, with four IDX files named as
MNIST's, or with PNG or JPEG images of one size (a folder that is named like a set is written ./mnist).
`

	dataDefault = `Without it MNIST is looked for in MNIST_DIR, then in the cache, then downloaded; where it cannot be had, the built-in
handwriting takes its place, with a warning.`

	dataOfModel = `Without it the model's own are taken, if they have a name.`

	dataFlag = "data set: mnist, fashion-mnist, kmnist, handwriting or a folder (see above)"
)

// openData opens a data set, showing downloads and printing warnings on standard error.
func openData(ctx context.Context, name string, quiet bool) (*dataset.Data, error) {
	o := dataset.Options{Data: name, Color: images.Grey}
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
	return data, errors.WithStack(ctx.Err()) // to draw the handwriting takes seconds, in which the user may have stopped
}

// downloads shows where data come from: on a terminal by a bar for each mirror that is tried, else by a line.
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
		_ = d.bar.Set64(done) // what it cannot draw is no reason to stop
	}
}

// end leaves the line of a bar, finished or not.
func (d *downloads) end() {
	if d.bar != nil {
		fmt.Fprintln(d.w)
		d.bar = nil
	}
}

// throttle is the time for which a bar stands still at least.
const throttle = 50 * time.Millisecond

func newData() *cobra.Command {
	return &cobra.Command{
		Use:   "data [NAME|DIR]",
		Short: "Show, fetch and verify a data set",
		Long: "data finds a data set as train does, downloading it if need be, reads all of it, and prints where it is and what\n" +
			"it holds, with each file's SHA-256 and which set it is from.\n\n" + dataHelp + dataDefault,
		Example: "  gorgonae data\n  gorgonae data handwriting\n  gorgonae data ~/pictures/faces",
		Args:    arguments,
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
