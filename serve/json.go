package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/pkg/errors"
)

// strictly reads JSON that has what v has, and nothing else: no null either, which would be read as 0.
func strictly(text []byte, v any) error {
	if len(text) > mostJSON {
		return refuse(http.StatusRequestEntityTooLarge, "arrays of NumPy, which have no such bound", "want at most %d bytes of JSON, got %d", mostJSON, len(text))
	}
	if at := nullIn(text); at >= 0 {
		return refuse(http.StatusBadRequest, "a number in its place; a key without a value is left out", "want JSON without null, got one at byte %d", at)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse(http.StatusBadRequest, "", "want one value of JSON, got more")
	}
	return nil
}

// nullIn returns the byte at which the first null of a JSON text is, or -1. What follows a fault in the text
// does not count: who reads it reports that.
func nullIn(text []byte) int64 {
	const null = "null"
	if !bytes.Contains(text, []byte(null)) { // nearly always, and this is much faster
		return -1
	}
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			return -1
		}
		if token == nil {
			return d.InputOffset() - int64(len(null))
		}
	}
}

// later returns which of the errors of two ways to read a text got further in it. It says what is wrong; the
// other, that this is not the other way.
func later(a, b error) error {
	var one, other *json.UnmarshalTypeError
	if errors.As(a, &one) && errors.As(b, &other) && one.Offset > other.Offset {
		return a
	}
	return b
}

// asFault returns the fault of a body of JSON, in words of the API.
func asFault(err error, want string) error {
	if _, ok := err.(*fault); ok {
		return err
	}
	return refuse(http.StatusBadRequest, want, "the body cannot be read: %.200s", describeJSON(err))
}

// describeJSON says what is wrong with JSON, without the names that this program has for its parts.
func describeJSON(err error) string {
	var other *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &other):
		return describeType(other)
	case errors.As(err, &syntax):
		return fmt.Sprintf("%v at byte %d", syntax, syntax.Offset)
	case errors.Is(err, io.EOF):
		return "there is no JSON in it"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle of its JSON"
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "there is no key " + name
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// describeType says what a part of a text should be, and what it is.
func describeType(err *json.UnmarshalTypeError) string {
	want := "numbers"
	switch err.Type.Kind() {
	case reflect.Slice:
		want = "an array"
	case reflect.Struct:
		want = "an object or an array"
	}
	got := err.Value
	if number, ok := strings.CutPrefix(got, "number "); ok { // too large for its type
		want, got = "numbers of 32 bits", number
	}
	where := ""
	if err.Field != "" {
		where = " in " + err.Field
	}
	return fmt.Sprintf("want %s%s, got %s at byte %d", want, where, withArticle(got), err.Offset)
}

func withArticle(kind string) string {
	switch kind {
	case "string", "number", "bool":
		return "a " + kind
	case "array", "object":
		return "an " + kind
	}
	return kind
}
