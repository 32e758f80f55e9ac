package main

import (
	"os"

	"github.com/pkg/errors"
)

// differ returns an error if the output is the input.
func differ(out, in string) error {
	a, err := os.Stat(out)
	if err != nil {
		return nil
	}
	if b, err := os.Stat(in); err == nil && os.SameFile(a, b) {
		return errors.Errorf("%s is what the command reads: name another --out", out)
	}
	return nil
}

// free returns an error if a file exists and may not be replaced.
func free(path string, force bool) error {
	if path == "" {
		return errors.New("--out: want a path, got nothing")
	}
	if _, err := os.Lstat(path); err == nil && !force && path != "-" {
		return errors.Errorf("%s exists: name another --out, or replace it with --force", path)
	}
	return nil
}
