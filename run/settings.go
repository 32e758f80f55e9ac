package run

import (
	"bytes"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Settings describe the model that a run trains, and how the run trains it. Start from NewSettings
// and change single fields.
type Settings struct {
	Architecture string               `json:"architecture"` // its name; autoencoder.Find knows it if it is registered
	Config       autoencoder.Config   `json:"config"`       // of the architecture
	Training     autoencoder.Training `json:"training"`     // loss, optimizer, schedule, augmentation, epochs, batch
	Control

	// Weights is the path of a safetensors file with the initial weights. If it is "", the initial
	// weights are random. The run does not keep the path. It keeps the hash of its initial weights.
	Weights string `json:"-"`

	// Partial lets Weights have other weights than the model: those that fit by name and shape are taken.
	// Run.Unfit lists the others.
	Partial bool `json:"-"`
}

// Control holds the settings of a training that do not depend on the architecture.
// autoencoder.Fields reads its tags.
type Control struct {
	Seed     uint64  `json:"seed" flag:"seed" help:"seed of all random numbers"`
	Shuffle  bool    `json:"shuffle" flag:"shuffle" help:"shuffle the images in each epoch"`
	Clip     float32 `json:"clip" flag:"clip" help:"upper bound of the norm of all gradients together (0: no bound)"`
	Patience int     `json:"patience" flag:"patience" help:"stop after this many epochs without a lower val_loss (0: never)"`

	Shards int `json:"shards,omitempty" flag:"shards" help:"compute each batch in this many parts, which several processes can share (0: as a whole)"`

	RestoreBest bool `json:"restore_best,omitempty" flag:"restore-best" help:"end with the weights of the epoch with the lowest val_loss"`
}

// NewSettings returns the default settings of an architecture.
func NewSettings(architecture string) (Settings, error) {
	a, err := autoencoder.Find(architecture)
	if err != nil {
		return Settings{}, err
	}
	s := Settings{Architecture: a.Name, Config: a.New(), Training: a.Training, Control: Control{Seed: 1, Shuffle: true}}
	flags := map[string]bool{}
	for _, f := range s.Fields() {
		if f.Flag != "" && flags[f.Flag] {
			return s, errors.Errorf("model %s: want a new flag for each setting, got --%s twice", a.Name, f.Flag)
		}
		flags[f.Flag] = true
	}
	return s, nil
}

// Settings returns the settings of the run that trained the model. It returns an error if the file does not
// have them, or if its architecture belongs to another program.
func (m *Model) Settings() (s Settings, err error) {
	text, ok := m.Meta[settingsKey]
	if !ok {
		return s, errors.Errorf("want metadata %q of a run, got none: use a model that gorgonae has trained", settingsKey)
	}
	return s, errors.WithMessagef(json.Unmarshal([]byte(text), &s), "metadata %q", settingsKey)
}

// Fields returns all settings as fields that flags can set.
func (s *Settings) Fields() []autoencoder.Field {
	all := append(s.Training.Fields(), autoencoder.Fields(&s.Control)...)
	if s.Config == nil {
		return all
	}
	return append(autoencoder.Fields(s.Config), all...)
}

// Set sets the field of a flag from a text. flag is the name of the flag without dashes.
func (s *Settings) Set(flag, text string) error {
	for _, f := range s.Fields() {
		if f.Flag == flag {
			return errors.WithMessage(f.Set(text), "--"+flag)
		}
	}
	a, err := autoencoder.Find(s.Architecture)
	if err != nil {
		return err
	}
	return errors.Errorf("%s has no --%s: %s", s.Architecture, flag, a.Lacks(flag))
}

// Flags returns the flags that make these settings of the default ones of the architecture, each with its
// value: "--lr", "0.01".
func (s *Settings) Flags() (flags []string, err error) {
	standard, err := NewSettings(s.Architecture)
	if err != nil {
		return nil, err
	}
	usual := map[string]string{}
	for _, f := range standard.Fields() {
		usual[f.Flag] = f.String()
	}
	for _, f := range s.Fields() {
		if value := f.String(); f.Flag != "" && value != usual[f.Flag] {
			if f.Type() == "bool" {
				flags = append(flags, "--"+f.Flag+"="+value)
			} else {
				flags = append(flags, "--"+f.Flag, value)
			}
		}
	}
	return flags, nil
}

// Check returns an error if the settings are wrong for every data set. A program can call it before
// it reads its data. Check builds the model for the trial image of the architecture and compiles
// its training.
func (s *Settings) Check() error {
	a, err := autoencoder.Find(s.Architecture)
	if err != nil {
		return err
	}
	ae, err := s.build(a.TrialImage(s.Config))
	if err != nil {
		return err
	}
	_, err = s.compile(ae)
	return err
}

// build builds the model for images of a shape, (channels, height, width), with random weights.
func (s *Settings) build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	if s.Config == nil {
		return nil, errors.New("want the configuration of an architecture, got none: start from NewSettings")
	}
	if err := s.Training.Check(); err != nil {
		return nil, err
	}
	if err := autoencoder.CheckLoss(s.Config, s.Training.Loss, image); err != nil {
		return nil, err
	}
	ae, err := autoencoder.Build(s.Config, image)
	if err != nil {
		return nil, err
	}
	if err := fitsMemory(ae.Model, len(s.Training.Optimizer.Slots()), images.MachineMemory()); err != nil {
		return nil, errors.WithMessagef(err, "images of %v", images.Size{Channels: image[0], Height: image[1], Width: image[2]})
	}
	return ae, ae.Model.Init(s.Seed)
}

