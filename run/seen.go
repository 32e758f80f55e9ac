package run

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/train"
)

// seenKey is the key of a Seen as JSON in a model file's metadata.
const seenKey = "trained images"

// maxSeen bounds how many images a Seen keeps. With a set that has 100 times as many, one of 100 test
// images can be looked up, which is enough to notice a test set that was trained on.
const maxSeen = 512

// seen tells which images a model was trained on: it keeps the lowest of the hashes of their contents. They
// are a sample of the images that is the same for every data set with these images, whatever its name, its
// order and its parts.
type seen struct {
	Images int    `json:"images"` // different ones
	Lowest string `json:"lowest"` // 8 bytes of the hash of each, as hex, in ascending order
	By     string `json:"by"`     // what is hashed: byPixels; "" in files of earlier versions, which hashed the bytes of pictures' files
}

// byPixels is a seen of the hashes that images.Files.Hash and images.Set.Contents return. If these change,
// because a decoder gives other pixels, it needs another name: hashes of two kinds cannot be compared.
const byPixels = "pixels"

// seenOf returns the sample of images.
func seenOf(contents [][sha256.Size]byte) seen {
	keys := make([]uint64, len(contents))
	for i, h := range contents {
		keys[i] = binary.BigEndian.Uint64(h[:])
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var lowest []byte
	for _, k := range keys[:min(len(keys), maxSeen)] {
		lowest = binary.BigEndian.AppendUint64(lowest, k)
	}
	return seen{len(keys), hex.EncodeToString(lowest), byPixels}
}

// count returns how many of some images the sample could have, and how many of them it has.
func (s seen) count(contents [][sha256.Size]byte) (could, found int, err error) {
	has, err := s.keys()
	if err != nil {
		return 0, 0, err
	}
	last := uint64(0)
	for key := range has {
		last = max(last, key)
	}
	for _, h := range contents {
		key := binary.BigEndian.Uint64(h[:])
		if s.Images > len(has) && key > last {
			continue
		}
		could++
		if has[key] {
			found++
		}
	}
	return could, found, nil
}

// describeSeen adds the sample of the images to train on to the metadata of a model. The images of data sets
// with a name do not change, so their models need none.
func describeSeen(meta map[string]string, data *dataset.Data) error {
	if dataset.Named(data.Name) {
		return nil
	}
	train, _ := data.Contents()
	if len(train) == 0 {
		return nil
	}
	text, err := json.Marshal(seenOf(train))
	meta[seenKey] = string(text)
	return errors.WithStack(err)
}

// TestedBefore returns a note if the model was trained on images that a data set tests with, whatever
// the names of both, else "". It must get the data set as it was opened, before Use.
func (m *Model) TestedBefore(data *dataset.Data) (string, error) {
	text, ok := m.Meta[seenKey]
	if !ok {
		return "", nil
	}
	var s seen
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return "", errors.Wrapf(err, "cannot use %s: metadata %q", m.Path, seenKey)
	}
	_, test := data.Contents()
	if test == nil {
		return "", nil
	}
	if s.By != byPixels {
		if dataset.Named(data.Name) { // has its own images for testing
			return "", nil
		}
		return fmt.Sprintf("the model was trained by a version that chose images for testing in another way: it may have been trained on test images of %s, so their errors may say nothing about new images", data.Name), nil
	}
	could, found, err := s.count(test)
	switch {
	case err != nil:
		return "", errors.WithMessagef(err, "cannot use %s: metadata %q", m.Path, seenKey)
	case found == 0:
		return "", nil
	case could == len(test):
		return fmt.Sprintf("the model was trained on %d of the %d test images of %s, so their errors say nothing about new images", found, len(test), data.Name), nil
	}
	return fmt.Sprintf("the model was trained on about %d %% of the %d test images of %s, so their errors say nothing about new images", (100*found+could/2)/could, len(test), data.Name), nil
}

