package npy

import (
	"encoding/binary"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// maxString bounds the characters of a string of an array.
const maxString = 1 << 10

// Kind says what the elements of an array of an archive are.
type Kind int

const (
	Numbers Kind = iota // what Read takes
	Strings             // what ReadStrings takes: type U or S
	Others              // what nothing here takes, such as pickled Python objects
)

// Kind returns what the elements of the array of a name are, in words for a message, too.
func (a *ArchiveReader) Kind(name string) (Kind, string, error) {
	r, err := a.open(name)
	if err != nil {
		return Others, "", err
	}
	defer r.Close()
	_, descr, err := readAnyHeader(r)
	if err != nil {
		return Others, "", errors.WithMessagef(err, "array %.60q", name)
	}
	if _, err := parseType(descr); err == nil {
		return Numbers, "", nil
	}
	text, _ := descr.(string)
	kind := byte('V')
	if text = strings.TrimLeft(text, "<>=|"); text != "" {
		kind = text[0]
	}
	if kind == 'U' || kind == 'S' {
		return Strings, others[kind], nil
	}
	if others[kind] == "" {
		kind = 'V'
	}
	return Others, others[kind], nil
}

// open opens the array of a name.
func (a *ArchiveReader) open(name string) (io.ReadCloser, error) {
	f, err := a.find(name)
	if err != nil {
		return nil, err
	}
	r, err := f.Open()
	return r, errors.Wrapf(err, "array %.60q: want an array that is stored or deflated", name)
}

// ReadStrings reads the array of a name, whose elements are strings of type U or S, in row-major order if
// it has one axis. There must be n of them. Characters of 0 at the end of a string are dropped, as NumPy
// drops them.
func (a *ArchiveReader) ReadStrings(name string, n int) ([]string, error) {
	r, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	all, err := readStrings(r, n)
	return all, errors.WithMessagef(err, "array %.60q", name)
}

func readStrings(r io.Reader, n int) ([]string, error) {
	h, descr, err := readAnyHeader(r)
	if err != nil {
		return nil, err
	}
	text, _ := descr.(string)
	size, err := strconv.Atoi(strings.TrimLeft(text, "<>=|US"))
	if err != nil || size < 0 || size > maxString {
		return nil, errors.Errorf("want strings of at most %d characters, got the type %.40q", maxString, text)
	}
	if count := numbers(h.shape); count != n || len(h.shape) > 1 && h.shape[0] != n {
		return nil, errors.Errorf("want %d strings, got the shape %s", n, shapeText(h.shape))
	}
	wide := strings.Contains(text, "U")
	if wide {
		size *= 4
	}
	var order binary.ByteOrder = binary.LittleEndian
	if strings.HasPrefix(text, ">") {
		order = binary.BigEndian
	}
	all, b := make([]string, 0, min(n, 1<<16)), make([]byte, size)
	for range n {
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, errors.New("want whole data, got a file that ends in them")
		}
		all = append(all, stringOf(b, wide, order))
	}
	return all, nil
}

// stringOf returns the text of an element: UTF-32 if wide, else bytes.
func stringOf(b []byte, wide bool, order binary.ByteOrder) string {
	if !wide {
		return strings.ToValidUTF8(strings.TrimRight(string(b), "\x00"), string(utf8.RuneError))
	}
	runes := make([]rune, 0, len(b)/4)
	for ; len(b) > 0; b = b[4:] {
		runes = append(runes, rune(order.Uint32(b)))
	}
	return strings.TrimRight(string(runes), "\x00")
}
