package autoencoder

import (
	"encoding/json"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// Training holds the settings of a training.
type Training struct {
	Loss         train.Loss
	Optimizer    train.Optimizer // with the learning rate
	Schedule     train.Schedule  // of the learning rate
	Augmentation images.Augmentation
	Epochs       int
	Batch        int // examples a step
}

// Check returns an error if something is missing or a field has a value that it cannot have.
func (t *Training) Check() error {
	switch {
	case t.Loss == nil:
		return errors.New("loss: want one of package train, got none")
	case t.Optimizer == nil:
		return errors.New("optimizer: want one of package train, got none")
	case t.Schedule == nil:
		return errors.New("schedule: want one of package train, got none")
	case t.Epochs < 1:
		return &FieldError{"epochs", "at least 1", t.Epochs}
	case t.Batch < 1:
		return &FieldError{"batch", "at least 1", t.Batch}
	}
	for _, part := range []interface{ Check() error }{t.Loss, t.Optimizer, t.Schedule, t.Augmentation} {
		if err := part.Check(); err != nil {
			return err
		}
	}
	return nil
}

// Fields returns the settings as fields that flags can set. Loss, optimizer, schedule, augmentation
// and binarization are written as packages train and images parse them.
func (t *Training) Fields() []Field {
	all := []Field{
		{Name: "loss", Help: train.LossForms() + " (:sum is per image, and vae needs it; bce needs Sigmoid)",
			kind: "string",
			get:  func() string { return t.Loss.String() },
			set:  func(text string) (err error) { return assign(&t.Loss, text, train.ParseLoss) }},
		{Name: "optimizer", Help: "adam, adamw:decay=F, sgd, sgd:momentum=F or sgd:momentum=F,nesterov",
			kind: "string",
			get:  func() string { return train.OptimizerText(t.Optimizer) },
			set:  t.setOptimizer},
		{Name: "lr", Help: "learning rate",
			kind: "float32",
			get:  func() string { return strconv.FormatFloat(float64(t.Optimizer.Rate()), 'g', -1, 32) },
			set:  t.setRate},
		{Name: "schedule", Help: "of the rate: constant, cosine, cosine:warmup=N (steps, up to half) or step:every=N,by=F (N epochs)",
			kind: "string",
			get:  func() string { return t.Schedule.String() },
			set:  func(text string) error { return assign(&t.Schedule, text, train.ParseSchedule) }},
		{Name: "epochs", Help: "passes over the training images"},
		{Name: "batch", Help: "images a step"},
		{Name: "augment", Help: "of the training images: none, or shift=N, to move each by up to N pixels, anew each epoch",
			kind: "string",
			get:  func() string { return images.Augmentation{Shift: t.Augmentation.Shift}.String() },
			set:  t.setAugmentation},
		{Name: "binarize", Help: "pixels: none, threshold (white from half on), or stochastic (white as likely as grey, anew each epoch)",
			kind: "string",
			get:  func() string { return t.Augmentation.Binarize.String() },
			set:  func(text string) error { return assign(&t.Augmentation.Binarize, text, images.ParseBinarization) }},
	}
	all[4].bind(&t.Epochs)
	all[5].bind(&t.Batch)
	for i := range all {
		all[i].Flag = all[i].Name
	}
	return all
}

func assign[T any](to *T, text string, parse func(string) (T, error)) error {
	v, err := parse(text)
	if err == nil {
		*to = v
	}
	return err
}

func (t *Training) setOptimizer(text string) error {
	return assign(&t.Optimizer, text, func(text string) (train.Optimizer, error) {
		return train.ParseOptimizer(text, t.Optimizer.Rate())
	})
}

func (t *Training) setRate(text string) error {
	rate, err := parseFloat32(text)
	if err != nil {
		return errors.Errorf("want a number, got %q", text)
	}
	o, err := train.WithRate(t.Optimizer, rate)
	if err == nil {
		t.Optimizer = o
	}
	return err
}

func (t *Training) setAugmentation(text string) error {
	a, err := images.ParseAugmentation(text)
	if err == nil {
		t.Augmentation.Shift = a.Shift
	}
	return err
}

// MarshalJSON writes the settings as an object with the names of Fields. A number is a number;
// other values are texts as Fields has them.
func (t Training) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for _, f := range t.Fields() {
		all[f.Name] = f.String()
		if f.kind != "string" {
			all[f.Name] = json.Number(f.String())
		}
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON writes. It changes the settings that the JSON names; a name
// that is no setting is an error. The receiver must be complete, such as an architecture's own
// Training.
func (t *Training) UnmarshalJSON(text []byte) error {
	all := map[string]json.RawMessage{}
	if err := decode(text, &all); err != nil {
		return err
	}
	for _, f := range t.Fields() {
		raw, ok := all[f.Name]
		if !ok {
			continue
		}
		text := string(raw)
		if f.kind == "string" {
			if err := decode(raw, &text); err != nil {
				return errors.WithMessage(err, f.Name)
			}
		}
		if err := f.Set(text); err != nil {
			return errors.WithMessage(err, f.Name)
		}
		delete(all, f.Name)
	}
	for name := range all {
		return errors.Errorf("unknown setting %q of a training", name)
	}
	return nil
}
