package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// entry holds what the header says about one tensor.
type entry struct {
	name       string
	dtype      string
	shape      []int
	elements   int // product of shape
	begin, end int // data_offsets
}

// parseHeader parses the JSON of the header. It does not check that the offsets fit the shapes and
// the data: checkLayout does.
//
// It reads token by token. Decoding into a map would hide names that appear twice, and decoding
// into a struct would accept "DTYPE" in place of "dtype".
func parseHeader(text []byte) (map[string]string, []entry, error) {
	if len(text) == 0 || text[0] != '{' {
		return nil, nil, errors.Errorf("want a JSON object, got %.20q", text)
	}
	if !utf8.Valid(text) {
		return nil, nil, errors.New("want UTF-8, got other bytes")
	}
	w := walker{json.NewDecoder(bytes.NewReader(text))}
	w.json.UseNumber()
	metadata := map[string]string{}
	var entries []entry
	err := w.object(func(key string) error {
		if key == metadataKey {
			return errors.WithMessage(w.metadata(metadata), "metadata")
		}
		e, err := w.entry(key)
		entries = append(entries, e)
		return errors.WithMessagef(err, "tensor %.60q", key)
	})
	if err != nil {
		return nil, nil, err
	}
	end := w.json.InputOffset()
	if _, err := w.json.Token(); err != io.EOF {
		return nil, nil, errors.Errorf("want only spaces after the JSON object, got %.20q", text[end:])
	}
	return metadata, entries, nil
}

// walker reads JSON token by token. Each method accepts one kind of value and returns an error for
// any other.
type walker struct{ json *json.Decoder }

func (w walker) next() (json.Token, error) {
	token, err := w.json.Token()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil, errors.New("want whole JSON, got one that ends too early")
	}
	return token, errors.WithMessage(err, "cannot parse JSON")
}

func (w walker) delim(want json.Delim) error {
	token, err := w.next()
	if err == nil && token != want {
		return errors.Errorf("want %v, got %s", want, describe(token))
	}
	return err
}

// object reads an object. It calls value after each key, and value must read the value of that key.
func (w walker) object(value func(key string) error) error {
	if err := w.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for w.json.More() {
		key, err := w.text()
		if err != nil {
			return err
		}
		if seen[key] {
			return errors.Errorf("want each name once, got %.60q twice", key)
		}
		if len(seen) == maxNames {
			return errors.Errorf("want at most %d names, got more", maxNames)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return w.delim('}')
}

func (w walker) text() (string, error) {
	token, err := w.next()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", errors.Errorf("want a string, got %s", describe(token))
	}
	return s, nil
}

// numbers reads an array of at most limit whole numbers, 0 or more.
func (w walker) numbers(limit int) ([]int, error) {
	if err := w.delim('['); err != nil {
		return nil, err
	}
	numbers := []int{}
	for w.json.More() {
		token, err := w.next()
		if err != nil {
			return nil, err
		}
		number, _ := token.(json.Number)
		n, err := strconv.ParseUint(string(number), 10, strconv.IntSize-1)
		if err != nil {
			return nil, errors.Errorf("want whole numbers from 0 to %d, got %s", math.MaxInt, describe(token))
		}
		if len(numbers) == limit {
			return nil, errors.Errorf("want at most %d numbers, got more", limit)
		}
		numbers = append(numbers, int(n))
	}
	return numbers, w.delim(']')
}

func (w walker) metadata(into map[string]string) error {
	return w.object(func(key string) error {
		s, err := w.text()
		into[key] = s
		return errors.WithMessagef(err, "%.60q", key)
	})
}

func (w walker) entry(name string) (entry, error) {
	e := entry{name: name}
	if name == "" {
		return e, errors.New("want a name, got none")
	}
	var offsets []int
	err := w.object(func(key string) (err error) {
		switch key {
		case "dtype":
			e.dtype, err = w.text()
		case "shape":
			e.shape, err = w.numbers(maxAxes)
		case "data_offsets":
			offsets, err = w.numbers(2)
		default:
			return errors.Errorf("want the fields dtype, shape and data_offsets, got %.60q", key)
		}
		return errors.WithMessage(err, key)
	})
	switch {
	case err != nil:
		return e, err
	case stored(e.dtype) == 0:
		return e, &TypeError{e.dtype}
	case e.shape == nil:
		return e, errors.New("want a shape, got none")
	case len(offsets) != 2:
		return e, errors.Errorf("want two data_offsets, got %v", offsets)
	}
	e.begin, e.end = offsets[0], offsets[1]
	e.elements, err = elements(e.shape)
	return e, err
}

// describe formats a token for an error message.
func describe(token json.Token) string {
	switch v := token.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.60q", v)
	case json.Number:
		return v.String()[:min(len(v), 60)]
	default: // json.Delim or bool
		return fmt.Sprint(v)
	}
}
