package main

import (
	"context"
	"io"
	"os"

	"github.com/pkg/errors"
)

// openInput opens a file, or standard input for "-". A read of a pipe ends when the context ends, even
// if nothing comes.
func openInput(ctx context.Context, file string) (io.ReadCloser, error) {
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return nil, withoutPath(err)
		}
	}
	if isRegular(in) {
		return in, nil
	}
	r, w := io.Pipe()
	stop := context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	go func() { // it stays in a waiting read until the program ends
		_, err := io.Copy(w, in)
		w.CloseWithError(withoutPath(err))
		stop()
		in.Close()
	}()
	return r, nil
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// inputName returns the name of a file for people.
func inputName(file string) string {
	if file == "-" {
		return "standard input"
	}
	return file
}

// withoutPath returns the fault of a file: the caller names the file.
func withoutPath(err error) error {
	var fault *os.PathError
	if errors.As(err, &fault) {
		return fault.Err
	}
	return err
}
