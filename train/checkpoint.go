package train

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
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

// begin checks the data and what the numbers depend on against what the run began with.
func (t *Trainer) begin(ds, val Dataset, epochs int) error {
	if epochs < 1 {
		return errors.Errorf("%d epochs, want at least 1", epochs)
	}
	if t.pos.Epoch > epochs {
		return errors.Errorf("the run has seen %d epochs already, more than the %d wanted: ask for at least as many, or begin a new run", t.pos.Epoch, epochs)
	}
	if err := t.checkData("the training data", ds); err != nil {
		return err
	}
	settings := t.describe(ds, epochs)
	if val != nil {
		hasTarget, err := fits("the validation data", val, t.model)
		if err != nil {
			return err
		}
		if hasTarget != t.hasTarget {
			return errors.New("of training and validation data only one has targets of its own, want both or none")
		}
		settings["validation data"] = fingerprint(val)
	} else if t.cfg.Patience > 0 {
		return errors.New("patience is a number of epochs without a lower validation loss: it wants validation data")
	}
	if err := sameSettings(t.settings, settings); err != nil {
		return err
	}
	if err := t.checkPosition(ds); err != nil {
		return err
	}
	t.settings = settings
	return nil
}

var longHash = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{52}\b`)

// short is a setting with its hashes cut to what a reader can compare.
func short(setting string) string { return longHash.ReplaceAllString(setting, "$1…") }

// sameSettings refuses to go on with other settings than those that a run began with, which are nil if it has not.
func sameSettings(began, now map[string]string) error {
	if began == nil {
		return nil
	}
	all := maps.Clone(began)
	maps.Copy(all, now)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if began[key] != now[key] {
			return errors.Errorf("the run began with %s %s, not %s: resume it with the settings and data it began with",
				key, short(cmp.Or(began[key], "none")), short(cmp.Or(now[key], "none")))
		}
	}
	return nil
}

// checkPosition refuses a position to which a run on this data cannot have come.
func (t *Trainer) checkPosition(ds Dataset) error {
	p, steps := t.pos, t.steps(ds)
	if p.Batch > steps || p.Step != uint64(p.Epoch*steps+p.Batch) || p.Sum.Rows != min(p.Batch*t.cfg.Batch, ds.Len()) {
		return errors.Errorf("it stands at step %d of epoch %d, %d steps in all, %d examples seen in the epoch, which does not fit epochs of %d steps over %d examples: the checkpoint is damaged",
			p.Batch, p.Epoch+1, p.Step, p.Sum.Rows, steps, ds.Len())
	}
	return nil
}

// describe lists everything that the numbers of a run depend on, beside the model.
func (t *Trainer) describe(ds Dataset, epochs int) map[string]string {
	s := map[string]string{
		"loss":          t.loss.String(),
		"optimizer":     t.opt.String(),
		"learning rate": fmt.Sprint(t.opt.Rate()),
		"schedule":      t.cfg.Schedule.String(),
		"batch":         fmt.Sprint(t.cfg.Batch),
		"shuffle":       fmt.Sprint(!t.cfg.InOrder),
		"seed":          fmt.Sprint(t.cfg.Seed),
		"clip":          fmt.Sprint(t.cfg.Clip),
		"patience":      fmt.Sprint(t.cfg.Patience),
		"data":          fingerprint(ds),
		"start":         t.cfg.Start,
	}
	if t.cfg.Schedule.UsesTotal() {
		s["schedule"] += fmt.Sprintf(" over %d epochs", epochs)
	}
	return s
}

// Describe is what a model file should say of the training behind it, as metadata: the settings and the history.
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

// ReadSettings finds what Describe says of the settings in a file's metadata.
func ReadSettings(meta map[string]string) (map[string]string, error) {
	if meta[settingsKey] == "" {
		return nil, errors.New("it says nothing of a training")
	}
	var settings map[string]string
	err := readJSON(meta, settingsKey, &settings)
	return settings, err
}

// ReadHistory finds the history in a file's metadata.
func ReadHistory(meta map[string]string) (History, error) {
	text, ok := meta[historyKey]
	if !ok {
		return History{}, errors.Errorf("it has no metadata %q: it holds no training", historyKey)
	}
	return ReadCSV(strings.NewReader(text))
}

// Save writes the run as a model file with everything that is needed to go on: the optimizer's state, the position and
// the history beside the model. meta is added to the file's metadata. Where a weight is not finite, nothing is written.
func (t *Trainer) Save(path string, meta map[string]string) error {
	own, err := t.Describe()
	if err != nil {
		return err
	}
	pos, err := json.Marshal(t.pos)
	if err != nil {
		return errors.WithStack(err)
	}
	own[positionKey] = string(pos)
	f := &graph.File{Model: t.model, Meta: map[string]string{}}
	maps.Copy(f.Meta, meta)
	maps.Copy(f.Meta, own)
	for i, w := range t.weights {
		for k, slot := range t.opt.Slots() {
			f.Extra = append(f.Extra, graph.Tensor{Name: slot + "/" + w.Name, Shape: w.Shape, Data: t.moments[i][k]})
		}
	}
	return f.Write(path)
}

// Resume takes up the run that Save wrote. The trainer must have been compiled with the same model; Fit refuses other
// settings or data than the run began with.
func (t *Trainer) Resume(path string) error {
	f, err := graph.ReadFile(path)
	if err != nil {
		return err
	}
	return errors.WithMessagef(t.resume(f), "cannot resume from %s", path)
}

func (t *Trainer) resume(f *graph.File) error {
	own, err := t.model.Architecture()
	if err != nil {
		return err
	}
	kept, err := f.Model.Architecture()
	if err != nil {
		return err
	}
	if !bytes.Equal(own, kept) {
		return errors.New("the run began with another model: resume it with the options it began with")
	}
	pos, settings, h, err := readState(f.Meta)
	if err != nil {
		return err
	}
	if !slices.Equal(h.Terms, t.history.Terms) {
		return errors.Errorf("its history has the loss terms %q, the model has %q", h.Terms, t.history.Terms)
	}
	moments, err := t.findMoments(f.Extra)
	if err != nil {
		if began := settings["optimizer"]; began != "" && began != t.opt.String() { // which is why
			return sameSettings(map[string]string{"optimizer": began}, map[string]string{"optimizer": t.opt.String()})
		}
		return err
	}
	values := f.Model.Weights()
	for i, w := range t.model.Weights() { // the same names in the same order, since the architectures are equal
		copy(w.Data, values[i].Data)
	}
	t.moments, t.pos, t.settings, t.history = moments, pos, settings, h
	return nil
}

// readState reads what Save wrote into a checkpoint's metadata. Whether it fits the data is for Fit to see.
func readState(meta map[string]string) (pos position, settings map[string]string, h History, err error) {
	pos.Epoch = -1 // refused below where the text does not say better
	if err = readJSON(meta, positionKey, &pos); err != nil {
		return pos, settings, h, err
	}
	if err = readJSON(meta, settingsKey, &settings); err != nil {
		return pos, settings, h, err
	}
	if h, err = ReadHistory(meta); err != nil {
		return pos, settings, h, err
	}
	sums := 0 // the loss and its terms, if there are steps to sum over
	if pos.Batch > 0 {
		sums = 1 + len(h.Terms)
	}
	if pos.Epoch != len(h.Epochs) || pos.Batch < 0 || len(pos.Sum.Values) != sums {
		err = errors.Errorf("position %+v and a history of %d epochs do not fit together", pos, len(h.Epochs))
	}
	return pos, settings, h, err
}

func readJSON(meta map[string]string, key string, value any) error {
	text, ok := meta[key]
	if !ok {
		return errors.Errorf("it has no metadata %q: it is a model, and no checkpoint of a run", key)
	}
	return errors.Wrapf(json.Unmarshal([]byte(text), value), "metadata %q", key)
}

// findMoments takes the optimizer's state from a file's extra tensors, by name.
func (t *Trainer) findMoments(extra []graph.Tensor) ([][][]float32, error) {
	found := map[string]graph.Tensor{}
	for _, e := range extra {
		found[e.Name] = e
	}
	moments := make([][][]float32, len(t.weights))
	for i, w := range t.weights {
		for _, slot := range t.opt.Slots() {
			e, ok := found[slot+"/"+w.Name]
			if !ok || !w.Shape.Equal(e.Shape) {
				return nil, errors.Errorf("the optimizer's %s of %s is missing or of another shape", slot, w.Name)
			}
			moments[i] = append(moments[i], e.Data)
		}
	}
	return moments, nil
}
