// Package pytorch imports state dictionaries of PyTorch that were saved as safetensors: it gives their
// values to the weights of one of our architectures. A state dictionary holds names and numbers alone, not
// what the layers compute, so weights are found by their shapes and order, or by a map of names.
package pytorch

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
	"github.com/gorgonae/gorgonae/internal/sniff"
)

// State is a state dictionary.
type State struct {
	Path     string
	Metadata map[string]string
	tensors  map[string]tensor // by name, as in the file
	aliases  map[string]string // names that share the numbers of a tensor, from the metadata of safetensors.torch.save_model
}

// tensor is a tensor of a state dictionary, row-major.
type tensor struct {
	name  string // for messages
	shape []int
	data  []float32
}

// counters ends the names of tensors that PyTorch keeps beside the averages of a batch norm, and that no
// prediction depends on.
const counters = "num_batches_tracked"

// Read reads a state dictionary from a safetensors file without the tensors that ignore names, which may
// be of every type; ignore may be nil. A pickle is not read, since reading one can run any program: its
// error says how to convert it.
func Read(path string, ignore func(name string) bool) (*State, error) {
	if err := refusePickle(path); err != nil {
		return nil, err
	}
	f, err := safetensors.ReadFileWithout(path, func(name string) bool {
		return strings.HasSuffix(name, counters) || ignore != nil && ignore(name)
	})
	if err != nil {
		return nil, err
	}
	s := &State{Path: path, Metadata: f.Metadata, tensors: map[string]tensor{}, aliases: map[string]string{}}
	for _, t := range f.Tensors {
		if len(t.Data) == 0 { // its shape could name widths that no file of this size has
			return nil, errors.Errorf("cannot read %s: want tensors with numbers, got %s of shape %v", path, t.Name, graph.Shape(t.Shape))
		}
		s.tensors[t.Name] = tensor{t.Name, t.Shape, t.Data}
	}
	for alias, kept := range f.Metadata {
		_, isTensor := s.tensors[kept]
		if _, taken := s.tensors[alias]; isTensor && !taken {
			s.aliases[alias] = kept
		}
	}
	if len(s.tensors) == 0 {
		return nil, errors.Errorf("cannot read %s: want a state dictionary, got a file without tensors", path)
	}
	return s, nil
}

// Slashed reports whether the parts of all names are divided by slashes, as in Keras, and not by dots.
func (s *State) Slashed() bool {
	for name := range s.tensors {
		if !strings.Contains(name, "/") || strings.Contains(name, ".") {
			return false
		}
	}
	return true
}

// IsPickle reports whether a file is one that torch.save writes: a ZIP archive with a pickle, a pickle
// alone, or a TorchScript archive.
func IsPickle(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	first := make([]byte, sniff.Len)
	n, _ := io.ReadFull(f, first)
	if n > 2 && first[0] == 0x80 && first[1] >= 2 && first[1] <= 5 && first[8] != '{' {
		return true
	}
	z, err := zip.NewReader(f, info.Size())
	return err == nil && slices.ContainsFunc(z.File, func(m *zip.File) bool {
		base := m.Name[strings.LastIndex(m.Name, "/")+1:]
		return base == "data.pkl" || base == "constants.pkl"
	})
}

// refusePickle refuses a file of torch.save, with the lines of Python that convert it, and other pickles.
func refusePickle(path string) error {
	if !IsPickle(path) {
		return nil
	}
	out := strings.TrimSuffix(path, filepath.Ext(path)) + ".safetensors"
	if !isTorch(path) {
		return errors.Errorf("cannot read %s: want a file of Keras or a safetensors file, got a pickle of Python, which can run any program when it is read; "+
			"load it in Python, and save a model of Keras with model.save(\"model.keras\"), or a model of PyTorch with safetensors.torch.save_file(model.state_dict(), %s)", path, python(out))
	}
	return errors.Errorf("cannot read %s: want a safetensors file, got a pickle of PyTorch, which can run any program when it is read; convert it with these two lines of Python "+
		"(if it is a checkpoint, take its [\"state_dict\"] or [\"model\"]): %s", path, Conversion(path, out))
}

// isTorch reports whether a pickle is one of torch.save, or has a name as such files have.
func isTorch(path string) bool {
	if slices.Contains([]string{".pt", ".pth", ".bin", ".ckpt"}, strings.ToLower(filepath.Ext(path))) {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	first := make([]byte, sniff.Len)
	n, _ := io.ReadFull(f, first)
	return bytes.HasPrefix(first[:n], []byte("PK")) || strings.HasPrefix(sniff.Name(first[:n]), "a PyTorch file")
}

// isScript reports whether a file is a TorchScript archive, which torch.load refuses to read safely.
func isScript(path string) bool {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false
	}
	defer z.Close()
	return slices.ContainsFunc(z.File, func(m *zip.File) bool { return strings.HasSuffix(m.Name, "/constants.pkl") })
}

// Conversion returns two lines of Python that convert a file of torch.save to safetensors. Copies of the
// tensors, row by row, are saved: those that share memory are refused by safetensors, and those that are
// transposed could be scrambled.
func Conversion(from, to string) string {
	load := fmt.Sprintf("torch.load(%s, map_location=\"cpu\", weights_only=True)", python(from))
	if isScript(from) {
		load = fmt.Sprintf("torch.jit.load(%s, map_location=\"cpu\").state_dict()", python(from))
	}
	return fmt.Sprintf("import torch, safetensors.torch\n"+
		"safetensors.torch.save_file({k: v.contiguous().clone() for k, v in %s.items()}, %s)", load, python(to))
}

// Transformer returns the name of a tensor that only a transformer has, or "".
func (s *State) Transformer() string {
	first := ""
	for name := range s.tensors {
		lower := strings.ToLower(name)
		if slices.ContainsFunc(transformers, func(part string) bool { return strings.Contains(lower, part) }) && (first == "" || name < first) {
			first = name
		}
	}
	return first
}

// transformers are parts of names that transformers have, and models of images adapters for them.
var transformers = []string{"attention", "attn", "lora_a", "lora_b", "q_proj", "to_q.", "word_embeddings", "embed_tokens", "position_embeddings", "pos_embed", "cls_token"}

// python returns a string literal of Python.
func python(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(text) + `"`
}
