package keras

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/pkg/errors"
)

// maxWeights bounds the HDF5 file in an archive that is compressed, and so read into memory.
const maxWeights = 4 << 30

// maxDeflate bounds how many bytes one compressed byte can stand for: of deflate, the method of ZIP files, 1032.
const maxDeflate = 1032

// archive opens a .keras archive.
func (f *file) archive(size int64) error {
	z, err := zip.NewReader(f.File, size)
	if err != nil {
		return errors.Errorf("want a whole archive of Keras, which is a ZIP file, got one that is damaged or cut off (%v): save or copy the model again", err)
	}
	if f.config, err = member(z, size, "config.json", maxConfig); err != nil {
		return otherArchive(z, err)
	}
	if text, err := member(z, size, "metadata.json", 1<<20); err == nil {
		var m struct {
			Version string `json:"keras_version"`
		}
		if json.Unmarshal(text, &m) == nil {
			f.version = m.Version
		}
	}
	const name = "model.weights.h5"
	for _, m := range z.File {
		if m.Name != name || m.Method != zip.Store {
			continue
		}
		at, err := m.DataOffset()
		if err != nil {
			return errors.Wrap(err, name)
		}
		if n := m.UncompressedSize64; n != m.CompressedSize64 || n > uint64(size-at) {
			return errors.Errorf("%s: want as many bytes as are stored, within the %d that follow in the file, got %d of which %d are stored: the file is damaged, save the model again", name, size-at, n, m.CompressedSize64)
		}
		n := int64(m.UncompressedSize64)
		return f.hdf5(io.NewSectionReader(f.File, at, n), n) // not compressed, as Keras writes it: it is read where it lies
	}
	text, err := member(z, size, name, maxWeights)
	if err != nil {
		return err
	}
	return f.hdf5(bytes.NewReader(text), int64(len(text)))
}

// otherArchive says what a ZIP file is that cannot be read as an archive of Keras.
func otherArchive(z *zip.Reader, err error) error {
	for _, m := range z.File {
		switch dir, name := path.Split(m.Name); {
		case m.Name == "config.json":
			return err
		case name == "config.json":
			return errors.Errorf("want config.json at the top of an archive of Keras, got it in the folder %.80q: pack what is in that folder, without the folder", strings.TrimSuffix(dir, "/"))
		case name == "saved_model.pb":
			return errors.New("want an archive of Keras, got a SavedModel of TensorFlow in a ZIP file: save the model as one file, .keras or .h5, with the Keras that made it")
		case strings.HasSuffix(name, ".npy"):
			return errors.New("want an archive of Keras, got a NumPy archive (.npz), which does not say what its arrays belong to: save the model with model.save(\"model.keras\")")
		}
	}
	return err
}

// member reads a file in an archive of so many bytes. The file may have at most limit bytes.
func member(z *zip.Reader, size int64, name string, limit int64) ([]byte, error) {
	for _, m := range z.File {
		if m.Name != name {
			continue
		}
		if m.UncompressedSize64 > uint64(limit) {
			return nil, errors.Errorf("%s: want at most %d bytes, got %d", name, limit, m.UncompressedSize64)
		}
		if stored := min(m.CompressedSize64, uint64(size)); m.UncompressedSize64/maxDeflate > stored {
			return nil, errors.Errorf("%s: want at most %d times the %d compressed bytes, got %d: the file is damaged, save the model again", name, maxDeflate, stored, m.UncompressedSize64)
		}
		r, err := m.Open()
		if err != nil {
			return nil, errors.Wrap(err, name)
		}
		defer r.Close()
		text := make([]byte, m.UncompressedSize64)
		if _, err := io.ReadFull(r, text); err != nil {
			return nil, errors.Wrap(err, name)
		}
		_, err = io.Copy(io.Discard, r) // the end, where the checksum is compared
		return text, errors.Wrap(err, name)
	}
	return nil, errors.Errorf("want an archive of Keras 3 with %s, got one without", name)
}
