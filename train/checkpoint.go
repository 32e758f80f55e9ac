package train

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
)

// Keys of a checkpoint's metadata.
const (
	positionKey = "training.position"
	settingsKey = "training.settings"
	historyKey  = "training.history"
)

// checkPosition refuses a position that a run on these data never passes.
func (t *Trainer) checkPosition(ds Dataset) error {
	p, steps := t.pos, t.steps(ds)
	if p.Batch > steps || p.Step != uint64(p.Epoch*steps+p.Batch) || p.Sum.Rows != min(p.Batch*t.cfg.Batch, ds.Len()) {
		return errors.Errorf("want a position that fits epochs of %d steps over %d examples, got step %d of epoch %d, %d steps in all and %d examples seen in the epoch: the checkpoint is damaged, begin a new run",
			steps, ds.Len(), p.Batch, p.Epoch+1, p.Step, p.Sum.Rows)
	}
	return nil
}

// Describe returns the settings and the history of the run, as metadata for a model file.
func (t *Trainer) Describe() (map[string]string, error) {
	settings, err := json.Marshal(t.settings)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	var table bytes.Buffer
	if err := t.history.WriteCSV(&table); err != nil {
		return nil, err
	}
	return map[string]string{settingsKey: string(settings), historyKey: table.String()}, nil
}

// ReadSettings reads the settings of a run, by name, from a file's metadata. It is an error if
// there are none.
func ReadSettings(meta map[string]string) (map[string]string, error) {
	if meta[settingsKey] == "" {
		return nil, errors.Errorf("want metadata %q of a training, got none: use a model that gorgonae has trained", settingsKey)
	}
	var settings map[string]string
	err := readJSON(meta, settingsKey, &settings)
	return settings, err
}

// ReadHistory reads the history of a run from a file's metadata.
func ReadHistory(meta map[string]string) (History, error) {
	text, ok := meta[historyKey]
	if !ok {
		return History{}, errors.Errorf("want metadata %q of a training, got none: use a model that gorgonae has trained", historyKey)
	}
	return ReadCSV(strings.NewReader(text))
}

// Save writes the run as a model file with all that is needed to resume it: beside the model the
// optimizer's state, the position, the settings and the history. meta is added to the file's
// metadata. If a weight is not finite, Save returns an error and leaves an older file in place.
func (t *Trainer) Save(path string, meta map[string]string) error {
	f, err := t.File(meta)
	if err != nil {
		return err
	}
	return f.Write(path)
}

// File returns what Save writes, for ResumeFile. It shares the memory of the weights and of the optimizer's
// state.
func (t *Trainer) File(meta map[string]string) (*graph.File, error) {
	own, err := t.Describe()
	if err != nil {
		return nil, err
	}
	pos, err := json.Marshal(t.pos)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	own[positionKey] = string(pos)
	f := &graph.File{Model: t.model, Meta: map[string]string{}}
	maps.Copy(f.Meta, meta)
	maps.Copy(f.Meta, own)
	for i, w := range t.training.weights {
		for k, slot := range t.opt.Slots() {
			f.Extra = append(f.Extra, graph.Tensor{Name: slot + "/" + w.Name, Shape: w.Shape, Data: t.slots[i][k]})
		}
	}
	return f, nil
}

// Resume continues the run that Save wrote. The trainer must have been compiled with the same
// model. Fit checks that settings and data are those that the run began with.
func (t *Trainer) Resume(path string) error {
	f, err := graph.ReadFile(path)
	if err != nil {
		return err
	}
	return errors.WithMessagef(t.ResumeFile(f), "cannot resume from %s", path)
}

// ResumeFile is Resume for a file that has been read.
func (t *Trainer) ResumeFile(f *graph.File) error {
	own, err := t.model.Architecture()
	if err != nil {
		return err
	}
	kept, err := f.Model.Architecture()
	if err != nil {
		return err
	}
	if !bytes.Equal(own, kept) {
		return errors.New("want the model that the run began with, got another model: resume it with the options it began with")
	}
	pos, settings, h, err := readState(f.Meta)
	if err != nil {
		return err
	}
	if !slices.Equal(h.Terms, t.history.Terms) {
		return errors.Errorf("want a history with the model's loss terms %q, got %q: the checkpoint is damaged", t.history.Terms, h.Terms)
	}
	slots, err := t.findSlots(f.Extra)
	if err != nil {
		if began := settings["optimizer"]; began != "" && began != t.opt.String() { // the reason
			return sameSettings(map[string]string{"optimizer": began}, map[string]string{"optimizer": t.opt.String()})
		}
		return err
	}
	initial := t.initialWeights()
	values := f.Model.Weights()
	t.model.Change(func() {
		for i, w := range t.model.Weights() { // the same names in the same order, since the architectures are equal
			copy(w.Data, values[i].Data)
		}
	})
	switch {
	case settings == nil: // the run had not begun: it begins with these weights
		initial = ""
	case pos.Adopted:
		initial = settings[initialSetting]
	}
	t.slots, t.pos, t.settings, t.history, t.initial = slots, pos, settings, h, initial
	return nil
}

// Follow is ResumeFile for a trainer that goes on beside the one that the file comes from: the weights that the run
// began with are those of the file, whatever the model's are.
func (t *Trainer) Follow(f *graph.File) error {
	if err := t.ResumeFile(f); err != nil {
		return err
	}
	if t.settings != nil {
		t.initial = t.settings[initialSetting]
	}
	return nil
}

// readState reads what Save wrote into a checkpoint's metadata. Fit checks whether it fits the
// data.
func readState(meta map[string]string) (pos position, settings map[string]string, h History, err error) {
	pos.Epoch = -1 // refused below if the text does not name the epoch
	if err = readJSON(meta, positionKey, &pos); err != nil {
		return pos, settings, h, err
	}
	if err = readJSON(meta, settingsKey, &settings); err != nil {
		return pos, settings, h, err
	}
	if h, err = ReadHistory(meta); err != nil {
		return pos, settings, h, err
	}
	sums := 0 // number of sums: the loss and its terms, if there are steps to sum over
	if pos.Batch > 0 {
		sums = 1 + len(h.Terms)
	}
	if pos.Epoch != len(h.Epochs) || pos.Batch < 0 || len(pos.Sum.Values) != sums {
		err = errors.Errorf("want a position and a history that fit together, got %+v and a history of %d epochs: the checkpoint is damaged", pos, len(h.Epochs))
	}
	return pos, settings, h, err
}

func readJSON(meta map[string]string, key string, value any) error {
	text, ok := meta[key]
	if !ok {
		return errors.Errorf("want a checkpoint with metadata %q, got none: this is a model, not a checkpoint of a run", key)
	}
	return errors.Wrapf(json.Unmarshal([]byte(text), value), "metadata %q", key)
}

// findSlots finds the optimizer's state among a file's extra tensors, by name.
func (t *Trainer) findSlots(extra []graph.Tensor) ([][][]float32, error) {
	found := map[string]graph.Tensor{}
	for _, e := range extra {
		found[e.Name] = e
	}
	slots := make([][][]float32, len(t.training.weights))
	for i, w := range t.training.weights {
		for _, slot := range t.opt.Slots() {
			e, ok := found[slot+"/"+w.Name]
			if !ok || !w.Shape.Equal(e.Shape) {
				return nil, errors.Errorf("want the optimizer's %s of %s, got none or another shape: the checkpoint is damaged", slot, w.Name)
			}
			slots[i] = append(slots[i], e.Data)
		}
	}
	return slots, nil
}
