package graph

import (
	"encoding/json"
	"fmt"

	"github.com/pkg/errors"
)

// Pair is a number for the rows of an image and one for its columns: the size of a kernel, a
// stride, a factor. A file holds two equal numbers as one, 3, and others as an array, [3, 5].
type Pair [2]int

// Extent is one number for rows and columns alike, or a Pair.
type Extent interface{ int | Pair }

func pairOf[E Extent](e E) Pair {
	if n, ok := any(e).(int); ok {
		return Pair{n, n}
	}
	return any(e).(Pair)
}

// each reports whether both numbers are at least lowest and at most highest.
func (p Pair) each(lowest, highest int) bool {
	return min(p[0], p[1]) >= lowest && max(p[0], p[1]) <= highest
}

// String returns "3" for two equal numbers, else "3 x 5".
func (p Pair) String() string {
	if p[0] == p[1] {
		return fmt.Sprint(p[0])
	}
	return fmt.Sprintf("%d x %d", p[0], p[1])
}

// MarshalJSON writes one number, or [rows, columns].
func (p Pair) MarshalJSON() ([]byte, error) {
	if p[0] == p[1] {
		return json.Marshal(p[0])
	}
	return json.Marshal(p[:])
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Pair) UnmarshalJSON(text []byte) error {
	var one *int
	if err := json.Unmarshal(text, &one); err == nil && one != nil {
		*p = Pair{*one, *one}
		return nil
	}
	var two []*int
	if err := json.Unmarshal(text, &two); err != nil || len(two) != 2 || two[0] == nil || two[1] == nil {
		return errors.Errorf("want a whole number or [rows, columns], got %s", text)
	}
	*p = Pair{*two[0], *two[1]}
	return nil
}
