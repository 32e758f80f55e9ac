package main

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// modelFlags are the options that choose an architecture and its settings. complete fills in config
// and training.
type modelFlags struct {
	name     string
	arch     autoencoder.Architecture
	config   autoencoder.Config
	training autoencoder.Training
}

// setting is the value of a flag that belongs to an architecture. It keeps the text until the
// architecture is known, and tries it on a field of the same kind.
type setting struct {
	trial autoencoder.Field
	text  string
}

func (s *setting) String() string { return s.text }
func (s *setting) Type() string   { return s.trial.Type() }

func (s *setting) Set(text string) error {
	err := s.trial.Set(text)
	if err == nil {
		s.text = text
	}
	return err
}

// add defines --model and a flag for every setting of every architecture.
func (m *modelFlags) add(f *pflag.FlagSet) {
	f.StringVar(&m.name, "model", "tutorial", "which architecture (see above)")
	for _, a := range autoencoder.Architectures() {
		for _, field := range autoencoder.Fields(a.New()) {
			if field.Flag != "" && f.Lookup(field.Flag) == nil {
				f.Var(&setting{field, shared(field.Flag)}, field.Flag, field.Help)
			}
		}
	}
}

// addTraining defines the named flags of the training.
func (m *modelFlags) addTraining(f *pflag.FlagSet, names ...string) {
	t := autoencoder.Architectures()[0].Training
	for _, name := range names {
		for _, field := range t.Fields() {
			if field.Flag == name {
				f.Var(&setting{trial: field}, name, field.Help)
			}
		}
	}
}

// shared returns the default of a flag if several architectures have the flag and all have the same
// default, else an empty text.
func shared(flag string) string {
	text, n := "", 0
	for _, a := range autoencoder.Architectures() {
		for _, field := range autoencoder.Fields(a.New()) {
			if field.Flag != flag {
				continue
			}
			if n++; n > 1 && field.String() != text {
				return ""
			}
			text = field.String()
		}
	}
	if n < 2 {
		return ""
	}
	return text
}

// help lists the architectures with their defaults, without those that all share.
func (m *modelFlags) help(f *pflag.FlagSet) string {
	var b strings.Builder
	b.WriteString("Models, with the settings that each has where the flags do not say otherwise:\n")
	for _, a := range autoencoder.Architectures() {
		fmt.Fprintf(&b, "  %-14s%s", a.Name, a.About)
		column := 1000
		for _, field := range append(autoencoder.Fields(a.New()), a.Training.Fields()...) {
			if f.Lookup(field.Flag) == nil || shared(field.Flag) != "" {
				continue
			}
			text := fmt.Sprintf(" --%s %s", field.Flag, field)
			if column += len(text); column > 120 {
				fmt.Fprintf(&b, "\n%15s", "")
				column = 15 + len(text)
			}
			b.WriteString(text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// complete makes the configuration and the training: the architecture's defaults, changed by the
// flags that the user set.
func (m *modelFlags) complete(f *pflag.FlagSet) (err error) {
	if m.arch, err = autoencoder.Find(m.name); err != nil {
		return errors.WithMessage(err, "--model")
	}
	m.config, m.training = m.arch.New(), m.arch.Training
	known := map[string]bool{}
	for _, field := range m.fields() {
		known[field.Flag] = true
		if flag := f.Lookup(field.Flag); flag != nil && flag.Changed {
			if err := field.Set(flag.Value.String()); err != nil {
				return errors.WithMessage(err, "--"+field.Flag)
			}
		}
	}
	f.Visit(func(flag *pflag.Flag) {
		if _, ok := flag.Value.(*setting); ok && !known[flag.Name] && err == nil {
			err = errors.Errorf("%s has no --%s: %s", m.name, flag.Name, m.arch.Lacks(flag.Name))
		}
	})
	if err != nil {
		return err
	}
	if !f.Changed("output") {
		autoencoder.MatchOutput(m.config, m.training.Loss)
	}
	return m.explain(m.training.Check())
}

// build builds the architecture that the flags choose, for images of a shape.
func (m *modelFlags) build(image graph.Shape) (*autoencoder.Autoencoder, error) {
	ae, err := m.config.Build(image)
	return ae, m.explain(err)
}

// fields returns the settings of the configuration and of the training.
func (m *modelFlags) fields() []autoencoder.Field {
	return append(autoencoder.Fields(m.config), m.training.Fields()...)
}

// explain makes an error about a field one about its flag, and gives other errors the model's name.
func (m *modelFlags) explain(err error) error {
	wrong := (*autoencoder.FieldError)(nil)
	if errors.As(err, &wrong) {
		for _, f := range m.fields() {
			if f.Name == wrong.Field && f.Flag != "" {
				return &autoencoder.FieldError{Field: "--" + f.Flag, Want: wrong.Want, Got: wrong.Got}
			}
		}
	}
	return errors.WithMessage(err, m.name)
}
