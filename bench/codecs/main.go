// Command codecs measures the codecs that others have written on a data set: how many bits an image
// they take, and what error they leave. It writes a CSV file, from which gorgonae rd draws their
// curves beside its own, or the images that a codec decodes at a given number of bits.
//
// It is a module of its own, because the codecs are large: libaom, libwebp and libjxl in
// WebAssembly. README.md in the folder above says what is measured.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/gen2brain/avif"
	"github.com/gen2brain/jpegxl"
	"github.com/gen2brain/webp"
	"github.com/pkg/errors"
	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch err := run(ctx, os.Args[1:]); {
	case err == nil || errors.Is(err, pflag.ErrHelp):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "codecs: interrupted: run the same command again to continue after the last row in its file")
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "codecs:", err)
		os.Exit(1)
	}
}

// options are what the command line asks for.
type options struct {
	data, split string
	first       int
	only        []string
	out         string
	decoded     string
	bits        float64
	images      int
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if err := embedded(); err != nil {
		return err
	}
	chosen, err := choose(rivals(), o.only)
	if err != nil {
		return err
	}
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	t, err := readTable(o.out, s)
	if err != nil {
		return err
	}
	if o.decoded != "" {
		return writeDecoded(ctx, o, chosen, t, s)
	}
	return measureAll(ctx, chosen, t, s)
}

func parse(args []string) (o options, err error) {
	f := pflag.NewFlagSet("codecs", pflag.ContinueOnError)
	f.StringVar(&o.data, "data", "", "mnist, handwriting, fashion-mnist, kmnist, or a folder; without it MNIST")
	f.StringVar(&o.split, "split", "test", "test or train")
	f.IntVar(&o.first, "first", 0, "measure only the first `N` images; 0 stands for all")
	f.StringSliceVar(&o.only, "only", nil, "measure only these codecs: "+keys(rivals()))
	f.StringVar(&o.out, "out", "", "the CSV file; rows that it has already are not measured again")
	f.StringVar(&o.decoded, "decoded", "", "write decoded images as PNG files below this `folder`, one folder a codec")
	f.Float64Var(&o.bits, "at-bits", 0, "with --decoded: at the setting of --out with about `B` bits an image")
	f.IntVar(&o.images, "images", 100, "with --decoded: write the first `N` images")
	f.SortFlags = false
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() > 0:
		return o, errors.Errorf("want no arguments beside the options, got %q", f.Args())
	case o.split != "test" && o.split != "train":
		return o, errors.Errorf("want --split test or train, got %q", o.split)
	case o.first < 0:
		return o, errors.Errorf("want --first of 0 or more, got %d", o.first)
	case o.out == "":
		return o, errors.New("want --out FILE.csv: the file of the measurements")
	case o.decoded != "" && !(o.bits > 0):
		return o, errors.Errorf("want --at-bits above 0 with --decoded, got %v", o.bits)
	case o.decoded != "" && o.images < 1:
		return o, errors.Errorf("want --images of 1 or more, got %d", o.images)
	case o.decoded == "" && (f.Changed("at-bits") || f.Changed("images")):
		return o, errors.New("want --decoded DIR with --at-bits and --images; to measure fewer images, use --first")
	}
	return o, nil
}

// embedded returns an error if a codec would be a library of this system instead of the version in
// go.mod: then the numbers would depend on the machine.
func embedded() error {
	for name, unavailable := range map[string]error{"AVIF": avif.Dynamic(), "WebP": webp.Dynamic(), "JPEG XL": jpegxl.Dynamic()} {
		if unavailable == nil {
			return errors.Errorf("this system's library for %s would be measured: run with -tags nodynamic, or by make bench-codecs", name)
		}
	}
	return nil
}
