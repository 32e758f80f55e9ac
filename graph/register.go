package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"

	"github.com/pkg/errors"
)

// Register makes layers of type L readable from files, under the Kind that its zero value names. Kinds are registered
// once, at the start of a program; registering a kind twice panics.
func Register[L Layer]() {
	var zero L
	kinds.mu.Lock()
	defer kinds.mu.Unlock()
	if kinds.read[zero.Kind()] != nil {
		panic("graph: a layer kind is registered twice")
	}
	kinds.read[zero.Kind()] = decode[L]
}

// kinds is the table by which files are read. It holds the layers of this package and what Register adds.
var kinds = struct {
	mu   sync.RWMutex
	read map[string]func(config []byte) (Layer, error)
}{read: map[string]func([]byte) (Layer, error){
	"Input":      decode[input],
	"Dense":      decode[dense],
	"LeakyReLU":  decode[leakyReLU],
	"ReLU":       decode[relu],
	"ELU":        decode[elu],
	"SiLU":       decode[silu],
	"GELU":       decode[gelu],
	"Sigmoid":    decode[sigmoid],
	"Tanh":       decode[tanh],
	"Softplus":   decode[softplus],
	"Flatten":    decode[flatten],
	"Reshape":    decode[reshape],
	"Add":        decode[add],
	"Concat":     decode[concat],
	"Dropout":    decode[dropout],
	"ActivityL2": decode[activityL2],
}}

// decode reads a layer's configuration, strictly: a field it does not know may matter.
func decode[L Layer](config []byte) (Layer, error) {
	var l L
	d := json.NewDecoder(bytes.NewReader(config))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return l, nil
}

func readLayer(kind string, config []byte) (Layer, error) {
	kinds.mu.RLock()
	read := kinds.read[kind]
	kinds.mu.RUnlock()
	if read == nil {
		return nil, errors.Errorf("unknown layer kind %q: register it before reading, or update gorgonae", kind)
	}
	l, err := read(config)
	return l, errors.Wrapf(err, "configuration of %s", kind)
}
