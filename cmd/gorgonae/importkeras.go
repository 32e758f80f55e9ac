package main

import (
	"fmt"
	"io"
	"os"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/keras"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// kerasFlags are the flags of import for files of Keras alone, and otherFlags those that they do not have,
// because the file says it.
var (
	kerasFlags = []string{"config", "encoder", "bottleneck"}
	otherFlags = []string{"map", "model", "color"}
)

// isKeras reports whether a file begins as those of Keras do: as a ZIP archive or as HDF5.
func isKeras(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false // said by what reads it
	}
	defer f.Close()
	head := make([]byte, 8)
	if _, err := io.ReadFull(f, head); err != nil {
		return false
	}
	return keras.IsArchive(head) || keras.IsHDF5(head)
}

// importKeras makes a run of a model of Keras.
func importKeras(cmd *cobra.Command, o *importing, path string) error {
	f := cmd.Flags()
	for _, name := range otherFlags {
		if f.Changed(name) {
			return errors.Errorf("--%s is for files that hold weights alone: a file of Keras says it", name)
		}
	}
	if err := o.place.Check(); err != nil {
		return inFlags(&run.Settings{}, err)
	}
	options := keras.Options{Config: o.config}
	if o.size != "" {
		height, width, err := images.ParseSize(o.size)
		if err != nil {
			return errors.WithMessage(err, "--size")
		}
		options.Size = []int{height, width}
	}
	m, err := keras.Read(path, options)
	if open := (*keras.OpenSizeError)(nil); errors.As(err, &open) {
		return errors.Errorf("%v: --size HEIGHTxWIDTH names one; a model of convolutions takes others as well", err)
	}
	if err != nil {
		return err
	}
	parted, err := autoencoder.Part(m.Model, autoencoder.Roles{Encoder: o.encoder, Bottleneck: o.bottleneck})
	if err != nil {
		return errors.WithMessagef(err, "cannot import %s", path)
	}
	size, guess, err := imageSizeOf(m.Model, options.Size)
	if err != nil {
		return err
	}
	if s := options.Size; s != nil && (size.Height != s[0] || size.Width != s[1]) {
		return errors.Errorf("--size: want %dx%d, which the model in %s has, or no --size, got %s", size.Height, size.Width, path, o.size)
	}
	notes := m.Notes
	if guess != "" {
		notes = append([]string{guess}, notes...)
	}
	settings, more, err := o.kerasSettings(cmd, m, parted, size)
	if err != nil {
		return err
	}
	on := run.TrainedOn{Name: o.data, Height: size.Height, Width: size.Width}
	if size.Channels != 1 {
		on.Channels = size.Channels
	}
	slots := m.Training.Slots
	if settings.Training.Optimizer.String() != m.Training.Optimizer.String() && slots != nil {
		slots = nil
		more = append(more, "the optimizer's state is dropped, because --optimizer names another one")
	}
	warning, err := run.AdoptTrained(parted.Autoencoder, settings, on, o.place, m.Training.Steps, statesOf(slots, parted))
	if err != nil {
		return inFlags(&settings, errors.WithMessagef(err, "cannot import %s", path))
	}
	printNotes(append(notes, more...))
	return o.tell(cmd, m, parted, &settings, size, slots != nil, o.describe(cmd.Context(), warning))
}

// statesOf returns the optimizer's state of the weights of a model that was parted, or nil.
func statesOf(slots keras.Slots, p *autoencoder.Parted) func(w *graph.Weight) [][]float32 {
	if slots == nil {
		return nil
	}
	moved := map[*graph.Weight][][]float32{}
	for w, all := range slots {
		moved[p.Weights[w]] = all
	}
	return func(w *graph.Weight) [][]float32 {
		if all, ok := moved[w]; ok {
			return all
		}
		for _, all := range slots { // frozen in Keras: its optimizer has nothing for it, as for a weight before the first step
			fresh := make([][]float32, len(all))
			for i := range fresh {
				fresh[i] = make([]float32, w.Shape.Size())
			}
			return fresh
		}
		return nil
	}
}

// kerasSettings returns the settings of the run: as Keras trained the model, changed by flags. A loss that the
// model cannot be trained with is replaced.
func (o *importing) kerasSettings(cmd *cobra.Command, m *keras.Model, p *autoencoder.Parted, size images.Size) (s run.Settings, notes []string, err error) {
	if s, err = run.NewSettings(autoencoder.ImportedName); err != nil {
		return s, nil, err
	}
	if s.Config, err = autoencoder.NewImported(p.Autoencoder, size.Shape()); err != nil {
		return s, nil, err
	}
	s.Training, s.Clip = m.Training.Training, m.Training.Clip
	if train.WantsSigmoid(s.Training.Loss) && s.Check() != nil {
		notes = append(notes, fmt.Sprintf("the loss %v is not taken over, because the model does not end in a sigmoid: training goes on with the squared error", s.Training.Loss))
		s.Training.Loss = train.MSE()
	}
	s, err = o.change(s, cmd.Flags())
	return s, notes, err
}

// imageSizeOf returns the size of the images that a model takes. Of a flat input it guesses the size, and says so.
func imageSizeOf(m *graph.Model, named []int) (size images.Size, guess string, err error) {
	in := m.In()
	switch len(in) {
	case 3:
		return images.Size{Channels: in[0], Height: in[1], Width: in[2]}, "", nil
	case 2:
		return images.Size{Channels: 1, Height: in[0], Width: in[1]}, "", nil
	}
	n := in.Size()
	if named != nil {
		size = images.Size{Channels: n / (named[0] * named[1]), Height: named[0], Width: named[1]}
		if size.Numbers() != n || n == 0 {
			return size, "", errors.Errorf("--size: want a size of %d numbers, as the model takes, got %d x %d", n, named[0], named[1])
		}
		return size, "", nil
	}
	for _, channels := range []int{1, 3} {
		side := 1
		for side*side*channels < n {
			side++
		}
		if size = (images.Size{Channels: channels, Height: side, Width: side}); size.Numbers() == n {
			return size, fmt.Sprintf("the model takes %d numbers, which are images of %v here: --size HEIGHTxWIDTH says otherwise", n, size), nil
		}
	}
	return size, "", errors.Errorf("--size: want the HEIGHTxWIDTH of the images, because the %d numbers that the model takes make no square, got none", n)
}

// tell prints what has become of the file. held are the files of the run.
func (o *importing) tell(cmd *cobra.Command, m *keras.Model, p *autoencoder.Parted, s *run.Settings, size images.Size, state bool, held string) error {
	from := "Keras"
	if m.Version != "" {
		from += " " + m.Version
	}
	how := "defaults of Keras, because the file does not say"
	if m.Training.Known {
		how = "as in the file"
	}
	after := ""
	if state {
		after = fmt.Sprintf(", after %s of Keras", plural(int(m.Training.Steps), "step"))
	}
	t := &s.Training
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "model %s of %s for images of %v: %s\ntraining: %v, %s at %v%s (%s); batch %d, for %s\n%s holds %s\n",
		m.Name(), from, size, p.Note, t.Loss, train.OptimizerText(t.Optimizer), t.Optimizer.Rate(), after, how, t.Batch, plural(t.Epochs, "epoch"),
		o.place.Dir, held)
	return err
}

// aboutKeras is the line of import's help.
const aboutKeras = "FILE.keras or a whole model, FILE.h5, of Keras 3 or 2, or FILE.weights.h5 with --config: all but the data comes from it"
