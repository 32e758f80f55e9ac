package main

import (
	"bytes"
	"io"
	"os"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/run"
)

// openArray opens a NumPy array in a file, a pipe or standard input.
func (o *sources) openArray(cmd *cobra.Command, m *run.Model, path string) (*source, error) {
	file := run.ArrayFile(path)
	if err := differ(cmd.Flag("out").Value.String(), file); err != nil {
		return nil, err
	}
	in, err := openInput(cmd.Context(), file)
	if err != nil {
		return nil, errors.WithMessage(err, path)
	}
	defer in.Close()
	layout, err := layoutOf(cmd)
	if err != nil {
		return nil, err
	}
	var size int64
	var r io.ReaderAt
	if f, ok := in.(*os.File); ok && isRegular(f) {
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		r, size = f, info.Size()
	} else { // a pipe does not say its size
		whole, err := io.ReadAll(in)
		if err != nil {
			return nil, errors.WithMessage(err, inputName(path))
		}
		r, size = bytes.NewReader(whole), int64(len(whole))
	}
	s := &source{text: inputName(path), meta: map[string]string{}}
	var note string
	if o.exact {
		s.images, note, err = m.ReadExact(s.text, r, size, layout)
	} else {
		s.images, note, err = m.ReadImages(s.text, r, size, layout)
	}
	if err != nil {
		return nil, err
	}
	if note != "" {
		s.notes = []string{note}
	}
	return s, nil
}
