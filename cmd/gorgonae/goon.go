package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/run"
	"github.com/gorgonae/gorgonae/train"
)

// settingsOf returns the settings that the flags ask for. A run that is resumed has its own settings,
// but for those that flags change.
func (o *trainFlags) settingsOf(cmd *cobra.Command) (run.Settings, error) {
	f := cmd.Flags()
	began, ok := o.began(f.Changed("model"))
	if !ok && o.model == autoencoder.ImportedName && o.weights != "" { // its layers are where its weights are
		s, err := settingsIn(o.weights)
		if err != nil {
			return s, errors.WithMessage(err, "--weights")
		}
		return o.change(s, f)
	}
	if !ok {
		return o.settings(f)
	}
	if !f.Changed("data") && began.Source != "" {
		if err := findSource(began.Source, o.place.Dir); err != nil {
			return run.Settings{}, err
		}
		o.data = began.Source
		if !f.Changed("layout") {
			o.pictures.layout = began.TrainedOn.Reading.Layout
		}
	}
	return o.change(began.Settings, f)
}

// settingsIn returns the settings of the run in a folder, or of a model file.
func settingsIn(path string) (run.Settings, error) {
	m, err := run.Read(path)
	if err != nil {
		return run.Settings{}, err
	}
	return m.Settings()
}

// findSource returns an error if a run's data set is a path that leads nowhere from here. Paths are kept as they
// were given, so that a run can move together with its data set.
func findSource(source, dir string) error {
	if dataset.Named(source) {
		return nil
	}
	if _, err := os.Stat(run.ArrayFile(source)); !errors.Is(err, fs.ErrNotExist) {
		return nil // what else is wrong is said where it is read
	}
	from := "which is not there any more"
	if !filepath.IsAbs(source) {
		from = "seen from the folder in which that training was started"
	}
	return errors.Errorf("cannot find %s, the data set of the run in %s, %s: name it with --data", source, dir, from)
}

// began returns how the run began that is resumed. ok is false if there is none in the folder, or if
// the user wants another model: then the settings are those of the flags, and the refusal says why.
func (o *trainFlags) began(modelAsked bool) (b run.Began, ok bool) {
	if !o.place.Resume || o.place.Dir == "" {
		return b, false
	}
	b, err := run.ReadBegan(o.place.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(o.place.Dir); err == nil {
			return b, false
		}
		printNotes([]string{fmt.Sprintf("%s holds no run to resume: a new one begins", o.place.Dir)})
		return b, false
	case err != nil: // New reports it
		return b, false
	case modelAsked && b.Settings.Architecture != o.model: // New reports it, for the data that the run began with
		if o.data == "" {
			o.data = b.Source
		}
		return b, false
	}
	return b, true
}

// wayOut adds to an error with which a run cannot go on how to go on otherwise: as a new run with the
// settings that were asked for, from its weights if the model is the same.
func (o *trainFlags) wayOut(s *run.Settings, dir string, err error) error {
	config, setting, diverged := (*run.OtherSettingError)(nil), (*train.OtherSettingError)(nil), (*train.DivergedError)(nil)
	_, noModel := os.Stat(filepath.Join(dir, run.ModelName))
	switch {
	case err == nil || dir == "":
		return err
	case o.place.Resume && noModel == nil && strings.Contains(err.Error(), filepath.Join(dir, run.CheckpointName)) && !errors.As(err, &config):
		return errors.Errorf("%v; or begin a new run from the weights of its model: %s", err, o.newRun(s, dir, dir, ""))
	case errors.As(err, &config):
		return errors.Errorf("%v; or begin a new run: %s", err, o.newRun(s, "", dir, ""))
	case errors.As(err, &setting):
		return errors.Errorf("%v; or begin a new run from its weights: %s", err, o.newRun(s, dir, dir, ""))
	case errors.As(err, &diverged):
		from := dir
		if _, other := os.Stat(filepath.Join(dir, run.BestName)); other == nil {
			from = filepath.Join(dir, run.BestName)
		}
		return errors.Errorf("%v; or begin a new run from its weights: %s", err, o.newRun(s, from, dir, "SMALLER"))
	}
	return err
}

// newRun returns the command line of a new run beside one in a folder. weights and lr may be "".
func (o *trainFlags) newRun(s *run.Settings, weights, dir, lr string) string {
	words := []string{"gorgonae", "train"}
	if weights != "" {
		words = append(words, "--weights", weights)
	}
	words = append(words, "--out", dir+"-2", "--model", s.Architecture)
	if o.data != "" {
		words = append(words, "--data", o.data)
	}
	words = slices.Concat(words, o.read.Flags(), o.pictures.asked())
	flags, err := s.Flags()
	if err != nil {
		return run.CommandLine(words)
	}
	if lr != "" {
		if i := slices.Index(flags, "--lr"); i >= 0 {
			flags = slices.Delete(flags, i, i+2)
		}
		flags = append(flags, "--lr", lr)
	}
	return run.CommandLine(append(words, flags...))
}
