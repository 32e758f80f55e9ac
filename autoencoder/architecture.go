package autoencoder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// Config is the configuration of an architecture: a pointer to a struct whose fields Fields can
// list. Its JSON is what encoding/json makes of it.
type Config interface {
	// Build builds the models for images of a shape (channels, height, width). It returns an error
	// if a field has a value that it cannot have, usually a *FieldError, or if the architecture
	// does not take images of that shape. Architectures of dense layers take examples of any other
	// shape too.
	Build(image graph.Shape) (*Autoencoder, error)
}

// Architecture describes an architecture to programs that offer a choice, such as the command.
type Architecture struct {
	Name     string
	About    string        // one line
	New      func() Config // returns a new configuration with the architecture's defaults
	Training Training      // the settings with which it trains well
	Trial    graph.Shape   // small images on which a configuration can be built to find its errors

	// Without explains, by flag, why the architecture has no field for a flag of other architectures.
	// For a flag without an entry, messages name the architectures that have it.
	Without map[string]string
}

// registry holds the architectures in the order in which the command lists them.
var registry = []Architecture{tutorial(), deep(), denoising(), vae(), conv(), strided(), codec(), lossless()}

// Architectures returns all architectures: those of this package, the tutorial's first, then those
// that Register added.
func Architectures() []Architecture { return slices.Clone(registry) }

// Register adds an architecture. Call it at the start of a program, before anything else uses this
// package. It panics on mistakes of the programmer: if the name is taken, if something is missing,
// if the default configuration cannot be built for the trial images, or if a field shares its flag
// with a field of another type.
func Register(a Architecture) {
	if _, err := Find(a.Name); err == nil || a.Name == "" || a.New == nil || a.Trial == nil || a.Training.Check() != nil {
		panic(fmt.Sprintf("autoencoder: architecture %q needs a name of its own, New, Training and Trial", a.Name))
	}
	for _, f := range Fields(a.New()) {
		for _, other := range registry {
			if same, ok := byFlag(Fields(other.New()), f.Flag); ok && same.Type() != f.Type() {
				panic(fmt.Sprintf("autoencoder: flag %q of %s has type %s, that of %s has %s",
					f.Flag, a.Name, f.Type(), other.Name, same.Type()))
			}
		}
	}
	if _, err := a.New().Build(a.Trial); err != nil {
		panic(fmt.Sprintf("autoencoder: architecture %s with its defaults: %v", a.Name, err))
	}
	registry = append(registry, a)
}

// Find finds an architecture by its name.
func Find(name string) (Architecture, error) {
	if name == ImportedName {
		return imported(), nil
	}
	var names []string
	for _, a := range registry {
		if a.Name == name {
			return a, nil
		}
		names = append(names, a.Name)
	}
	return Architecture{}, errors.Errorf("unknown model %q, want one of %s", name, strings.Join(names, ", "))
}

// TrialImage returns small images on which a configuration of the architecture can be built to find its
// errors. A configuration that has layers for one size says so by a method Image, as Imported has.
func (a Architecture) TrialImage(c Config) graph.Shape {
	if own, ok := c.(interface{ Image() graph.Shape }); ok {
		return own.Image()
	}
	return a.Trial
}

// Decode reads a configuration from JSON. A field that the JSON does not name has its default; a
// name that is no field is an error.
func (a Architecture) Decode(text []byte) (Config, error) {
	c := a.New()
	return c, errors.Wrapf(decode(text, c), "configuration of %s", a.Name)
}

// Lacks returns why the architecture has no field for a flag, and an empty text if it has one.
func (a Architecture) Lacks(flag string) string {
	if _, ok := byFlag(Fields(a.New()), flag); ok {
		return ""
	}
	if reason := a.Without[flag]; reason != "" {
		return reason
	}
	var owners []string
	for _, other := range registry {
		if _, ok := byFlag(Fields(other.New()), flag); ok {
			owners = append(owners, other.Name)
		}
	}
	if len(owners) == 0 {
		return "no model has it"
	}
	return "it belongs to " + strings.Join(owners, ", ")
}

// MatchOutput makes Sigmoid the activation of the output if the loss needs it and the configuration
// has a method SetOutput, as Nonlinearity has. Call it unless the user chose the activation.
func MatchOutput(c Config, loss train.Loss) {
	if c, ok := c.(interface{ SetOutput(Activation) }); ok && train.WantsSigmoid(loss) {
		c.SetOutput(Sigmoid)
	}
}

// Loss returns the loss that training minimises: the one in the settings, or what the configuration
// makes of it, if it has a method WeighLoss as Codec has.
func Loss(c Config, l train.Loss) train.Loss {
	if c, ok := c.(interface{ WeighLoss(train.Loss) train.Loss }); ok {
		return c.WeighLoss(l)
	}
	return l
}

// CheckLoss refuses a loss that makes no sense with a configuration for images of a shape. The
// configuration says so by a method CheckLoss, as VAE has.
func CheckLoss(c Config, l train.Loss, image graph.Shape) error {
	if c, ok := c.(interface {
		CheckLoss(train.Loss, graph.Shape) error
	}); ok {
		return c.CheckLoss(l, image)
	}
	return nil
}

// decode reads one JSON value, strictly.
func decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.WithStack(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("want one JSON value, got more behind it")
	}
	return nil
}
