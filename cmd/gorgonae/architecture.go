package main

import (
	"fmt"
	"maps"
	"strings"

	"github.com/pkg/errors"
	"github.com/spf13/pflag"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/run"
)

// settingFlags are the flags that choose an architecture and change its settings. They are derived
// from fields in packages autoencoder and run, so a new architecture or option needs no change
// here.
type settingFlags struct {
	model  string
	shared map[string]string // see sharedDefaults
}

// setting is the value of a flag that sets a field. It checks the text on a field of the same type,
// and keeps it until the architecture is known.
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

// addModel defines --model and a flag for every setting of every architecture.
func (m *settingFlags) addModel(f *pflag.FlagSet) {
	m.shared = sharedDefaults() // once: the program makes all commands whenever it starts
	f.StringVar(&m.model, "model", "tutorial", "architecture of the model (see above)")
	for _, a := range autoencoder.Architectures() {
		for _, field := range autoencoder.Fields(a.New()) {
			if field.Flag != "" && f.Lookup(field.Flag) == nil {
				addSetting(f, field, m.shared[field.Flag])
			}
		}
	}
}

// addTraining defines the named flags of the training.
func (m *settingFlags) addTraining(f *pflag.FlagSet, names ...string) {
	s, err := run.NewSettings(autoencoder.Architectures()[0].Name)
	if err != nil {
		panic("gorgonae: the first architecture is not found by its name")
	}
	control := autoencoder.Fields(&s.Control)
	for _, name := range names {
		for _, field := range append(s.Training.Fields(), control...) {
			if field.Flag != name {
				continue
			}
			standard := ""
			if containsFlag(control, name) { // their default is the same for all architectures
				standard = field.String()
			}
			addSetting(f, field, standard)
		}
	}
}

func addSetting(f *pflag.FlagSet, field autoencoder.Field, standard string) {
	f.Var(&setting{field, standard}, field.Flag, field.Help)
	if field.Type() == "bool" {
		f.Lookup(field.Flag).NoOptDefVal = "true"
	}
}

func containsFlag(all []autoencoder.Field, name string) bool {
	for _, f := range all {
		if f.Flag == name {
			return true
		}
	}
	return false
}

// sharedDefaults returns the defaults of the flags that several architectures have with the same default.
func sharedDefaults() map[string]string {
	texts, counts := map[string]string{}, map[string]int{}
	for _, a := range autoencoder.Architectures() {
		for _, field := range autoencoder.Fields(a.New()) {
			text := field.String()
			if counts[field.Flag]++; counts[field.Flag] > 1 && text != texts[field.Flag] {
				text = ""
			}
			texts[field.Flag] = text
		}
	}
	maps.DeleteFunc(texts, func(flag, _ string) bool { return counts[flag] < 2 })
	return texts
}

// help returns a list of the architectures with their defaults. It omits defaults that all
// architectures share.
func (m *settingFlags) help(f *pflag.FlagSet) string {
	var b strings.Builder
	b.WriteString("Models and their default settings:\n")
	for _, a := range autoencoder.Architectures() {
		fmt.Fprintf(&b, "  %-14s%s", a.Name, a.About)
		column := 1000
		for _, field := range append(autoencoder.Fields(a.New()), a.Training.Fields()...) {
			if f.Lookup(field.Flag) == nil || m.shared[field.Flag] != "" {
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

// settings returns the architecture's settings, changed by the flags that the user set.
func (m *settingFlags) settings(f *pflag.FlagSet) (s run.Settings, err error) {
	if s, err = run.NewSettings(m.model); err != nil {
		return s, errors.WithMessage(err, "--model")
	}
	return m.change(s, f)
}

// change returns settings changed by the flags that the user set.
func (m *settingFlags) change(s run.Settings, f *pflag.FlagSet) (_ run.Settings, err error) {
	f.Visit(func(flag *pflag.Flag) {
		if _, ok := flag.Value.(*setting); ok && err == nil {
			err = s.Set(flag.Name, flag.Value.String())
		}
	})
	if err != nil {
		return s, err
	}
	if !f.Changed("output") {
		autoencoder.MatchOutput(s.Config, s.Training.Loss)
	}
	return s, explain(&s, s.Check())
}

// explain turns an error about a field into an error about the flag of that field. Other errors are
// about the model, and explain adds its name.
func explain(s *run.Settings, err error) error {
	wrong := (*autoencoder.FieldError)(nil)
	if errors.As(err, &wrong) {
		for _, f := range s.Fields() {
			if f.Name == wrong.Field && f.Flag != "" {
				return &autoencoder.FieldError{Field: "--" + f.Flag, Want: wrong.Want, Got: wrong.Got}
			}
		}
	}
	return errors.WithMessage(err, s.Architecture)
}

// idleFlags says which of the flags that the user gave have no effect beside the other settings.
func idleFlags(f *pflag.FlagSet, s *run.Settings) (notes []string) {
	values := map[string]string{}
	for _, field := range s.Fields() {
		values[field.Flag] = strings.ToLower(field.String())
	}
	if f.Changed("slope") && values["activation"] != "leakyrelu" && values["output"] != "leakyrelu" {
		notes = append(notes, fmt.Sprintf("--slope has no effect: the activation is %s and the output %s, and neither is a leakyrelu", values["activation"], values["output"]))
	}
	if f.Changed("prior-hidden") && values["prior"] == "factorized" {
		notes = append(notes, "--prior-hidden has no effect: a factorized prior has no hidden layer")
	}
	if f.Changed("loss") && s.Architecture == "lossless" {
		notes = append(notes, "--loss has no effect on the weights: lossless gives every image back as it is, and learns what its bits cost")
	}
	return notes
}

// inFlags puts errors of package run into the words of flags.
func inFlags(s *run.Settings, err error) error {
	taken, other, busy := (*run.TakenError)(nil), (*run.OtherSettingError)(nil), (*run.BusyError)(nil)
	switch {
	case errors.As(err, &busy):
		return errors.Errorf("another process trains in %s: wait until it has ended, or name another --out", busy.Dir)
	case errors.As(err, &taken) && taken.Lost:
		return errors.Errorf("%s holds a run without its %s, so it cannot be resumed: replace it with --overwrite, or name another --out",
			taken.Dir, run.CheckpointName)
	case errors.As(err, &taken):
		return errors.Errorf("%s holds a run: continue it with --resume, replace it with --overwrite, or name another --out", taken.Dir)
	case errors.As(err, &other):
		named := *other
		for _, f := range append(s.Fields(), autoencoder.Field{Name: "model", Flag: "model"}) {
			if f.Name == other.Setting && f.Flag != "" {
				named.Setting = "--" + f.Flag
			}
		}
		return &named
	}
	return err
}
