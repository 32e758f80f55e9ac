package run

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// OtherSettingError is the error of New if a run would continue with another setting than it began
// with.
type OtherSettingError struct {
	Path    string // of the checkpoint
	Setting string // its name in the settings' JSON: "latent"
	Began   string // the value when the run began
	Now     string
}

func (e *OtherSettingError) Error() string {
	return fmt.Sprintf("cannot resume from %s: want %s %s as when the run began, got %s: resume it with the settings it began with",
		e.Path, e.Setting, e.Began, e.Now)
}

// Began is how a run in a folder began.
type Began struct {
	Settings  Settings
	Source    string // the data set's name, or where it lay; "" in checkpoints of earlier versions
	TrainedOn TrainedOn
}

// Began returns how the run began.
func (r *Run) Began() Began {
	d := TrainedOn{}
	_ = json.Unmarshal([]byte(r.meta[dataKey]), &d) // describe wrote it
	return Began{Settings: r.Settings, Source: r.source, TrainedOn: d}
}

// Command returns the command line with which a run of these settings begins, as words: CommandLine joins
// them. The weights that it began with and its folder are no part of it.
func (b Began) Command() ([]string, error) {
	words := []string{"gorgonae", "train", "--model", b.Settings.Architecture}
	if b.Settings.Architecture == autoencoder.ImportedName {
		words = append(words, "--weights", "IMPORTED") // the folder that import made has the layers
	}
	if b.Source != "" {
		words = append(words, "--data", b.Source)
	}
	words = append(words, b.TrainedOn.Reading.Flags()...)
	flags, err := b.Settings.Flags()
	return append(words, flags...), err
}

// CommandLine joins words, and quotes those that a shell would divide or change.
func CommandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; w == "" || strings.ContainsAny(w, " \t\n'\"\\$`*?[]{}()<>|&;#!~") {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// ReadBegan reads how the run in a folder began, so that it can be continued without naming its settings.
func ReadBegan(dir string) (b Began, err error) {
	path := filepath.Join(dir, CheckpointName)
	f, err := graph.ReadFile(path)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal([]byte(f.Meta[settingsKey]), &b.Settings); err != nil {
		return b, errors.WithMessagef(err, "cannot read %s: metadata %q", path, settingsKey)
	}
	if err := json.Unmarshal([]byte(f.Meta[dataKey]), &b.TrainedOn); err != nil {
		return b, errors.Wrapf(err, "cannot read %s: metadata %q", path, dataKey)
	}
	b.Source = f.Meta[sourceKey]
	return b, nil
}

// explain finds the setting in which a run that could not be resumed differs from the one in the
// checkpoint. It returns failed, the error of resuming, if the checkpoint does not tell.
func (r *Run) explain(path string, failed error) error {
	f, err := graph.ReadFile(path)
	if err != nil {
		return failed
	}
	var data TrainedOn
	if json.Unmarshal([]byte(f.Meta[dataKey]), &data) == nil {
		if began, now := data.Size(), r.Data.Train.Size(); began != now {
			return &OtherSettingError{path, "images of", began.String(), now.String()}
		}
	}
	began, err := values([]byte(f.Meta[settingsKey]))
	if err != nil {
		return failed // the first version did not keep the settings
	}
	text, err := json.Marshal(r.Settings)
	if err != nil {
		return failed
	}
	now, err := values(text)
	if err != nil {
		return failed
	}
	if began.Architecture != now.Architecture {
		return &OtherSettingError{path, "model", began.Architecture, now.Architecture}
	}
	if a, b := began.Training["loss"], now.Training["loss"]; !reflect.DeepEqual(a, b) { // it may decide on the output
		return &OtherSettingError{path, "loss", fmt.Sprint(a), fmt.Sprint(b)}
	}
	for _, key := range began.keys(now) {
		if a, b := began.Config[key], now.Config[key]; !reflect.DeepEqual(a, b) {
			return &OtherSettingError{path, key, orNone(a), orNone(b)}
		}
	}
	return failed
}

// settingValues are settings as their JSON has them.
type settingValues struct {
	Architecture string         `json:"architecture"`
	Config       map[string]any `json:"config"`
	Training     map[string]any `json:"training"`
}

func values(text []byte) (v settingValues, err error) {
	if err = json.Unmarshal(text, &v); err == nil && v.Architecture == "" {
		err = errors.New("no settings")
	}
	return v, err
}

// keys returns the names of the settings of both configurations in alphabetical order.
func (v settingValues) keys(other settingValues) []string {
	all := map[string]bool{}
	for _, config := range []map[string]any{v.Config, other.Config} {
		for key := range config {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func orNone(value any) string {
	if value == nil {
		return "none"
	}
	return fmt.Sprint(value)
}
