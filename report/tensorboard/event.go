package tensorboard

import (
	"math"

	"github.com/pkg/errors"
	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of an event file, with the numbers of their fields, are those of TensorBoard's
// tensorboard/compat/proto: event.proto, summary.proto, tensor.proto. Only what is needed is here.

// event is a message Event: what was measured at one step.
type event struct {
	seconds float64 // since 1970
	step    int64
	values  []value

	version bool // the event that begins a file
	start   bool // a session starts at this step: what an earlier one left from it on is void
}

// value is a message Summary.Value.
type value struct {
	tag         string
	plugin      string // the part of TensorBoard that shows it
	content     []byte // of the plugin's own message
	description string // in Markdown
	body        []byte // the field with the value itself
}

// message is a protobuf message that is being written.
type message []byte

func (m message) uint(field protowire.Number, v uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, field, protowire.VarintType), v)
}

func (m message) float32(field protowire.Number, v float32) message {
	return protowire.AppendFixed32(protowire.AppendTag(m, field, protowire.Fixed32Type), math.Float32bits(v))
}

func (m message) float64(field protowire.Number, v float64) message {
	return protowire.AppendFixed64(protowire.AppendTag(m, field, protowire.Fixed64Type), math.Float64bits(v))
}

// bytes writes bytes, a text or a message.
func (m message) bytes(field protowire.Number, v []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), v)
}

func (m message) text(field protowire.Number, v string) message {
	if v == "" {
		return m
	}
	return m.bytes(field, []byte(v))
}

// fileVersion is the version of event files since 2015. With it TensorBoard looks at session starts.
const fileVersion = "brain.Event:2"

// Fields of Event.
const (
	wallTimeField = 1
	stepField     = 2
	versionField  = 3
	summaryField  = 5
	sessionField  = 7
)

// Fields of Summary and Summary.Value.
const (
	valueField    = 1
	tagField      = 1
	scalarField   = 2
	imageField    = 4
	tensorField   = 8
	metadataField = 9
)

const sessionStart = 1 // SessionLog.START

// marshal returns the bytes of an event.
func (e event) marshal() []byte {
	m := message{}.float64(wallTimeField, e.seconds).uint(stepField, uint64(e.step))
	switch {
	case e.version:
		return m.text(versionField, fileVersion)
	case e.start:
		return m.bytes(sessionField, message{}.uint(1, sessionStart))
	}
	var summary message
	for _, v := range e.values {
		data := message{}.text(1, v.plugin)
		if len(v.content) > 0 {
			data = data.bytes(2, v.content)
		}
		meta := message{}.bytes(1, data).text(3, v.description)
		one := message{}.text(tagField, v.tag).bytes(metadataField, meta)
		summary = summary.bytes(valueField, append(one, v.body...))
	}
	return m.bytes(summaryField, summary)
}

// scalar is a number, in the form that all readers take: TensorBoard turns it into a tensor.
func scalar(tag string, v float64, description string) value {
	return value{tag: tag, plugin: "scalars", description: description, body: message{}.float32(scalarField, float32(v))}
}

// picture is an image, as PNG. channels is 1 for grey, 3 for colour and 4 for colour with alpha.
func picture(tag string, height, width, channels int, png []byte, description string) value {
	m := message{}.uint(1, uint64(height)).uint(2, uint64(width)).uint(3, uint64(channels)).bytes(4, png)
	return value{tag: tag, plugin: "images", description: description, body: message{}.bytes(imageField, m)}
}

// Types of tensors.
const (
	float32Type = 1
	float64Type = 2
)

// tensor is the field of a tensor.
func tensor(kind uint64, content []byte, shape ...int) []byte {
	var dims message
	for _, n := range shape {
		dims = dims.bytes(2, message{}.uint(1, uint64(n)))
	}
	m := message{}.uint(1, kind).bytes(2, dims)
	if len(content) > 0 {
		m = m.bytes(4, content)
	}
	return message{}.bytes(tensorField, m)
}

// seen is what is read of an event.
type seen struct {
	step  int64
	start bool
	tags  []string
}

// parse reads an event.
func parse(data []byte) (s seen, err error) {
	err = fields(data, func(field protowire.Number, v uint64, b []byte) error {
		switch {
		case field == stepField:
			s.step = int64(v)
		case field == sessionField && b != nil:
			return fields(b, func(field protowire.Number, v uint64, _ []byte) error {
				s.start = s.start || field == 1 && v == sessionStart
				return nil
			})
		case field == summaryField && b != nil:
			return s.parseSummary(b)
		}
		return nil
	})
	return s, err
}

func (s *seen) parseSummary(summary []byte) error {
	return fields(summary, func(field protowire.Number, _ uint64, b []byte) error {
		if field != valueField || b == nil {
			return nil
		}
		return fields(b, func(field protowire.Number, _ uint64, b []byte) error {
			if field == tagField && b != nil {
				s.tags = append(s.tags, string(b))
			}
			return nil
		})
	})
}

// fields calls use for each field of a message: with its number if it is a varint, else with its
// bytes, which are not nil, if it has any.
func fields(m []byte, use func(field protowire.Number, v uint64, b []byte) error) error {
	for len(m) > 0 {
		field, kind, n := protowire.ConsumeTag(m)
		if n < 0 {
			return errors.WithStack(protowire.ParseError(n))
		}
		m = m[n:]
		var v uint64
		var b []byte
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(m)
		case protowire.BytesType:
			if b, n = protowire.ConsumeBytes(m); b == nil {
				b = []byte{}
			}
		default:
			n = protowire.ConsumeFieldValue(field, kind, m)
		}
		if n < 0 {
			return errors.WithStack(protowire.ParseError(n))
		}
		if err := use(field, v, b); err != nil {
			return err
		}
		m = m[n:]
	}
	return nil
}
