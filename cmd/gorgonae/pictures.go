package main

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/pkg/errors"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// pictureFlags are the flags of all commands that read pictures from files.
type pictureFlags struct {
	color, background, cut string
	size, fit, cache       string
	layout                 string
	skip                   bool
	list                   bool // go on without damaged pictures, which the command lists
	anySize                bool // the command takes pictures of different sizes, if the model does
	set                    *pflag.FlagSet
}

func (p *pictureFlags) add(f *pflag.FlagSet) {
	p.set = f
	f.StringVar(&p.color, "color", "auto", "grey, rgb, or auto: grey if all images of the data set are grey, else rgb")
	p.addLayout(f)
	p.addReading(f)
}

// addLayout adds --layout, for arrays as data sets.
func (p *pictureFlags) addLayout(f *pflag.FlagSet) {
	f.StringVar(&p.layout, "layout", "", "where an array has its channels: nhwc, last, or nchw, first (\"\": where its shape shows them)")
}

// addReading adds the flags except for --color, which a model decides.
func (p *pictureFlags) addReading(f *pflag.FlagSet) {
	p.set = f
	f.StringVar(&p.background, "background", "white", "colour under transparent pixels: white, black, #rrggbb")
	f.StringVar(&p.cut, "range", "full", "numbers that become black and white: full, auto, or LOW:HIGH, as 0:4095")
	f.StringVar(&p.size, "size", "", "HEIGHTxWIDTH of pictures, as 64x48 (default: their own)")
	f.StringVar(&p.fit, "fit", "crop", "how pictures get the --size: crop, pad or scale")
	f.BoolVar(&p.skip, "skip-damaged", false, "go on without pictures that cannot be read")
	f.StringVar(&p.cache, "cache", "", "memory for decoded pictures, as 500MB (default: a quarter of all)")
}

// asked returns the flags that the user gave, each with its value, except for those of a dataset.Reading.
func (p *pictureFlags) asked() (words []string) {
	for _, name := range []string{"color", "cache"} {
		if f := p.set.Lookup(name); f != nil && f.Changed {
			words = append(words, "--"+name, f.Value.String())
		}
	}
	if p.skip {
		words = append(words, "--skip-damaged")
	}
	return words
}

// greyNote says that a grey model makes coloured pictures grey, or "".
func greyNote(files ...*images.Files) []string {
	greyed, all := 0, 0
	for _, f := range files[:min(len(files), 1)] { // parts of one folder count its pictures together
		greyed, all = f.Greyed, f.Len()
	}
	for _, f := range files[min(len(files), 1):] {
		all += f.Len()
	}
	if greyed == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %s have colours, and the model is grey: they became grey", greyed, plural(all, "picture"))}
}

// read sets the options of a data set. Without a flag, pictures are read as those that the model was
// trained on; m may be nil.
func (p *pictureFlags) read(o *dataset.Options, m *run.Model) (err error) {
	if p.color != "" {
		if o.Color, err = images.ParseColor(p.color); err != nil {
			return errors.WithMessage(err, "--color")
		}
	}
	if _, err := run.ParseLayout(p.layout); err != nil {
		return errors.WithMessage(err, "--layout")
	}
	o.Layout = p.layout
	if file := strings.ToLower(run.ArrayFile(o.Data)); m != nil && o.Layout == "" && (strings.HasSuffix(file, ".npy") || strings.HasSuffix(file, ".npz")) {
		o.Layout = m.TrainedOn.Reading.Layout
	}
	if m != nil {
		o.Color = images.ColorOf(m.Size().Channels)
		if o.Pictures, err = m.TrainedOn.Reading.Options(); err != nil {
			return errors.WithMessagef(err, "cannot use %s: how its pictures were read", m.Path)
		}
	}
	o.AnySize = o.AnySize || p.anySize && m != nil && m.AnySize()
	if err := p.options(&o.Pictures); err != nil {
		return err
	}
	if m == nil || o.AnySize || m.TrainedOn.Reading.Patch == "" || o.Pictures.Height > 0 {
		return nil
	}
	if t, err := m.Training(); err == nil {
		o.Seed = t.Seed
	}
	o.Patch.Height, o.Patch.Width, err = images.ParseSize(m.TrainedOn.Reading.Patch)
	return err
}

// refuseReading refuses flags that say how pictures are read, for an array or an IDX file of the user's own: its
// numbers are read in the range of the training.
func refuseReading(cmd *cobra.Command, path string) error {
	for _, name := range []string{"range", "size", "fit", "background"} {
		if cmd.Flags().Changed(name) {
			return errors.Errorf("--%s is for pictures and data sets, and %s is an array or an IDX file, which is read as the data of the training: save the numbers so, or name the file with --data where a command has it", name, inputName(path))
		}
	}
	return nil
}

// options sets what the flags say.
func (p *pictureFlags) options(o *images.Options) (err error) {
	if p.set.Changed("background") {
		if o.Background, err = images.ParseBackground(p.background); err != nil {
			return errors.WithMessage(err, "--background")
		}
	}
	if p.set.Changed("range") {
		if o.Range, err = images.ParseRange(p.cut); err != nil {
			return errors.WithMessage(err, "--range")
		}
	}
	if p.set.Changed("size") {
		if o.Height, o.Width, err = images.ParseSize(p.size); err != nil {
			return errors.WithMessage(err, "--size")
		}
		o.Fit = images.Crop
	}
	if p.set.Changed("fit") {
		if o.Height == 0 {
			return errors.New("--fit: want a --size as well, got none")
		}
		if o.Fit, err = images.ParseFit(p.fit); err != nil {
			return errors.WithMessage(err, "--fit")
		}
	}
	if p.cache != "" {
		n, err := humanize.ParseBytes(p.cache)
		if err != nil || n < 1 || n > 1<<50 {
			return errors.Errorf("--cache: want bytes, as 500MB or 4GiB, got %q", p.cache)
		}
		o.Cache = int64(n)
	}
	o.SkipDamaged, o.ListDamaged = p.skip, o.ListDamaged || p.list
	return nil
}
