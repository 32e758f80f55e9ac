package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/exchange/pytorch"
	"github.com/gorgonae/gorgonae/run"
)

// exportedSettings is the key of the metadata under which export keeps the settings of a run, so that import
// finds them.
const exportedSettings = "gorgonae.settings"

// importPyTorch makes a run of a state dictionary.
func importPyTorch(cmd *cobra.Command, o *importing, path string) error {
	var names pytorch.Map
	var err error
	if o.names != "" {
		if names, err = pytorch.ReadMap(o.names); err != nil {
			return errors.WithMessage(err, "--map")
		}
	}
	state, err := pytorch.Read(path, names.Ignores)
	if err != nil {
		return err
	}
	switch {
	case state.Metadata["gorgonae.architecture"] != "":
		return isOurs(path)
	case state.Slashed():
		return errors.Errorf("cannot import %s: want a state dictionary of PyTorch, with names such as fc1.weight, got names such as those of "+
			"Keras, encoder/dense/kernel: import the .keras or .h5 file, or export with --layout pytorch", path)
	}
	if name := state.Transformer(); name != "" && o.names == "" {
		return errors.Errorf("cannot import %s: want layers that an architecture of gorgonae has, got those of a transformer, such as %s: a --map can ignore them, if the others are an autoencoder", path, name)
	}
	for _, name := range kerasFlags {
		if cmd.Flags().Changed(name) {
			return errors.Errorf("--%s is for files of Keras, and %s is a state dictionary: leave it out", name, path)
		}
	}
	settings, notes, err := o.settingsFor(cmd, state)
	if err != nil {
		return err
	}
	shown, ok := state.Size()
	size, err := o.imageSize(shown, ok)
	if err != nil {
		return err
	}
	if err := o.place.Check(); err != nil {
		return inFlags(&settings, err)
	}
	ae, err := autoencoder.Build(settings.Config, size.Shape())
	if err != nil {
		return explain(&settings, err)
	}
	more, err := state.Fill(ae, size, names)
	if err != nil {
		return o.explainMatch(cmd, err)
	}
	on := run.TrainedOn{Name: o.data, Height: size.Height, Width: size.Width}
	if size.Channels != 1 {
		on.Channels = size.Channels
	}
	warning, err := run.Adopt(ae, settings, on, o.place)
	if err != nil {
		return inFlags(&settings, err)
	}
	held := o.describe(cmd.Context(), warning)
	fmt.Fprintf(cmd.OutOrStdout(), "%s holds %s: %s for images of %v\n", o.place.Dir, held, settings.Architecture, size)
	printNotes(append(notes, more...))
	return nil
}

// settingsFor returns the settings of the architecture for a state dictionary, and what was taken for them.
func (o *importing) settingsFor(cmd *cobra.Command, state *pytorch.State) (s run.Settings, notes []string, err error) {
	f := cmd.Flags()
	if text, ok := state.Metadata[exportedSettings]; ok && !f.Changed("model") {
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return s, nil, errors.WithMessagef(err, "cannot read %s: metadata %q", state.Path, exportedSettings)
		}
		s, err = o.change(s, f)
		return s, nil, err
	}
	if !f.Changed("model") {
		return s, nil, errors.Errorf("--model: want the architecture of the model in %s, which a state dictionary does not say, got none (gorgonae import -h lists them)", state.Path)
	}
	if s, err = run.NewSettings(o.model); err != nil {
		return s, nil, errors.WithMessage(err, "--model")
	}
	taken, err := state.Adapt(s.Config, f.Changed)
	if err != nil {
		return s, nil, errors.WithMessagef(err, "cannot import %s", state.Path)
	}
	if len(taken) > 0 {
		notes = append(notes, "taken for this file: "+strings.Join(taken, ", "))
	}
	s, err = o.change(s, f)
	return s, append(notes, "a state dictionary does not hold what layers compute; taken are "+pytorch.Assumed(s.Config)+": a model of others predicts something else"), err
}

// explainMatch shows what does not match, and prints a template for a map.
func (o *importing) explainMatch(cmd *cobra.Command, err error) error {
	failed := (*pytorch.MatchError)(nil)
	if !errors.As(err, &failed) {
		return err
	}
	if other := failed.Lists(os.Stderr); other != nil {
		return other
	}
	text, other := failed.Template()
	if other != nil {
		return other
	}
	if _, other := cmd.OutOrStdout().Write(text); other != nil {
		return other
	}
	return err
}
