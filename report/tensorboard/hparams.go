package tensorboard

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gorgonae/gorgonae/run"
)

// The HParams dashboard lists each run that has a session start, with the settings in it and with all
// its scalars as metrics. No run describes the experiment as a whole (_hparams_/experiment), because
// TensorBoard would take the description of one run for all, and other architectures have other settings.

const (
	sessionStartTag = "_hparams_/session_start_info"
	sessionEndTag   = "_hparams_/session_end_info"
)

// status is how a session ended.
type status uint64

// The numbers of tensorboard.hparams.Status.
const (
	success status = 1
	failure status = 2
)

// hparams is a value whose meaning lies in the content for the plugin. field is that of the oneof in
// HParamsPluginData.
func hparams(tag string, content message) value {
	return value{tag: tag, plugin: "hparams", content: content, body: tensor(float32Type, nil, 0)}
}

// startOf describes the settings of a run.
func startOf(r *run.Run) value {
	var m message
	for _, s := range settings(r) {
		m = m.bytes(1, message{}.text(1, s.name).bytes(2, s.value))
	}
	return hparams(sessionStartTag, message{}.bytes(3, m.float64(5, seconds(time.Now()))))
}

func endOf(s status) value {
	m := message{}.uint(1, uint64(s)).float64(2, seconds(time.Now()))
	return hparams(sessionEndTag, message{}.bytes(4, m))
}

// setting has its value as a message google.protobuf.Value.
type setting struct {
	name  string
	value message
}

// settings lists the settings of a run by the names of their flags.
func settings(r *run.Run) []setting {
	s := r.Settings
	all := []setting{{"model", textValue(s.Architecture)}, {"data", textValue(r.Data.Name)}}
	for _, f := range s.Fields() {
		name := f.Flag
		if name == "" {
			name = f.Name
		}
		if slices.ContainsFunc(all, func(s setting) bool { return s.name == name }) {
			continue
		}
		text := f.String()
		v := textValue(text)
		switch f.Type() {
		case "bool":
			v = message{}.uint(4, boolBit(text == "true"))
		case "int", "uint64", "float32", "float64":
			if x, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
				v = message{}.float64(2, x)
			}
		}
		all = append(all, setting{name, v})
	}
	return all
}

// textValue is a text, which may be empty.
func textValue(text string) message { return message{}.bytes(3, []byte(text)) }

func boolBit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// seconds are those since 1970.
func seconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }
