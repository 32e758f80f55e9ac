package keras

import (
	"bytes"
	"encoding/json"
	"io"
	"os"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/internal/hdf5"
	"github.com/gorgonae/gorgonae/train"
)

// Training is how a model was trained.
type Training struct {
	autoencoder.Training
	Known bool    // the file says it; else it is Keras's Adam on the squared error
	Clip  float32 // the largest norm of all gradients together, or 0
	Steps uint64  // that the optimizer has made
	Slots Slots   // the optimizer's arrays, or nil if the file has none
}

// file is an open file of Keras.
type file struct {
	*os.File
	config  []byte          // of the model
	compile json.RawMessage // or nil
	version string
	whole   *hdf5.Group // the root
	root    *hdf5.Group // with the weights
	named   bool        // a whole model, in which weights have names
}

func (f *file) close() { f.File.Close() }

// IsArchive reports whether a file begins as an archive of Keras, or any ZIP file, does.
func IsArchive(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// IsHDF5 reports whether a file begins as HDF5 does.
func IsHDF5(head []byte) bool { return bytes.HasPrefix(head, []byte("\x89HDF\r\n\x1a\n")) }

// open opens a file of one of the three kinds.
func open(path, config string) (_ *file, err error) {
	opened, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	f := &file{File: opened}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, errors.WithStack(err)
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, errors.New("want a file of Keras, got one of less than 8 bytes")
	}
	if IsArchive(head) {
		err = f.archive(info.Size())
	} else {
		err = f.hdf5(f.File, info.Size())
	}
	if err != nil {
		return nil, err
	}
	return f, f.configure(config)
}

// hdf5 opens the file with the weights, and reads what it says about the model.
func (f *file) hdf5(r io.ReaderAt, size int64) error {
	h, err := hdf5.Open(r, size)
	if err == nil {
		f.root, err = h.Root()
	}
	if err != nil {
		return err
	}
	f.whole = f.root
	if f.version == "" {
		f.version, _ = f.text("keras_version")
	}
	text, err := f.text("model_config")
	if err == nil && f.config == nil {
		f.config = []byte(text)
	}
	if text, err := f.text("training_config"); err == nil {
		f.compile = json.RawMessage(text)
	}
	if f.root.Has("model_weights") {
		if f.root, err = f.root.Group("model_weights"); err != nil {
			return err
		}
		if f.named = true; f.version == "" {
			f.version, _ = f.text("keras_version")
		}
	} else if _, err := texts(f.root, "layer_names"); err == nil {
		f.named = true
	}
	return nil
}

// text reads a text that is an attribute of the root.
func (f *file) text(name string) (string, error) {
	v, err := f.root.Attr(name)
	if err != nil {
		return "", err
	}
	return v.Text()
}

// configure reads the configuration from a file of its own, if the other has none.
func (f *file) configure(path string) error {
	switch {
	case path == "" && f.config == nil:
		return errors.New("want a whole model, got its weights alone: write open(\"model.json\", \"w\").write(model.to_json()) in Keras, and add --config model.json")
	case path == "":
		return nil
	case f.config != nil:
		return errors.Errorf("want no --config for a file that holds the model's configuration, got %s", path)
	}
	opened, err := os.Open(path)
	if err != nil {
		return errors.WithStack(err)
	}
	defer opened.Close()
	f.config, err = io.ReadAll(io.LimitReader(opened, maxConfig+1))
	return errors.Wrap(err, path)
}

// weights reads the values of all variables.
func (f *file) weights(b *builder, n *network) (weights, error) {
	if f.named {
		return loadNames(b, n, f.root)
	}
	return loadPaths(b, n, f.root)
}

// training reads how the model was trained, and the optimizer's state.
func (f *file) training(all []*variable) (*Training, []string, error) {
	t := readTraining(f.compile)
	state, err := f.state()
	if err != nil {
		return nil, nil, err
	}
	if state != nil {
		t.guess(state)
	}
	done := &Training{Training: t.Training, Clip: t.clip, Known: t.known}
	if state == nil || t.kinds < 0 {
		return done, t.notes, nil
	}
	if state.rate > 0 {
		if o, err := train.WithRate(t.Optimizer, state.rate); err == nil && o.Check() == nil {
			done.Optimizer = o
		}
	}
	if t.unknownVelocity(state) {
		return done, append(t.notes, "the momentum of SGD is not taken over: Keras keeps it multiplied by a learning rate that changed in training, and the file does not say what it is; training goes on from a momentum of 0"), nil
	}
	moments, err := state.slots(all, t.kinds)
	if err != nil {
		return done, append(t.notes, "the optimizer's state does not fit the model, and is dropped: "+err.Error()), nil
	}
	if t.kinds == 0 || state.steps == 0 {
		return done, t.notes, nil
	}
	done.Steps, done.Slots = state.steps, Slots{}
	for v, all := range moments {
		w, err := v.weight()
		if err != nil {
			return nil, nil, err
		}
		for _, m := range all {
			x, err := m.values()
			if err != nil {
				return nil, nil, err
			}
			done.Slots[w] = append(done.Slots[w], momentum(v.ours(x), done.Optimizer))
		}
	}
	return done, t.notes, nil
}

// momentum turns Keras's momentum of SGD, which is -rate·v, into our velocity v.
func momentum(x []float32, o train.Optimizer) []float32 {
	s, ok := o.(train.SGD)
	if !ok {
		return x
	}
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = -v / s.LearningRate
	}
	return y
}

// unknownVelocity reports whether the velocities of SGD cannot be found from its momentum, for want of the rate.
func (t *training) unknownVelocity(s *state) bool {
	_, sgd := t.Optimizer.(train.SGD)
	return sgd && t.kinds > 0 && t.moves && s.rate == 0 && s.steps > 0
}

// state reads the optimizer's state, or returns nil.
func (f *file) state() (*state, error) {
	if f.named {
		return readNamedState(f.whole)
	}
	return readState(f.root)
}
