package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"sync"

	"github.com/pkg/errors"
)

// Register lets files with layers of type L be read, under the Kind of L's zero value. Call it at
// the start of a program. Registering another type under the same kind panics.
func Register[L Layer]() {
	var zero L
	kinds.mu.Lock()
	defer kinds.mu.Unlock()
	if k, ok := kinds.table[zero.Kind()]; ok && k.layer != reflect.TypeFor[L]() || zero.Kind() == (applied{}).Kind() {
		panic("graph: two types of layers are registered under one kind")
	}
	kinds.table[zero.Kind()] = readable(zero)
}

// kind says how to read the layers of one kind.
type kind struct {
	layer reflect.Type
	read  func(config []byte) (Layer, error)
}

// readable reads layers of the type of standard. A field that a file leaves out has the value in
// standard.
func readable[L Layer](standard L) kind {
	return kind{reflect.TypeFor[L](), func(config []byte) (Layer, error) { return decode(config, standard) }}
}

// kinds holds the layers of this package and those of Register, by kind.
var kinds = struct {
	mu    sync.RWMutex
	table map[string]kind
}{table: map[string]kind{
	"Input":               readable(input{}),
	"Dense":               readable(defaultDense),
	"Conv2D":              readable(conv2D{defaultConvolution}),
	"ConvTranspose2D":     readable(convTranspose2D{defaultConvolution}),
	"LeakyReLU":           readable(leakyReLU{}),
	"ReLU":                readable(relu{}),
	"ELU":                 readable(elu{}),
	"SiLU":                readable(silu{}),
	"GELU":                readable(gelu{}),
	"Sigmoid":             readable(sigmoid{}),
	"Tanh":                readable(tanh{}),
	"Softplus":            readable(softplus{}),
	"Flatten":             readable(flatten{}),
	"Reshape":             readable(reshape{}),
	"Add":                 readable(add{}),
	"Concat":              readable(concat{}),
	"Dropout":             readable(dropout{}),
	"GaussianSample":      readable(gaussianSample{}),
	"ActivityL2":          readable(activityL2{}),
	"FactorizedCode":      readable(factorizedCode{}),
	"ConditionalCode":     readable(conditionalCode{}),
	"PixelCode":           readable(pixelCode{}),
	"Softmax":             readable(softmax{}),
	"SpatialDropout":      readable(spatialDropout{}),
	"GaussianNoise":       readable(gaussianNoise{}),
	"MaxPool2D":           readable(maxPool{}),
	"AveragePool2D":       readable(averagePool{}),
	"GlobalAveragePool2D": readable(globalAveragePool{}),
	"UpSample2D":          readable(upSample{}),
	"ZeroPad2D":           readable(zeroPad{}),
	"EdgePad2D":           readable(edgePad{}),
	"Crop2D":              readable(crop{}),
	"BatchNorm":           readable(defaultBatchNorm),
	"LayerNorm":           readable(defaultLayerNorm),
}}

// decode reads one JSON value into a copy of standard. It refuses unknown fields, since they may
// change what a layer computes.
func decode[T any](text []byte, standard T) (v T, err error) {
	v = standard
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	switch err := d.Decode(&v); {
	case err == io.EOF:
		return v, errors.New("want a JSON value, got none: it is missing")
	case err == io.ErrUnexpectedEOF:
		return v, errors.New("want a whole JSON value, got one that ends too early")
	case err != nil:
		return v, err
	}
	if _, err := d.Token(); err != io.EOF {
		return v, errors.New("want one JSON value, got more than one")
	}
	return v, nil
}

// ReadLayer reads a layer's configuration, as Node.Config writes it: ReadLayer("Dense",
// []byte(`{"units":300}`)). Fields that are left out have their defaults. An unknown field is a
// FormatError, an unknown kind an UnsupportedError. Importers of other formats build layers with
// it, and Call calls them.
func ReadLayer(kind string, config []byte) (Layer, error) {
	l, err := readLayer(kind, config)
	return l, typed(err)
}

func readLayer(name string, config []byte) (Layer, error) {
	kinds.mu.RLock()
	k, ok := kinds.table[name]
	kinds.mu.RUnlock()
	if !ok {
		return nil, UnsupportedError{errors.Errorf("want a known layer kind, got %.60q: register it before reading, or update gorgonae", name)}
	}
	l, err := k.read(config)
	if err != nil {
		return nil, errors.Wrapf(err, "configuration of %s", name)
	}
	return l, nil
}
