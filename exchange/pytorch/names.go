package pytorch

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	numbers "github.com/maruel/natural"
)

// wrappers are parts of names that wrappers of modules add: DataParallel and DistributedDataParallel,
// torch.compile, FSDP.
var wrappers = []string{"_orig_mod", "_fsdp_wrapped_module"}

// unwrapped returns a name without what wrappers add.
func unwrapped(name string) string {
	parts := strings.Split(name, ".")
	if parts[0] == "module" && len(parts) > 2 {
		parts = parts[1:]
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return slices.Contains(wrappers, p) })
	return strings.Join(parts, ".")
}

// Sides of an autoencoder that names tell of.
const (
	encoderSide = iota - 1
	noSide
	decoderSide
)

// side returns the side that a module's name tells of.
func side(name string) int {
	for _, part := range strings.Split(strings.ToLower(name), ".") {
		switch {
		case strings.HasPrefix(part, "dec"), strings.HasPrefix(part, "up"): // deconv, decoder, upsample
			return decoderSide
		case strings.HasPrefix(part, "enc"), strings.HasPrefix(part, "down"):
			return encoderSide
		}
	}
	return noSide
}

// compareNames compares two names of modules by where they stand in a network, if the names tell: an encoder
// stands before a decoder, and of names that differ in numbers alone, the one with the lower number comes
// first, as in nn.Sequential. Other names do not tell: a dictionary has the order in which modules were
// made, and files are sorted by name.
func compareNames(a, b string) (order int, tells bool) {
	if c := cmp.Compare(side(a), side(b)); c != 0 {
		return c, true
	}
	return compareNumbers(a, b)
}

// compareNumbers compares names that differ in numbers alone; tells is false for others.
func compareNumbers(a, b string) (order int, tells bool) {
	ta, na := words(a)
	tb, nb := words(b)
	if ta != tb || a == b {
		return 0, false
	}
	c := slices.Compare(na, nb)
	return c, c != 0
}

// words returns a name with # for each number, and the numbers.
func words(name string) (text string, values []int) {
	var b strings.Builder
	for i := 0; i < len(name); {
		j := i
		for j < len(name) && name[j] >= '0' && name[j] <= '9' {
			j++
		}
		n, err := strconv.Atoi(name[i:j])
		if i == j || err != nil {
			b.WriteByte(name[i])
			i++
			continue
		}
		b.WriteByte('#')
		values = append(values, n)
		i = j
	}
	return b.String(), values
}

// natural compares names for lists: the encoder's first, and 2 before 10.
func natural(a, b string) int {
	switch c := cmp.Compare(side(a), side(b)); {
	case c != 0:
		return c
	case numbers.Less(a, b):
		return -1
	case numbers.Less(b, a):
		return 1
	}
	return strings.Compare(a, b)
}

// has reports whether a name has one of the words, as a whole word or behind an underscore.
func has(name string, wanted ...string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if slices.Contains(wanted, w) {
			return true
		}
	}
	return false
}
