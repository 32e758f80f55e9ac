package run

import (
	"bytes"
	"encoding/json"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/graph"
)

// explain says which setting of the model differs from that of the run in a checkpoint, if the
// checkpoint tells; else it returns the error with which the run could not be resumed.
func (r *Run) explain(path string, failed error) error {
	f, err := graph.ReadFile(path)
	if err != nil {
		return failed
	}
	var data TrainedOn
	if json.Unmarshal([]byte(f.Meta[dataKey]), &data) == nil {
		if began, now := data.Size(), r.Data.Train.Size(); began != now {
			return errors.Errorf("cannot resume from %s: want images of %v as when the run began, got %v: resume it with the data it began with",
				path, began, now)
		}
	}
	var began struct {
		Architecture string                     `json:"architecture"`
		Config       map[string]json.RawMessage `json:"config"`
	}
	if json.Unmarshal([]byte(f.Meta[settingsKey]), &began) != nil || began.Architecture == "" {
		return failed // the first version did not keep the settings
	}
	if began.Architecture != r.Settings.Architecture {
		return errors.Errorf("cannot resume from %s: want --model %s as when the run began, got %s: resume it with the options it began with",
			path, began.Architecture, r.Settings.Architecture)
	}
	text, err := json.Marshal(r.Settings.Config)
	if err != nil {
		return failed
	}
	now := map[string]json.RawMessage{}
	if json.Unmarshal(text, &now) != nil {
		return failed
	}
	for _, field := range autoencoder.Fields(r.Settings.Config) {
		if a, b := began.Config[field.Name], now[field.Name]; !bytes.Equal(a, b) {
			name := field.Name
			if field.Flag != "" {
				name = "--" + field.Flag
			}
			return errors.Errorf("cannot resume from %s: want %s %s as when the run began, got %s: resume it with the options it began with",
				path, name, orNone(a), b)
		}
	}
	return failed
}

func orNone(value json.RawMessage) string {
	if value == nil {
		return "left out"
	}
	return string(value)
}
