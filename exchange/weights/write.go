package weights

import (
	"encoding/json"
	"io"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
	"github.com/gorgonae/gorgonae/internal/npy"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// namesKey is the key of the metadata that says in which order the weights stand in the model: the
// names in a file are sorted. Its value is a list of names as JSON.
const namesKey = "names"

// WriteSafetensors writes tensors into a safetensors file, atomically. Beside the caller's metadata the
// file has "format", which libraries of PyTorch's world look at ("pt" for the layout of PyTorch, else
// "np"), and "names": all names as a JSON list, in the order of the model.
func WriteSafetensors(path string, l Layout, all []Tensor, meta map[string]string) error {
	f := &safetensors.File{Metadata: map[string]string{"format": "np"}}
	if l == PyTorch {
		f.Metadata["format"] = "pt"
	}
	var names []string
	for _, t := range all {
		names = append(names, t.Name)
		f.Tensors = append(f.Tensors, safetensors.Tensor{Name: t.Name, Shape: t.Shape, Data: t.Values()})
	}
	text, err := json.Marshal(names)
	if err != nil {
		return errors.WithStack(err)
	}
	f.Metadata[namesKey] = string(text)
	for key, value := range meta {
		if _, ok := f.Metadata[key]; ok {
			return errors.Errorf("cannot write %s: want other metadata than %q, which the file has itself", path, key)
		}
		f.Metadata[key] = value
	}
	return safetensors.WriteFile(path, f)
}

// WriteNumPy writes tensors into an archive that numpy.load reads (.npz), in the order of the model,
// atomically.
func WriteNumPy(path string, all []Tensor) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		out := npy.NewArchive(w)
		for _, t := range all {
			if err := out.Add(t.Name, npy.Array{Shape: t.Shape, Data: t.Values()}); err != nil {
				return err
			}
		}
		return out.Close()
	})
}