// fitsMemory returns an error if the training of a model needs more memory than the machine has, for its
// weights alone: each has a value, a gradient, and slots of the optimizer. It is asked before the weights
// are allocated.
func fitsMemory(m *graph.Model, slots int, memory int64) error {
	n := 0.0
	for _, w := range m.Weights() {
		n += float64(w.Shape.Size())
	}
	const gigabyte = 1 << 30
	if need := 4 * n * float64(2+slots); need > float64(memory) {
		return errors.Errorf("want a training that fits into the machine's memory of %.1f GB, got a model of %.4g weights, which need %.1f GB with their gradients and the optimizer's moments: "+
			"bring the images to a smaller size, train on patches, or take a convolutional model or smaller layers", float64(memory)/gigabyte, n, need/gigabyte)
	}
	return nil
}

// compile returns the trainer of a model with these settings.
func (s *Settings) compile(ae *autoencoder.Autoencoder) (*train.Trainer, error) {
	t := &s.Training
	return train.Compile(ae.Model, autoencoder.Loss(s.Config, t.Loss), t.Optimizer, train.Config{
		Batch: t.Batch, InOrder: !s.Shuffle, Seed: s.Seed, Schedule: t.Schedule, Clip: s.Clip, Patience: s.Patience, Shards: s.Shards,
	})
}

// UnmarshalJSON reads settings from the JSON that json.Marshal writes. Settings that are not in the
// text get the defaults of the architecture. An unknown name is an error.
func (s *Settings) UnmarshalJSON(text []byte) error {
	var head struct {
		Architecture string          `json:"architecture"`
		Config       json.RawMessage `json:"config"`
		Training     json.RawMessage `json:"training"`
		Control
	}
	head.Control = Control{Seed: 1, Shuffle: true}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&head); err != nil {
		return errors.WithStack(err)
	}
	a, err := autoencoder.Find(head.Architecture)
	if err != nil {
		return err
	}
	read := Settings{Architecture: a.Name, Config: a.New(), Training: a.Training, Control: head.Control}
	if head.Config != nil {
		if read.Config, err = a.Decode(head.Config); err != nil {
			return err
		}
	}
	if head.Training != nil {
		if err := json.Unmarshal(head.Training, &read.Training); err != nil {
			return errors.WithMessage(err, "training")
		}
	}
	*s = read
	return nil
}
