package report

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/report/html"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
	"github.com/gorgonae/gorgonae/yardstick"
)

// WriteReport writes report.html, the page of a run, into a folder that exists.
func (f *Figures) WriteReport(ctx context.Context, dir string) error {
	return atomicfile.Write(filepath.Join(dir, run.ReportName), func(w io.Writer) error { return f.page(ctx, w) })
}

// Measure returns the errors of the model on the test images, beside those of a yardstick that is made of
// the training images. They are measured once.
func (f *Figures) Measure(ctx context.Context) (*yardstick.Yardstick, yardstick.Measurement, error) {
	if f.measured != nil {
		return f.yardstick, *f.measured, nil
	}
	y, err := yardstick.Of(ctx, f.Data.Train, f.Autoencoder.Encoder.Out().Size())
	if err != nil {
		return nil, yardstick.Measurement{}, err
	}
	m, err := y.Measure(ctx, f.Autoencoder.Model, f.Data.Test)
	if err != nil {
		return nil, yardstick.Measurement{}, err
	}
	f.yardstick, f.measured = y, &m
	return y, m, nil
}

func (f *Figures) page(ctx context.Context, w io.Writer) error {
	p := &html.Page{Title: f.title(), Lead: f.lead()}
	p.State, p.Whole = f.state()
	if f.Data == nil {
		p.Numbers = f.numbers(nil)
	} else if err := f.tested(ctx, p); err != nil {
		return err
	}
	p.Parts = parts(f.Autoencoder.Model)
	f.describe(p)
	if err := f.origin(p); err != nil {
		return err
	}
	return p.Write(w)
}

// tested adds what the model makes of images.
func (f *Figures) tested(ctx context.Context, p *html.Page) error {
	y, m, err := f.Measure(ctx)
	if err != nil {
		return err
	}
	p.Warning = m.Warnings()
	p.Numbers = f.numbers(&m)
	p.Errors, p.ErrorNote = bars(y, m), f.errorNote(y, m)
	if p.Results, err = f.results(ctx, m); err != nil {
		return err
	}
	p.Charts = f.charts()
	if c := f.size().Channels; c != 1 && c != 3 {
		p.Warning = append(p.Warning, fmt.Sprintf("Images of %d channels are not shown: pages show 1 channel, grey, or 3, red, green and blue.", c))
		return nil
	}
	return f.pictures(ctx, p, m)
}

// size returns the size of the images of the model.
func (f *Figures) size() images.Size {
	if f.Data == nil {
		return f.began.TrainedOn.Size()
	}
	return f.Data.Train.Size()
}

func (f *Figures) title() string {
	name := f.began.Settings.Architecture
	if name == "" {
		name = f.Autoencoder.Model.Name()
	}
	if f.began.TrainedOn.Name == "" { // unknown to import
		return name
	}
	return name + " on " + f.began.TrainedOn.Name
}

// lead says what the model is.
func (f *Figures) lead() string {
	ae, size := f.Autoencoder, f.size()
	kind := "grey"
	if size.Channels > 1 {
		kind = "colour"
	}
	turns := fmt.Sprintf("turns a %s image of %d × %d pixels into %s and back", kind, size.Height, size.Width, counted(ae.Encoder.Out().Size(), "number"))
	if f.keeps() {
		turns = fmt.Sprintf("stores %s images of %d × %d pixels exactly", kind, size.Height, size.Width)
	}
	text := fmt.Sprintf("This model of %s %s.", counted(weights(ae.Model), "parameter"), turns)
	if f.adopted {
		return text + f.leadImported()
	}
	if f.Data.Name != f.began.TrainedOn.Name {
		return text + fmt.Sprintf(" It was trained on %s; what is shown here are its results on %s, %s to train on and %s to test with.",
			f.began.TrainedOn.Name, f.Data.Name, counted(f.whole.train, "image"), thousands(f.whole.test))
	}
	text += fmt.Sprintf(" It was trained on %s of %s and tested with %s others.", counted(f.whole.train, "image"), f.Data.Name, thousands(f.whole.test))
	if f.sample != nil {
		text += fmt.Sprintf(" Because the training was stopped, this page measures a sample: %s of these and %s to test with. The command figures measures them all.",
			thousands(f.Data.Train.Len()), thousands(f.Data.Test.Len()))
	}
	return text
}

