package parts

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

// A Manifest says what a compressed file, or another one made of images, should be, and what is not in it.
// It is a file of JSON lines beside that file:
//
//	{"kind":"file", ...}     the file, one line, the first
//	{"kind":"part", ...}     each file of which merge made it
//	{"kind":"skipped", ...}  each image that was left out, with the reason
type Manifest struct {
	File    File
	Parts   []File
	Skipped []Skipped
}

// File is a compressed file.
type File struct {
	Name    string `json:"name"`            // of the file, without its folder
	SHA256  string `json:"sha256"`          // of the file, in hex
	Bytes   int64  `json:"bytes"`           // of the file
	Images  int    `json:"images"`          // in the file
	Skipped int    `json:"skipped"`         // images that were left out
	Part    string `json:"part,omitempty"`  // "3/10", or "" for all images
	Job     string `json:"job,omitempty"`   // the same for all parts of one job; see the metadata of the file
	Model   string `json:"model,omitempty"` // the fingerprint of the file's model
}

// Skipped is an image that was left out.
type Skipped struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Suffix is what the name of a manifest has after that of its file.
const Suffix = ".manifest.jsonl"

// A line has one of the kinds.
const (
	fileKind    = "file"
	partKind    = "part"
	skippedKind = "skipped"
)

type (
	fileLine struct {
		Kind string `json:"kind"`
		File
	}
	skippedLine struct {
		Kind string `json:"kind"`
		Skipped
	}
)

// Write writes a manifest into a file, which it replaces as a whole.
func (m *Manifest) Write(path string) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		if err := e.Encode(fileLine{fileKind, m.File}); err != nil {
			return err
		}
		for _, part := range m.Parts {
			if err := e.Encode(fileLine{partKind, part}); err != nil {
				return err
			}
		}
		for _, s := range m.Skipped {
			if err := e.Encode(skippedLine{skippedKind, s}); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxLine bounds the bytes of a line.
const maxLine = 1 << 20

// Read reads the manifest in a file. If there is none, the error is os.ErrNotExist.
func Read(path string) (*Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.WithStack(err)
	}
	defer f.Close()
	m, err := Decode(f)
	return m, errors.WithMessage(err, path)
}

// Decode reads a manifest. It passes over fields and kinds that it does not know.
func Decode(r io.Reader) (*Manifest, error) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	m := &Manifest{}
	n := 0
	for s.Scan() {
		if n++; len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		if err := m.add(s.Bytes(), n == 1); err != nil {
			return nil, errors.WithMessagef(err, "line %d of the manifest", n)
		}
	}
	if err := s.Err(); err != nil {
		return nil, errors.Wrapf(err, "line %d of the manifest", n+1)
	}
	if m.File.SHA256 == "" {
		return nil, errors.New("want a manifest whose first line is that of the file, got none")
	}
	if m.File.Skipped != len(m.Skipped) {
		return nil, errors.Errorf("want the %d skipped images that the manifest's first line counts, got %d: it is cut off or changed", m.File.Skipped, len(m.Skipped))
	}
	return m, nil
}

func (m *Manifest) add(line []byte, first bool) error {
	var l struct {
		Kind string `json:"kind"`
		File
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return errors.WithStack(err)
	}
	if first != (l.Kind == fileKind) {
		return errors.Errorf("want kind %q in the first line alone, got %q", fileKind, l.Kind)
	}
	switch l.Kind {
	case fileKind, partKind:
		if b, err := hex.DecodeString(l.SHA256); err != nil || len(b) != 32 {
			return errors.Errorf("want a SHA-256 as 64 hex digits, got %.80q", l.SHA256)
		}
		if l.Bytes < 0 || l.Images < 0 || l.File.Skipped < 0 {
			return errors.Errorf("want counts of 0 or more, got %d bytes, %d images and %d skipped", l.Bytes, l.Images, l.File.Skipped)
		}
		if l.Kind == fileKind {
			m.File = l.File
		} else {
			m.Parts = append(m.Parts, l.File)
		}
	case skippedKind:
		m.Skipped = append(m.Skipped, Skipped{l.Name, l.Reason})
	}
	return nil
}

// WriteFile writes a compressed file, as a whole, and its manifest beside it. write writes the content,
// and may set the manifest until it returns; WriteFile sets name, size and SHA-256. The manifest is
// there before the file: a file that is there has its manifest.
func WriteFile(path string, m *Manifest, write func(w io.Writer) error) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		sum := &summed{w: w, hash: sha256.New()}
		if err := write(sum); err != nil {
			return err
		}
		m.File.Name, m.File.Bytes, m.File.SHA256 = filepath.Base(path), sum.bytes, hex.EncodeToString(sum.hash.Sum(nil))
		m.File.Skipped = len(m.Skipped)
		return m.Write(path + Suffix)
	})
}

// summed counts what is written.
type summed struct {
	w     io.Writer
	hash  hash.Hash
	bytes int64
}

func (s *summed) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	s.hash.Write(b[:n]) // a hash never returns an error
	s.bytes += int64(n)
	return n, err
}

// Describe sets name, size and SHA-256 of the manifest's file to those of a file that is there, and counts
// the images that were left out.
func (m *Manifest) Describe(path string) (err error) {
	m.File.Name, m.File.Skipped = filepath.Base(path), len(m.Skipped)
	m.File.SHA256, m.File.Bytes, err = Sum(path)
	return err
}

// Check compares a compressed file with the manifest beside it, and returns that. If there is no
// manifest, both are nil.
func Check(path string) (*Manifest, error) {
	m, err := Read(path + Suffix)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sum, size, err := Sum(path)
	if err != nil {
		return nil, err
	}
	if size != m.File.Bytes || sum != m.File.SHA256 {
		return nil, errors.Errorf("want the %d bytes with the SHA-256 %.16s... of %s, got %d with %.16s...: the file was damaged or replaced; make it again, or remove the manifest",
			m.File.Bytes, m.File.SHA256, filepath.Base(path)+Suffix, size, sum)
	}
	return m, nil
}

// Sum returns the SHA-256 of a file, in hex, and its size.
func Sum(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, errors.WithStack(err)
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, errors.WithStack(err)
}

// Forget removes the manifest of a file that another one has replaced, if there is one.
func Forget(path string) error {
	if err := os.Remove(path + Suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
		return errors.WithStack(err)
	}
	return nil
}