// Differs returns a note if a data set is another than the one that the model was trained on, whatever
// the names of both: if its test images, their classes, or how they are read, are others, or its images to
// train on. Else it returns "", also for a folder that was only renamed. It must get the data set that Use returned.
func (m *Model) Differs(data *dataset.Data) string {
	settings, err := train.ReadSettings(m.Meta)
	if err != nil || data.Test == nil {
		return ""
	}
	began := settings[train.ValidationData]
	if began == "" {
		return ""
	}
	if began == train.Fingerprint(data.Test) {
		return m.trainsOnOthers(data)
	}
	other := ""
	if data.Name != m.TrainedOn.Name {
		other = ", " + m.TrainedOn.Name
	}
	text := fmt.Sprintf("%s is not the data set that the model was trained on%s: its %d test images, their classes, or how they are read, are others", data.Name, other, data.Test.Len())
	if data.Reading != m.TrainedOn.Reading {
		text += fmt.Sprintf(" (trained on pictures read as %v, now %v)", m.TrainedOn.Reading, data.Reading)
	}
	return text
}

// trainsOnOthers returns a note if a data set with the test images of the training has other images to train on,
// else "".
func (m *Model) trainsOnOthers(data *dataset.Data) string {
	var before seen
	images, _ := data.Contents()
	if images == nil || json.Unmarshal([]byte(m.Meta[seenKey]), &before) != nil {
		return ""
	}
	now := seenOf(images)
	if text, same := before.changed(now); !same && text != "" && before.By == now.By {
		return fmt.Sprintf("the images to train on of %s are not those that the model was trained on: %s", data.Name, text)
	}
	return ""
}

// keys returns the hashes of a sample.
func (s seen) keys() (map[uint64]bool, error) {
	lowest, err := hex.DecodeString(s.Lowest)
	if err != nil || len(lowest)%8 != 0 || len(lowest) == 0 || len(lowest) > 8*maxSeen {
		return nil, errors.Errorf("want hashes of 1 to %d images as hex, got %.40q", maxSeen, s.Lowest)
	}
	has := map[uint64]bool{}
	for ; len(lowest) > 0; lowest = lowest[8:] {
		has[binary.BigEndian.Uint64(lowest)] = true
	}
	return has, nil
}

// changed says how the images to train on differ between the samples of two data sets, or returns "" if the
// samples do not tell. same reports whether the images are the same.
func (s seen) changed(now seen) (text string, same bool) {
	before, err := s.keys()
	if err != nil {
		return "", false
	}
	after, err := now.keys()
	if err != nil {
		return "", false
	}
	added, gone := 0, 0
	for k := range after {
		if !before[k] {
			added++
		}
	}
	for k := range before {
		if !after[k] {
			gone++
		}
	}
	switch {
	case added == 0 && gone == 0 && s.Images == now.Images:
		return "its images to train on are the same, but not their order or names of classes, or they are read otherwise, or the test images differ", true
	case s.Images <= maxSeen && now.Images <= maxSeen:
		return fmt.Sprintf("images to train on that are new: %d, that are gone: %d", added, gone), false
	}
	return fmt.Sprintf("it had %d different images to train on, and has %d", s.Images, now.Images), false
}

// OtherDataError is the error of Train if a run cannot go on because its data set has changed.
type OtherDataError struct {
	Data string // its name
	How  string // it differs
	err  error  // of package train, which knows digests alone
}

func (e *OtherDataError) Error() string {
	return fmt.Sprintf("the data set %s is not as it was when the run began: %s: name the data set that the run began with, or begin a new run", e.Data, e.How)
}

func (e *OtherDataError) Unwrap() error { return e.err }

// explainData says, if a run cannot go on because its data set differs, in which way it does.
func (r *Run) explainData(failed error) error {
	other := (*train.OtherSettingError)(nil)
	if !errors.As(failed, &other) || other.Name != train.TrainingData && other.Name != train.ValidationData {
		return failed
	}
	var before, now seen
	f, err := graph.ReadFile(r.dir.file(CheckpointName))
	if err != nil {
		return failed
	}
	if json.Unmarshal([]byte(r.meta[seenKey]), &now) != nil || json.Unmarshal([]byte(f.Meta[seenKey]), &before) != nil {
		return failed
	}
	if before.By != now.By {
		return errors.WithMessagef(failed, "the run was begun by a version that told the images of %s apart, and chose those for testing, in another way: go on with that version, or begin a new run", r.Data.Name)
	}
	how, same := before.changed(now)
	if same || how == "" { // the settings of package train say what is done to the images
		return errors.WithMessagef(failed, "the data set %s is not as it was when the run began: %s", r.Data.Name, cmp.Or(how, "in what cannot be told"))
	}
	return &OtherDataError{r.Data.Name, how, failed}
}