// keeps reports whether the code of the model is the image itself.
func (f *Figures) keeps() bool { return f.began.Settings.Architecture == "lossless" }

// state says how far the training came.
func (f *Figures) state() (text string, whole bool) {
	if f.adopted {
		return "imported", true
	}
	done, want := len(f.History.Epochs), f.began.Settings.Training.Epochs
	switch patience := f.began.Settings.Patience; {
	case want == 0 || done >= want:
		return "complete: " + counted(done, "epoch"), true
	case patience > 0 && done-f.best() >= patience:
		return fmt.Sprintf("complete: stopped early after %s of %s, as val_loss did not fall for %d", thousands(done), counted(want, "epoch"), patience), true
	}
	return fmt.Sprintf("stopped after %s of %s: train --resume continues it", thousands(done), counted(want, "epoch")), false
}

// best returns the epoch with the lowest validation loss, counted from 1, or 0.
func (f *Figures) best() int {
	lowest, best := math.Inf(1), 0
	for i, e := range f.History.Epochs {
		if e.ValLoss < lowest {
			lowest, best = e.ValLoss, i+1
		}
	}
	return best
}

// bits returns what the codes of a codec cost, in bits an image, as the last validation measured it.
func (f *Figures) bits() (float64, bool) {
	k := slices.Index(f.History.Terms, graph.BitsTerm)
	if n := len(f.History.Epochs); k >= 0 && n > 0 && len(f.History.Epochs[n-1].ValTerms) > k {
		return f.History.Epochs[n-1].ValTerms[k], true
	}
	return 0, false
}

// numbers are those that a reader looks for first. m is nil without images.
func (f *Figures) numbers(m *yardstick.Measurement) (all []html.Number) {
	code, image := f.Autoencoder.Encoder.Out().Size(), f.size().Numbers()
	if m != nil {
		all = append(all, html.Number{Name: "error on test images (MSE)", Value: decimals(m.MSE, 6), Note: "PSNR " + decibels(m.PSNR())})
	}
	if bits, ok := f.bits(); ok && bits > 0 {
		all = append(all, html.Number{Name: "code of an image", Value: bitsText(bits),
			Note: fmt.Sprintf("%s times fewer than its %s", ratio(8*float64(image)/bits), counted(8*image, "bit"))})
	} else {
		note := fmt.Sprintf("%s times fewer than the image’s %s", ratio(float64(image)/float64(code)), thousands(image))
		if code >= image {
			note = fmt.Sprintf("the image has %s", thousands(image))
		}
		all = append(all, html.Number{Name: "code of an image", Value: counted(code, "number"), Note: note})
	}
	n := weights(f.Autoencoder.Model)
	all = append(all, html.Number{Name: "parameters", Value: thousands(n), Note: bytesText(4 * n)})
	if epochs := len(f.History.Epochs); epochs > 0 {
		seconds := 0.0
		for _, e := range f.History.Epochs {
			seconds += e.Seconds
		}
		all = append(all, html.Number{Name: "training", Value: duration(seconds), Note: counted(epochs, "epoch")})
	}
	return all
}

// bars are the errors of the model and of its yardsticks.
func bars(y *yardstick.Yardstick, m yardstick.Measurement) []html.Bar {
	all := []html.Bar{{Name: "this model", Value: m.MSE, Text: decimals(m.MSE, 6), Own: true}}
	if y.Components > 0 {
		all = append(all, html.Bar{Name: "PCA, " + counted(y.Components, "component"), Value: m.Components, Text: decimals(m.Components, 6)})
	}
	return append(all, html.Bar{Name: "mean image", Value: m.Mean, Text: decimals(m.Mean, 6)})
}

