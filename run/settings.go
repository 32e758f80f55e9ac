package run

import (
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Settings say which model a run trains, and how. Start from NewSettings and change what should
// differ.
type Settings struct {
	Architecture string               `json:"architecture"` // a name that package autoencoder knows
	Config       autoencoder.Config   `json:"config"`       // of the architecture
	Training     autoencoder.Training `json:"training"`     // loss, optimizer, schedule, augmentation, epochs, batch
	Control

	// Weights is a safetensors file with the initial weights; "" draws random ones. It is not kept
	// with the run, which holds the hash of its initial weights instead.
	Weights string `json:"-"`
}

// Control holds the settings of a training that do not depend on the architecture. Its tags are
// those that autoencoder.Fields reads.
type Control struct {
	Seed     uint64  `json:"seed" flag:"seed" help:"everything random follows from it"`
	Shuffle  bool    `json:"shuffle" flag:"shuffle" help:"draw a new order of the images in each epoch"`
	Clip     float32 `json:"clip" flag:"clip" help:"upper bound of the norm of all gradients together (0: none)"`
	Patience int     `json:"patience" flag:"patience" help:"end after so many epochs without a lower val_loss, keeping the last weights (0: never)"`
}

// NewSettings returns the settings with which an architecture trains well.
func NewSettings(architecture string) (Settings, error) {
	a, err := autoencoder.Find(architecture)
	if err != nil {
		return Settings{}, err
	}
	return Settings{Architecture: a.Name, Config: a.New(), Training: a.Training, Control: Control{Seed: 1, Shuffle: true}}, nil
}

// Fields returns all settings as fields that flags can set.
func (s *Settings) Fields() []autoencoder.Field {
	all := append(autoencoder.Fields(s.Config), s.Training.Fields()...)
	return append(all, autoencoder.Fields(&s.Control)...)
}

// Set sets the field that belongs to a flag, by the flag's name without dashes, from a text.
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

// Check returns an error if the settings make no sense for any data. A program can ask before it
// reads its data: the model is built for a small image and joined with its training, as it will be
// for the data.
func (s *Settings) Check() error {
	a, err := autoencoder.Find(s.Architecture)
	if err != nil {
		return err
	}
	ae, err := s.build(a.Trial)
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
	ae, err := s.Config.Build(image)
	if err != nil {
		return nil, err
	}
	return ae, ae.Model.Init(s.Seed)
}

// compile joins the model with everything that its training depends on.
func (s *Settings) compile(ae *autoencoder.Autoencoder) (*train.Trainer, error) {
	t := &s.Training
	return train.Compile(ae.Model, t.Loss, t.Optimizer, train.Config{
		Batch: t.Batch, InOrder: !s.Shuffle, Seed: s.Seed, Schedule: t.Schedule, Clip: s.Clip, Patience: s.Patience,
	})
}

// UnmarshalJSON reads what json.Marshal writes of settings. Settings that the text does not name
// keep the defaults of the architecture that it names; an unknown name is an error.
func (s *Settings) UnmarshalJSON(text []byte) error {
	var head struct {
		Architecture string          `json:"architecture"`
		Config       json.RawMessage `json:"config"`
		Training     json.RawMessage `json:"training"`
		Control
	}
	head.Control = Control{Seed: 1, Shuffle: true}
	if err := json.Unmarshal(text, &head); err != nil {
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
