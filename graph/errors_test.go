package graph_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// The type of the error tells what is wrong with a file, from a path and from a reader.
func TestTypesOfErrors(t *testing.T) {
	var good bytes.Buffer
	if err := (&graph.File{Model: small(t)}).Encode(&good); err != nil {
		t.Fatal(err)
	}
	text := good.Bytes()
	change := func(f func(*safetensors.File)) []byte {
		s, err := safetensors.Read(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		f(s)
		var b bytes.Buffer
		if err := safetensors.Write(&b, s); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	meta := func(key, value string) []byte {
		return change(func(s *safetensors.File) { s.Metadata["gorgonae."+key] = value })
	}
	type kind string
	const format, unsupported, version kind = "format", "unsupported", "version"
	for name, c := range map[string]struct {
		file []byte
		want kind
	}{
		"empty":           {nil, format},
		"cut":             {text[:len(text)-1], format},
		"too long":        {append(bytes.Clone(text), 0), format},
		"another format":  {[]byte("\x89PNG\r\n\x1a\n0000"), format},
		"another type":    {bytes.Replace(text, []byte("F32"), []byte("I32"), 1), unsupported},
		"newer":           {meta("format", "2"), version},
		"format":          {meta("format", "new"), format},
		"no architecture": {change(func(s *safetensors.File) { delete(s.Metadata, "gorgonae.architecture") }), format},
		"kind":            {meta("architecture", one(l("x", "Input", `{"shape":[3]}`), l("y", "Warp", "", "x"))), unsupported},
		"configuration":   {meta("architecture", one(l("x", "Input", `{"shape":[3]}`), l("y", "Dense", `{"unit":1}`, "x"))), format},
		"roles":           {meta("roles", "{}{}"), format},
		"missing weight":  {change(func(s *safetensors.File) { s.Tensors = s.Tensors[1:] }), format},
	} {
		path := filepath.Join(t.TempDir(), "model")
		if err := os.WriteFile(path, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		_, fromPath := graph.ReadFile(path)
		_, fromReader := graph.Decode(iotest.OneByteReader(bytes.NewReader(c.file)))
		for _, err := range []error{fromPath, fromReader} {
			got := map[kind]bool{}
			got[format] = errors.As(err, new(graph.FormatError))
			got[unsupported] = errors.As(err, new(graph.UnsupportedError))
			got[version] = errors.As(err, new(graph.VersionError))
			for k, is := range got {
				if is != (k == c.want) {
					t.Errorf("%s: the error %q is a %s error: %v, want %v", name, err, k, is, k == c.want)
				}
			}
		}
		var v graph.VersionError
		if c.want == version && (!errors.As(fromPath, &v) || v.Version != 2 || v.Newest != 1) {
			t.Errorf("the version error is %+v", v)
		}
	}
}

// Errors of the reader, the writer and the file system are returned unchanged.
func TestErrorsFromOutside(t *testing.T) {
	var good bytes.Buffer
	f := &graph.File{Model: small(t)}
	if err := f.Encode(&good); err != nil {
		t.Fatal(err)
	}
	text := good.Bytes()
	broken := errors.New("the line is dead")
	_, err := graph.Decode(io.MultiReader(bytes.NewReader(text[:len(text)/2]), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || errors.As(err, new(graph.FormatError)) {
		t.Errorf("the error is %v, want the reader's", err)
	}
	if err := f.Encode(deadWriter{broken}); !errors.Is(err, broken) {
		t.Errorf("the error is %v, want the writer's", err)
	}
	_, err = graph.ReadFile(filepath.Join(t.TempDir(), "none"))
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, new(graph.FormatError)) {
		t.Errorf("the error is %v, want the file system's", err)
	}
	if _, err := graph.Decode(bytes.NewReader(text)); err != nil {
		t.Error(err)
	}
}

type deadWriter struct{ err error }

func (w deadWriter) Write([]byte) (int, error) { return 0, w.err }