func (f *Figures) errorNote(y *yardstick.Yardstick, m yardstick.Measurement) string {
	text := fmt.Sprintf("Mean squared error on %s, pixels from 0 to 1, beside answers that need no training by steps, made of %s.",
		counted(m.Examples, "test image"), counted(y.Examples, "training image"))
	if y.Components == 0 && !f.keeps() {
		text += " Principal components are measured for images of up to 1,024 numbers with smaller codes."
	}
	return text
}

// results are the rows of the table of results.
func (f *Figures) results(ctx context.Context, m yardstick.Measurement) ([]html.Fact, error) {
	all := []html.Fact{
		{Name: "MSE", Value: decimals(m.MSE, 6), Note: "mean over images and pixels"},
		{Name: "RMSE", Value: decimals(m.RMSE(), 6)},
		{Name: "squared error", Value: decimals(m.SquaredError(), 4), Note: "an image, summed over its pixels"},
		{Name: "PSNR", Value: decibels(m.PSNR()), Note: "over the whole set"},
	}
	before, after, ok, err := f.Autoencoder.NoiseError(ctx, f.Data.Test)
	if err != nil {
		return nil, err
	}
	if ok {
		all = append(all, html.Fact{Name: "noisy input", Value: decimals(before.MSE, 6), Note: "MSE of images with the noise of the training"},
			html.Fact{Name: "denoised", Value: decimals(after.MSE, 6), Note: "MSE of their reconstructions"})
	}
	n := len(f.History.Epochs)
	if n == 0 {
		return all, nil
	}
	last := f.History.Epochs[n-1]
	note := LossLabel(f.Loss, f.History.Terms)
	if best := f.best(); best > 0 && best < n {
		note += fmt.Sprintf("; lowest in epoch %d: %.5f", best, f.History.Epochs[best-1].ValLoss)
	}
	if !math.IsNaN(last.ValLoss) {
		all = append(all, html.Fact{Name: "val_loss", Value: decimals(last.ValLoss, 5), Note: note})
	}
	for k, name := range f.History.Terms {
		if len(last.ValTerms) > k {
			note := "term of the loss"
			if name == graph.BitsTerm {
				note += fmt.Sprintf(", an image; %.4f a pixel", last.ValTerms[k]/float64(f.Data.Train.Size().Pixels()))
			}
			all = append(all, html.Fact{Name: name, Value: decimals(last.ValTerms[k], 5), Note: note})
		}
	}
	return all, nil
}

// charts are the curves over the epochs: the loss, what layers add to it, and the learning rate if it
// changes.
func (f *Figures) charts() []html.Chart {
	if len(f.History.Epochs) == 0 {
		return nil
	}
	curves := func(pick func(e train.Epoch) (training, validation float64)) []html.Curve {
		all := []html.Curve{{Name: "training"}, {Name: "validation"}}
		some := false
		for _, e := range f.History.Epochs {
			a, b := pick(e)
			all[0].Values, all[1].Values = append(all[0].Values, a), append(all[1].Values, b)
			some = some || !math.IsNaN(b)
		}
		if !some {
			return all[:1]
		}
		return all
	}
	all := []html.Chart{{Title: "Loss", Label: LossLabel(f.Loss, f.History.Terms),
		Curves: curves(func(e train.Epoch) (float64, float64) { return e.Loss, e.ValLoss })}}
	for k, name := range f.History.Terms {
		all = append(all, html.Chart{Title: name, Label: "term of the loss", Curves: curves(func(e train.Epoch) (float64, float64) {
			if len(e.ValTerms) > k {
				return e.Terms[k], e.ValTerms[k]
			}
			return e.Terms[k], math.NaN()
		})})
	}
	rate, changes := html.Curve{Name: "rate"}, false
	for _, e := range f.History.Epochs {
		rate.Values = append(rate.Values, float64(e.Rate))
		changes = changes || e.Rate != f.History.Epochs[0].Rate
	}
	if changes {
		all = append(all, html.Chart{Title: "Learning rate", Label: "of the last step", Curves: []html.Curve{rate}})
	}
	return all
}
