package main

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// modelFlags are the options that choose an architecture.
type modelFlags struct {
	name    string
	options autoencoder.Options
	loss    string
}

func (m *modelFlags) add(f *pflag.FlagSet) {
	f.StringVar(&m.name, "model", "tutorial", "which architecture (see above)")
	f.IntSliceVar(&m.options.Hidden, "hidden", nil, "widths of the encoder's hidden layers, mirrored in the decoder: 300 or 96,40")
	f.IntVar(&m.options.Latent, "latent", 0, "numbers of a code")
	f.StringVar(&m.options.Activation, "activation", "", "of the hidden layers: "+strings.Join(autoencoder.Activations(), ", "))
	f.StringVar(&m.options.Output, "output", "", "activation of the last layer, from the same list")
	f.Float32Var(&m.options.Slope, "slope", 0.3, "of every LeakyReLU")
	f.Float32Var(&m.options.Dropout, "dropout", 0, "share of elements dropped after every hidden activation")
	f.Float32Var(&m.options.Noise, "noise", 0, "of denoising: standard deviation of the noise on the input")
	f.Float32Var(&m.options.Divergence, "kl", 0, "of vae: weight of the divergence of the codes from a normal distribution")
	f.StringVar(&m.loss, "loss", "", "mse, mae, huber or bce, summed over an image's pixels with :sum; bce ends the decoder in Sigmoid")
}

// setting is the value of a flag.
type setting struct{ flag, value string }

// settings are the defaults of an architecture.
func settings(a autoencoder.Architecture) []setting {
	o, t := a.Options, a.Training
	all := []setting{
		{"hidden", strings.Trim(strings.ReplaceAll(fmt.Sprint(o.Hidden), " ", ","), "[]")},
		{"latent", fmt.Sprint(o.Latent)},
		{"activation", o.Activation},
		{"output", o.Output},
		{"noise", fmt.Sprint(o.Noise)},
		{"kl", fmt.Sprint(o.Divergence)},
		{"loss", t.Loss},
		{"optimizer", t.Optimizer},
		{"lr", fmt.Sprint(t.Rate)},
		{"schedule", t.Schedule},
		{"epochs", fmt.Sprint(t.Epochs)},
		{"batch", fmt.Sprint(t.Batch)},
		{"augment", t.Augment},
		{"binarize", t.Binarize},
	}
	var has []setting
	for _, s := range all {
		if s.value != "" && s.value != "0" { // else the architecture has nothing of the kind
			has = append(has, s)
		}
	}
	return has
}

// help lists the architectures with their defaults of the flags that a command has.
func (m *modelFlags) help(f *pflag.FlagSet) string {
	var b strings.Builder
	b.WriteString("Models, with the settings that each has where the flags do not say otherwise:\n")
	for _, a := range autoencoder.Architectures() {
		fmt.Fprintf(&b, "  %-14s%s", a.Name, a.About)
		column := 1000
		for _, s := range settings(a) {
			if f.Lookup(s.flag) == nil {
				continue
			}
			text := fmt.Sprintf(" --%s %s", s.flag, s.value)
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

// complete gives the flags that the user has not set the architecture's defaults.
func (m *modelFlags) complete(f *pflag.FlagSet) error {
	a, err := autoencoder.Find(m.name)
	if err != nil {
		return errors.WithMessage(err, "--model")
	}
	for _, s := range settings(a) {
		flag := f.Lookup(s.flag)
		if flag == nil || flag.Changed {
			continue
		}
		if err := flag.Value.Set(s.value); err != nil {
			return errors.Wrapf(err, "--%s", s.flag)
		}
	}
	loss, err := train.ParseLoss(m.loss)
	if err != nil {
		return err
	}
	if train.WantsSigmoid(loss) && !f.Changed("output") {
		m.options.Output = "sigmoid"
	}
	switch o := m.options; {
	case f.Changed("latent") && o.Latent < 1:
		return errors.Errorf("--latent %d, want at least 1", o.Latent)
	case f.Changed("noise") && o.Noise == 0:
		return errors.New("--noise 0, want a number above 0: without noise it is deep with other widths")
	case f.Changed("kl") && o.Divergence == 0:
		return errors.New("--kl 0, want a number above 0: without the divergence it is deep with other widths")
	case !(o.Slope > 0):
		return errors.Errorf("--slope %v, want a number above 0", o.Slope)
	case f.Changed("hidden") && len(o.Hidden) == 0:
		return errors.New("--hidden names no width, want at least one")
	}
	return nil
}

// build builds the architecture that the flags choose, for images of a size.
func (m *modelFlags) build(height, width int) (*autoencoder.Autoencoder, error) {
	a, err := autoencoder.Find(m.name)
	if err != nil {
		return nil, err
	}
	return a.Build(graph.Shape{1, height, width}, m.options)
}
