package codec

import (
	"fmt"

	"github.com/pkg/errors"
)

// FormatError says that a file is no .gae file, or that its content contradicts the format although
// its checksums are right.
type FormatError struct{ Err error }

func (e *FormatError) Error() string { return e.Err.Error() }
func (e *FormatError) Unwrap() error { return e.Err }

// DamageError says that bytes of a file have changed or are missing. After it, a Reader goes on
// with the next chunk that is whole.
type DamageError struct {
	Chunk  int   // the chunk that is lost, counted from 0, or -1 if no image is lost by it
	Offset int64 // of the damaged part, from the beginning of the file
	Err    error
}

func (e *DamageError) Error() string {
	if e.Chunk < 0 {
		return fmt.Sprintf("damaged at byte %d: %v", e.Offset, e.Err)
	}
	return fmt.Sprintf("chunk %d is damaged at byte %d: %v", e.Chunk, e.Offset, e.Err)
}

func (e *DamageError) Unwrap() error { return e.Err }

// VersionError says that this program cannot read a file that another version wrote.
type VersionError struct {
	What      string // "format", "arithmetic"
	Got, Want int    // the file's version, and the one of this program
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("want %s version %d, got version %d: use the version of gorgonae that wrote the file", e.What, e.Want, e.Got)
}

// ModelMissingError says that the model of a file, or its decoder network, is not in the file, and
// that none with its fingerprint was given or registered.
type ModelMissingError struct {
	What string // "model", "decoder"
	Want string // the fingerprint of what the file needs, in hex
	Got  string // that of the model or the decoder that was given, or ""
}

func (e *ModelMissingError) Error() string {
	got := "no " + e.What
	if e.Got != "" {
		got = fmt.Sprintf("the %s %.16s", e.What, e.Got)
	}
	return fmt.Sprintf("want the %s %.16s, which is not in the file, got %s: give the model that compressed it", e.What, e.Want, got)
}

var (
	errNoModel       = errors.New("want a model that Fit made or that a file has, got none")
	errNoWriter      = errors.New("want a Writer that NewWriter made, got another one")
	errNoAutoencoder = errors.New("want a trained autoencoder, got nil")
	errNoReader      = errors.New("want a reader of a file, got nil")
)

// wrong makes a FormatError.
func wrong(format string, args ...any) error { return &FormatError{errors.Errorf(format, args...)} }
