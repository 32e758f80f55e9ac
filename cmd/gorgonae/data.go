package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/pkg/errors"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
)

// Parts of the help: about data sets, and about the default of --data in commands without a model
// and in commands with one.
const (
	dataDefault = `Without a data set, the command takes MNIST from the folder in MNIST_DIR, from the cache or from the network. If it does
not find MNIST, it uses the built-in handwriting and prints a warning.`

	dataOfModel = `Without --data, the command uses the data set that the model was trained on, if that data set has a name.`
)

// dataHelp lists the data sets that package dataset knows.
func dataHelp() string {
	var b strings.Builder
	b.WriteString("Data sets, each by its name:\n")
	for _, e := range dataset.Entries() {
		fmt.Fprintf(&b, "  %-14s%s\n", e.Name, e.About)
	}
	fmt.Fprintf(&b, "  %-14s%s\n", "handwriting-N", "the same, N images to train on and N to test with, drawn when they are needed")
	return b.String() + "or a folder of pictures, a folder with IDX files that are named as those of MNIST, EMNIST or QMNIST, one such file of\n" +
		"images, a folder with the binary files of CIFAR-10 or CIFAR-100, one of these files, or NumPy arrays: FILE.npy, FILE.npz\n" +
		"with the names that Keras and others use (x_train, y_train, x_test, ...), or FILE.npz:NAME. Write ./mnist for a folder with\n" +
		"the name of a set.\n" +
		"If there are no images for testing, about a tenth is held out, chosen by the content of each.\n\n"
}

// patchHelp says how pictures of different sizes are trained on.
const patchHelp = `Pictures of one size are trained on as they are. For pictures of different sizes, --size brings all to one, or --patch trains
on random crops: an epoch takes as many patches of each picture as would cover it. A convolutional model that was trained on
patches is then used on pictures of any size.

`

// pictureHelp says how pictures in files are read.
const pictureHelp = `Pictures are PNG, JPEG, GIF, BMP, TIFF, WebP and PNM files (the first frame or page), told by their content. They are read as
viewers show them: turned as their EXIF data say, transparent pixels on white. If a picture has colour, all are in colour; if one
has more than 8 bits, all have 16. In a folder with subfolders, each of these is a class. A tenth of the pictures, chosen by what
they show, is the test set.

`

// dataFlag is the help of --data.
func dataFlag() string {
	return "data set: " + strings.Join(dataset.Names(), ", ") + ", a folder or a file (see above)"
}

// openData opens a data set. It shows downloads and the reading of pictures, and prints warnings and
// notes on standard error.
func openData(ctx context.Context, o dataset.Options, quiet bool) (*dataset.Data, error) {
	if !quiet {
		d := &downloads{w: os.Stderr, bars: term.IsTerminal(int(os.Stderr.Fd()))}
		defer d.end()
		o.Progress = d.progress
		shown := newWork("reading")
		defer shown.end()
		o.Pictures.Progress = shown.pictures
	}
	data, err := dataset.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if data.Warning != "" {
		fmt.Fprintf(os.Stderr, "WARNING: %s\n", oneLine(data.Warning))
	}
	printNotes(append(data.Notes, idleReading(o.Pictures, data)...))
	return data, errors.WithStack(ctx.Err()) // the user may have stopped the program during the seconds in which the handwriting is drawn
}

// idleReading says which options that are for pictures in files have no effect on a data set without such.
func idleReading(o images.Options, data *dataset.Data) (notes []string) {
	if data.TrainFiles != nil {
		return nil
	}
	if o.SkipDamaged {
		notes = append(notes, fmt.Sprintf("--skip-damaged has no effect: %s has no pictures in files of their own", data.Name))
	}
	if o.ListDamaged {
		notes = append(notes, fmt.Sprintf("--skip-bad has no effect: %s has no pictures in files of their own", data.Name))
	}
	if o.Cache > 0 {
		notes = append(notes, fmt.Sprintf("--cache has no effect: %s has no pictures in files of their own, and is in memory as a whole", data.Name))
	}
	return notes
}

// printNotes prints what a user would not expect on standard error.
func printNotes(notes []string) {
	for _, note := range notes {
		fmt.Fprintf(os.Stderr, "note: %s\n", oneLine(note))
	}
}

// downloads shows the progress of downloads: a bar for each mirror on a terminal, else a line for
// each mirror.
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
		_ = d.bar.Set64(done) // a failure to draw the bar must not stop the download
	}
}

// end ends the line of the bar, also if the download is not complete.
func (d *downloads) end() {
	if d.bar != nil {
		fmt.Fprintln(d.w)
		d.bar = nil
	}
}

// throttle is the shortest time between two changes of a bar.
const throttle = 50 * time.Millisecond

func newData() *cobra.Command {
	var pictures pictureFlags
	var heldOut bool
	cmd := &cobra.Command{
		Use:   "data [NAME|DIR]",
		Short: "Show, fetch and verify a data set",
		Long: "data finds a data set as train does, and downloads it if necessary. It reads the whole set. It prints where the set is\n" +
			"and what it holds, with the SHA-256 of each file and the name of the set that the file belongs to.\n\n" + dataHelp() + pictureHelp + dataDefault,
		Example: "  gorgonae data\n  gorgonae data handwriting\n  gorgonae data ~/pictures/faces\n  gorgonae data ~/pictures/faces --held-out",
		Args:    arguments,
		RunE: func(cmd *cobra.Command, args []string) error {
			o := dataset.Options{AnySize: true}
			if len(args) > 0 {
				o.Data = args[0]
			}
			if err := pictures.read(&o, nil); err != nil {
				return err
			}
			data, err := openData(cmd.Context(), o, false)
			if err != nil {
				return err
			}
			if !heldOut {
				return data.Describe(cmd.OutOrStdout())
			}
			names, err := data.HeldOut()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.Join(names, "\n"))
			return errors.Wrap(err, "cannot print the names")
		},
	}
	pictures.add(cmd.Flags())
	cmd.Flags().BoolVar(&heldOut, "held-out", false, "print the names of the test pictures, or the numbers of the images that are held out of a file")
	return cmd
}
