package autoencoder

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Field is one setting of a configuration. It satisfies the interface Value of the flag packages.
type Field struct {
	Name string // in JSON and in messages
	Flag string // the flag that sets it; empty if no flag does
	Help string // the flag's help

	kind string
	get  func() string
	set  func(text string) error
}

// String returns the value as Set reads it.
func (f Field) String() string { return f.get() }

// Set changes the value to the one that the text describes. It refuses a text of the wrong form.
// Whether the architecture can have the value is checked by its Build.
func (f Field) Set(text string) error { return f.set(text) }

// Type returns the name of the value's type in package pflag: "int", "float32", "intSlice",
// "string".
func (f Field) Type() string { return f.kind }

// Fields returns the settings of a configuration, which is a pointer to a struct, in the order of
// the struct's fields. Embedded structs stand for their fields. The tags say the rest:
//
//	Latent int `json:"latent" flag:"latent" help:"numbers of a code"`
//
// A field without the tag flag is set by programs and files only. In help, {choices} stands for the
// values that the type's method Choices returns. Field types are bool, int, uint64, float32,
// float64, string, []int, and all whose pointers implement encoding.TextUnmarshaler. Another type
// is an error of the programmer: Fields panics.
func Fields(config any) []Field {
	return fields(reflect.ValueOf(config).Elem())
}

func fields(s reflect.Value) []Field {
	var all []Field
	for i := range s.NumField() {
		t := s.Type().Field(i)
		if t.Anonymous {
			all = append(all, fields(s.Field(i))...)
			continue
		}
		f := Field{Name: t.Tag.Get("json"), Flag: t.Tag.Get("flag"), Help: t.Tag.Get("help")}
		if f.Name == "" || !t.IsExported() {
			panic(fmt.Sprintf("autoencoder: field %s of %v needs a json tag and an upper-case name", t.Name, s.Type()))
		}
		p := s.Field(i).Addr().Interface()
		if c, ok := p.(interface{ Choices() []string }); ok {
			f.Help = strings.ReplaceAll(f.Help, "{choices}", strings.Join(c.Choices(), ", "))
		}
		if !f.bind(p) {
			panic(fmt.Sprintf("autoencoder: field %s of %v has type %v, which no text describes", t.Name, s.Type(), t.Type))
		}
		all = append(all, f)
	}
	return all
}

// bind makes the field read and write the variable that p points to.
func (f *Field) bind(p any) bool {
	switch p := p.(type) {
	case encoding.TextUnmarshaler:
		f.kind = "string"
		f.get = func() string { return fmt.Sprint(reflect.ValueOf(p).Elem().Interface()) }
		f.set = func(text string) error { return p.UnmarshalText([]byte(text)) }
	case *bool:
		bindTo(f, p, "bool", "true or false", strconv.ParseBool)
	case *int:
		bindTo(f, p, "int", "a whole number", strconv.Atoi)
	case *uint64:
		bindTo(f, p, "uint64", "a whole number of 0 or more",
			func(text string) (uint64, error) { return strconv.ParseUint(text, 10, 64) })
	case *float32:
		bindTo(f, p, "float32", "a number", parseFloat32)
	case *float64:
		bindTo(f, p, "float64", "a number",
			func(text string) (float64, error) { return strconv.ParseFloat(text, 64) })
	case *string:
		bindTo(f, p, "string", "a text", func(text string) (string, error) { return text, nil })
	case *[]int:
		bindTo(f, p, "intSlice", "whole numbers with commas between them", parseInts)
		f.get = func() string { return printInts(*p) }
	default:
		return false
	}
	return true
}

func bindTo[T any](f *Field, p *T, kind, want string, parse func(string) (T, error)) {
	f.kind = kind
	f.get = func() string { return fmt.Sprint(*p) }
	f.set = func(text string) error {
		v, err := parse(text)
		if err != nil {
			return errors.Errorf("want %s, got %q", want, text)
		}
		*p = v
		return nil
	}
}

func parseFloat32(text string) (float32, error) {
	v, err := strconv.ParseFloat(text, 32)
	return float32(v), err
}

func parseInts(text string) ([]int, error) {
	var all []int
	for _, t := range strings.Split(text, ",") {
		n, err := strconv.Atoi(t)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func printInts(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ","), "[]")
}

// byFlag finds the field that a flag sets.
func byFlag(all []Field, flag string) (Field, bool) {
	i := slices.IndexFunc(all, func(f Field) bool { return flag != "" && f.Flag == flag })
	if i < 0 {
		return Field{}, false
	}
	return all[i], true
}

// FieldError says which field of a configuration has a value that it cannot have.
type FieldError struct {
	Field string // its name in JSON
	Want  string // the values that it can have, in words
	Got   any
}

func (e *FieldError) Error() string {
	if text, ok := e.Got.(string); ok {
		return fmt.Sprintf("%s: want %s, got %q", e.Field, e.Want, text)
	}
	return fmt.Sprintf("%s: want %s, got %v", e.Field, e.Want, e.Got)
}

// positive reports whether x is a finite number above 0.
func positive(x float32) bool { return x > 0 && x <= math.MaxFloat32 }
