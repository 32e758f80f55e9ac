package graph

import (
	"fmt"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/safetensors"
)

// Decode, ReadFile, ReadArchitecture and ReadLayer return these errors, wrapped with their place in
// the file. errors.As finds them. Errors of the file system or of the reader are returned
// unchanged.

// FormatError says that a file is damaged, or is no model file.
type FormatError struct{ Err error }

// UnsupportedError says that a file may be good, but needs something that this program does not
// have: a layer kind, or a type of numbers.
type UnsupportedError struct{ Err error }

// VersionError says that a newer gorgonae wrote the file.
type VersionError struct{ Version, Newest int } // the file's version, and the newest that this program reads

func (e FormatError) Error() string      { return e.Err.Error() }
func (e FormatError) Unwrap() error      { return e.Err }
func (e UnsupportedError) Error() string { return e.Err.Error() }
func (e UnsupportedError) Unwrap() error { return e.Err }

func (e VersionError) Error() string {
	return fmt.Sprintf("want a format version of at most %d, got version %d: update gorgonae", e.Newest, e.Version)
}

// typed makes an error in a file's content a FormatError, if it has no type yet.
func typed(err error) error {
	var format FormatError
	var unsupported UnsupportedError
	var version VersionError
	if err == nil || errors.As(err, &format) || errors.As(err, &unsupported) || errors.As(err, &version) {
		return err
	}
	return FormatError{err}
}

// typedRead gives an error of package safetensors its type. Errors of the reader have none.
func typedRead(err error) error {
	var format *safetensors.FormatError
	var numbers *safetensors.TypeError
	switch {
	case errors.As(err, &format):
		return FormatError{err}
	case errors.As(err, &numbers):
		return UnsupportedError{err}
	}
	return err
}
