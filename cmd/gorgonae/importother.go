package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/run"
)

// refuseOther refuses what holds no model that can be imported, and says what to do with it.
func refuseOther(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil: // said by what reads it
		return nil
	case info.IsDir():
		return refuseFolder(path)
	case info.Mode().IsRegular() && info.Size() == 0:
		return errors.Errorf("cannot import %s: want a file of Keras or a safetensors file, got an empty file: save or copy the model again", path)
	}
	return refuseJSON(path, info.Size())
}

// refuseFolder refuses a folder, and says what to do with that of a run or of TensorFlow.
func refuseFolder(path string) error {
	if _, err := run.Read(path); err == nil { // others name their models as we do
		return isOurs(path)
	}
	const want = "want a file of Keras or a safetensors file, "
	entries, err := os.ReadDir(path)
	if err != nil {
		return errors.Errorf("cannot import %s: %s%v", path, want, withoutPath(err))
	}
	var models []string
	for _, e := range entries {
		switch name := e.Name(); {
		case name == "saved_model.pb":
			return errors.Errorf("cannot import %s: %sgot a SavedModel of TensorFlow: save it as one file, with the Keras that made it: tf.keras.models.load_model(%q).save(\"model.h5\")", path, want, path)
		case name == "checkpoint" || strings.HasSuffix(name, ".ckpt.index") || name == "variables.index":
			return errors.Errorf("cannot import %s: %sgot a checkpoint of TensorFlow: load it into its model in Keras, model.load_weights(...), and save that: model.save(\"model.keras\")", path, want)
		case slices.Contains([]string{".keras", ".h5", ".hdf5", ".safetensors"}, strings.ToLower(filepath.Ext(name))):
			models = append(models, filepath.Join(path, name))
		}
	}
	if len(models) > 0 {
		const shown = 3
		if len(models) > shown {
			models = append(models[:shown], "another one")
		}
		return errors.Errorf("cannot import %s: %sgot a folder: name the file in it: %s", path, want, strings.Join(models, " or "))
	}
	return errors.Errorf("cannot import %s: %sgot a folder", path, want)
}

// refuseJSON refuses a file of JSON that belongs to a model, and says where the weights are.
func refuseJSON(path string, size int64) error {
	const most = 16 << 20
	if !strings.EqualFold(filepath.Ext(path), ".json") || size > most {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil // said by what reads it
	}
	var file struct {
		Class  string            `json:"class_name"`
		Layers json.RawMessage   `json:"config"`
		Parts  map[string]string `json:"weight_map"`
	}
	switch err := json.Unmarshal(text, &file); {
	case err != nil:
		return nil
	case file.Class != "" && file.Layers != nil:
		return errors.Errorf("cannot import %s: want a file with weights, got the layers of a model of Keras alone: name the file of its weights, and this one with --config %s", path, path)
	case len(file.Parts) > 0:
		return errors.Errorf("cannot import %s: want one safetensors file, got the list of a model in several: save the whole state dictionary in one file", path)
	}
	return nil
}
