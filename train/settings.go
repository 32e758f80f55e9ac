package train

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/gorgonae/gorgonae/graph"
)

// Beside the model, a checkpoint holds every setting that the numbers of a run depend on, as a text
// with a name. A run is only resumed if all of them are the same. The fields of Config are found by
// reflection, so that nobody forgets a new one.

// Names of settings that are not fields of Config.
const (
	dataSetting       = "data"
	validationSetting = "validation data"
	initialSetting    = "initial weights"
	shardsSetting     = "shards" // a field of Config, which is left out if it is 1

	// startSetting is in checkpoints of the first version, in place of the hash of the initial
	// weights. It says in words where they came from, and cannot be compared.
	startSetting = "start"
)

// Names of the settings that hold the fingerprints of the data to train on and of the validation data.
const (
	TrainingData   = dataSetting
	ValidationData = validationSetting
)

// fields lists the fields of a configuration as settings. Each field has a tag `setting`: its name
// in checkpoints, "not name" if the checkpoint holds the opposite of a bool, or "-" if the numbers
// of a run do not depend on it.
func fields(config any) map[string]string {
	all := map[string]string{}
	v := reflect.ValueOf(config)
	for _, f := range reflect.VisibleFields(v.Type()) {
		tag, ok := f.Tag.Lookup("setting")
		if !ok {
			panic("train: the field " + f.Name + " has no tag `setting`")
		}
		if tag == "-" {
			continue
		}
		value := v.FieldByIndex(f.Index).Interface()
		name, opposite := strings.CutPrefix(tag, "not ")
		if opposite {
			value = !value.(bool)
		}
		all[name] = fmt.Sprint(value)
	}
	return all
}

// describe lists all settings. val may be nil.
func (t *Trainer) describe(ds, val Dataset, epochs int) map[string]string {
	s := fields(t.cfg)
	if t.cfg.Shards == 1 { // as runs that began before there were shards
		delete(s, shardsSetting)
	}
	if t.cfg.Schedule.UsesTotal() {
		s["schedule"] += fmt.Sprintf(" over %d epochs", epochs)
	}
	s["loss"] = t.loss.String()
	s["optimizer"] = t.opt.String()
	s["learning rate"] = fmt.Sprint(t.opt.Rate())
	s[dataSetting] = Fingerprint(ds)
	if val != nil {
		s[validationSetting] = Fingerprint(val)
	}
	if start, ok := t.settings[startSetting]; ok {
		s[startSetting] = start
	} else {
		s[initialSetting] = t.initialWeights()
	}
	return s
}

// sameSettings returns an error unless the settings are those that a run began with. began is nil
// if it has not begun.
func sameSettings(began, now map[string]string) error {
	if began == nil {
		return nil
	}
	all := maps.Clone(began)
	maps.Copy(all, now)
	names := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		if c := cmp.Compare(derived(a), derived(b)); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	for _, name := range names {
		if began[name] != now[name] {
			return &OtherSettingError{name, short(cmp.Or(began[name], "none")), short(cmp.Or(now[name], "none"))}
		}
	}
	return nil
}

// OtherSettingError is the error of Fit if a run would continue with another setting than it began
// with.
type OtherSettingError struct {
	Name       string
	Began, Now string // long values are cut
}

func (e *OtherSettingError) Error() string {
	return fmt.Sprintf("want %s %s as when the run began, got %s: resume it with the settings and data it began with", e.Name, e.Began, e.Now)
}

// derived is 1 for a setting that follows from others, such as the seed. An error should name those
// first.
func derived(name string) int {
	if name == initialSetting {
		return 1
	}
	return 0
}

var longHash = regexp.MustCompile(`\b([0-9a-f]{12})[0-9a-f]{52}\b`)

// short is a setting with its hashes shortened for a reader.
func short(setting string) string { return longHash.ReplaceAllString(setting, "$1…") }

// initialWeights is the hash of the weights that the run began with: the present ones if it has not
// begun.
func (t *Trainer) initialWeights() string {
	if t.initial != "" {
		return t.initial
	}
	return HashWeights(t.model)
}

// HashWeights returns the SHA-256, in hex, of a model's weights: for each in order its name, a zero
// byte, and its numbers as little-endian float32. Runs that end in the same bits have the same hash, while
// their files differ in the times of the epochs.
func HashWeights(m *graph.Model) string {
	h := sha256.New()
	var buffer []byte
	for _, w := range m.Weights() {
		buffer = append(append(buffer[:0], w.Name...), 0)
		buffer, _ = binary.Append(buffer, binary.LittleEndian, w.Data) // no error: a []float32 has a fixed size
		h.Write(buffer)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
