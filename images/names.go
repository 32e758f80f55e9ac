package images

import (
	"slices"
	"strings"

	"github.com/pkg/errors"
)

// indexOf returns which of some names a text is. The error, for another text, lists them; the index is 0 then.
func indexOf(names []string, text string) (int, error) {
	if i := slices.Index(names, text); i >= 0 {
		return i, nil
	}
	return 0, errors.Errorf("want one of %s, got %q", strings.Join(names, ", "), text)
}
