// Package report draws the figures of a run, and writes the page that shows it: reconstructions of test images, the codes of the
// training images, the loss curves, and the images that the decoder makes from codes on a grid over
// the latent plane. It also measures runs as codecs beside others, and draws their rate-distortion
// curves. The command, the examples and the programs of users call it. Package figure does the
// drawing, from plain numbers.
package report

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/figure"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
	"github.com/gorgonae/gorgonae/yardstick"
)

// Figures draws the figures of an autoencoder. Of and Load return one, and Imported one without images.
type Figures struct {
	Autoencoder *autoencoder.Autoencoder
	Data        *dataset.Data // the images to show; nil if there are none
	History     train.History
	Loss        string // the label of the loss
	Trained     string // the caption of the loss curves: the data of the training and the size of the code
	Seed        uint64 // for the choice of the test images

	adopted bool // from another program, and not trained since

	began  run.Began
	meta   map[string]string         // of package train
	path   string                    // of the model file, or ""
	whole  struct{ train, test int } // images of the data set
	sample *dataset.Data             // not nil if Data is a sample

	plane     *plane // computed once, as what follows
	decoded   *decoded
	yardstick *yardstick.Yardstick
	measured  *yardstick.Measurement
}

// Of returns the figures of a run in this process.
func Of(r *run.Run) *Figures {
	f := &Figures{Autoencoder: r.Autoencoder, Data: r.Data, History: r.Trainer.History(), Loss: r.Trainer.Loss().Label(),
		Trained: caption(r.Data.Name, r.Autoencoder), Seed: r.Settings.Seed,
		began: r.Began(), path: filepath.Join(r.Dir(), run.ModelName)}
	f.meta, _ = r.Trainer.Describe() // without it the page lacks hashes
	f.whole.train, f.whole.test = r.Data.Train.Len(), r.Data.Test.Len()
	return f
}

// Check returns an error if the figures of a model cannot be drawn: if its file does not describe
// its training, or if the training lasted less than one epoch. A model that another program trained has
// figures too, but none of its loss.
func Check(m *run.Model) error {
	_, err := training(m)
	return err
}

func training(m *run.Model) (run.Training, error) {
	if m.Adopted() {
		return run.Training{Seed: 1}, nil
	}
	t, err := m.Training()
	if err == nil && len(t.History.Epochs) == 0 {
		err = errors.New("want a training of one whole epoch or more, got less: there is no loss to draw")
	}
	return t, err
}

// Load returns the figures of a model from a file. data may be the data set of the training or
// another one. Load returns the same errors as Check.
func Load(m *run.Model, data *dataset.Data) (*Figures, error) {
	t, err := training(m)
	if err != nil {
		return nil, err
	}
	f := &Figures{Autoencoder: m.Autoencoder, Data: data, History: t.History, Loss: t.Label,
		Trained: caption(m.TrainedOn.Name, m.Original), Seed: t.Seed, adopted: m.Adopted(), meta: m.Meta, path: m.Path}
	f.whole.train, f.whole.test = data.Train.Len(), data.Test.Len()
	f.began.TrainedOn = m.TrainedOn
	if f.began.Settings, err = m.Settings(); err != nil { // the page says that it lacks them
		f.began.Settings = run.Settings{}
	}
	if began, err := run.ReadBegan(filepath.Dir(m.Path)); err == nil {
		f.began.Source = began.Source
	}
	return f, nil
}

// Draw draws the figures and the page of a run, report.html, into a folder, which must exist, and returns
// the names of their files. If missing is true, it draws only what does not exist. A figure that cannot be drawn does not
// stop the others; it is not among the names, and the error says why.
func (f *Figures) Draw(ctx context.Context, dir string, format figure.Format, missing bool) (names []string, err error) {
	draws := map[string]func(context.Context, io.Writer, figure.Format) error{
		"reconstructions": f.reconstructions, "latent": f.latent, "loss": f.losses, "grid": f.grid,
	}
	var failed []string
	var first error
	write := func(name string, draw func(w io.Writer) error) error {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); missing && err == nil && info.Mode().IsRegular() {
			names = append(names, name)
			return nil
		}
		switch err := atomicfile.Write(path, draw); {
		case ctx.Err() != nil:
			return err
		case err != nil:
			failed = append(failed, name)
			if len(failed) == 1 {
				first = err
			}
		default:
			names = append(names, name)
		}
		return nil
	}
	for _, figureName := range run.Figures() {
		if f.adopted && figureName == "loss" {
			continue
		}
		err := write(figureName+extensions[format], func(w io.Writer) error { return draws[figureName](ctx, w, format) })
		if err != nil {
			return names, err
		}
	}
	if err := write(run.ReportName, func(w io.Writer) error { return f.page(ctx, w) }); err != nil {
		return names, err
	}
	if len(failed) > 1 {
		first = errors.Errorf("%v; nor could %s be drawn", first, strings.Join(failed[1:], ", "))
	}
	return names, first
}

// extensions are those of the files of figures.
var extensions = map[figure.Format]string{figure.PNG: ".png", figure.SVG: ".svg"}

// caption returns the end of the title of a figure: the data and the size of the code.
func caption(data string, ae *autoencoder.Autoencoder) string {
	n := ae.Encoder.Out().Size()
	if n == 1 {
		return data + ", 1 latent"
	}
	return fmt.Sprintf("%s, %d latents", data, n)
}

func (f *Figures) losses(_ context.Context, w io.Writer, format figure.Format) error {
	fig := figure.Loss{Title: "Loss: " + f.Trained, YLabel: LossLabel(f.Loss, f.History.Terms)}
	for _, e := range f.History.Epochs {
		fig.Train = append(fig.Train, e.Loss)
		fig.Validation = append(fig.Validation, e.ValLoss)
	}
	return fig.Draw(w, format)
}

// LossLabel returns the label of a loss with the names of the terms that layers add to it.
func LossLabel(label string, terms []string) string {
	if len(terms) == 0 {
		return label
	}
	return label + ", with " + strings.Join(terms, ", ")
}
