package npy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// maxDepth bounds how deep lists and tuples of a header may nest. Those of NumPy nest three deep.
const maxDepth = 8

// tuple and list are values of a Python literal. Others are string, bool, int and nil.
type (
	tuple []any
	list  []any
)

// literal reads a literal of Python: what numpy.load accepts in a header, which are dictionaries,
// tuples, lists, strings, whole numbers, True, False and None.
type literal struct {
	text  string // the rest
	depth int
}

func (l *literal) space() { l.text = strings.TrimLeft(l.text, " \t\r\n\f") }

// skip reads a character after spaces, if it comes next.
func (l *literal) skip(c byte) bool {
	l.space()
	if l.text == "" || l.text[0] != c {
		return false
	}
	l.text = l.text[1:]
	return true
}

func (l *literal) wrong(want string) error {
	if l.text == "" {
		return errors.Errorf("want %s, got the end of the header", want)
	}
	return errors.Errorf("want %s, got %.40q", want, l.text)
}

// dict reads a whole literal, which is a dictionary with strings as keys.
func (l *literal) dict() (map[string]any, error) {
	if !l.skip('{') {
		return nil, l.wrong("{")
	}
	all := map[string]any{}
	for !l.skip('}') {
		key, err := l.value()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, errors.Errorf("want strings as keys, got %.40s", fmt.Sprint(key))
		}
		if _, twice := all[name]; twice {
			return nil, errors.Errorf("want each key once, got %.40q twice", name)
		}
		if !l.skip(':') {
			return nil, l.wrong(":")
		}
		if all[name], err = l.value(); err != nil {
			return nil, err
		}
		if !l.skip(',') {
			if !l.skip('}') {
				return nil, l.wrong(", or }")
			}
			break
		}
	}
	if l.space(); l.text != "" {
		return nil, l.wrong("nothing after }")
	}
	return all, nil
}

func (l *literal) value() (any, error) {
	l.space()
	switch {
	case l.skip('('):
		items, comma, err := l.items(')')
		if err == nil && len(items) == 1 && !comma {
			return items[0], nil // parentheses around a value
		}
		return tuple(items), err
	case l.skip('['):
		items, _, err := l.items(']')
		return list(items), err
	}
	for word, v := range map[string]any{"True": true, "False": false, "None": nil} {
		if rest, ok := strings.CutPrefix(l.text, word); ok && !isWord(rest) {
			l.text = rest
			return v, nil
		}
	}
	if l.text != "" && '0' <= l.text[0] && l.text[0] <= '9' {
		return l.number()
	}
	return l.quoted()
}

// isWord says if a text begins with a character of a name.
func isWord(text string) bool {
	if text == "" {
		return false
	}
	c := text[0]
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// items reads values up to a bracket, and reports whether a comma follows the last one.
func (l *literal) items(end byte) (items []any, comma bool, err error) {
	if l.depth++; l.depth > maxDepth {
		return nil, false, errors.Errorf("want lists of at most %d levels, got more", maxDepth)
	}
	defer func() { l.depth-- }()
	for !l.skip(end) {
		v, err := l.value()
		if err != nil {
			return nil, false, err
		}
		items = append(items, v)
		if comma = l.skip(','); !comma {
			if !l.skip(end) {
				return nil, false, l.wrong(", or " + string(end))
			}
			break
		}
	}
	return items, comma, nil
}

// number reads a whole number. Python 2 writes an L after a long one.
func (l *literal) number() (any, error) {
	n := len(l.text) - len(strings.TrimLeft(l.text, "0123456789"))
	v, err := strconv.Atoi(l.text[:n])
	if err != nil {
		return nil, errors.Errorf("want numbers below 2^63, got %.40s", l.text[:n])
	}
	if l.text = l.text[n:]; strings.HasPrefix(l.text, "L") {
		l.text = l.text[1:]
	}
	if isWord(l.text) || strings.HasPrefix(l.text, ".") {
		return nil, l.wrong("a whole number")
	}
	return v, nil
}

// quoted reads a string. Strings of a header that NumPy reads as numbers have no escapes.
func (l *literal) quoted() (any, error) {
	text := strings.TrimPrefix(l.text, "u") // Python 2 marks Unicode so
	if text == "" || text[0] != '\'' && text[0] != '"' {
		return nil, l.wrong("a value")
	}
	end := strings.IndexAny(text[1:], text[:1]+"\\\n")
	if end < 0 || text[1+end] != text[0] {
		return nil, l.wrong("a string without escapes")
	}
	l.text = text[end+2:]
	return text[1 : 1+end], nil
}
