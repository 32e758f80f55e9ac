// Package parts divides images among jobs that do not know each other, and lists what each of them
// made. A job needs no server and no list of the others: its number and their count say what it takes.
package parts

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Part is part I of N, counted from 1. The zero value is no part.
type Part struct{ I, N int }

// Most is the greatest number of parts.
const Most = 1_000_000

// Parse reads "I/N", as 3/10.
func Parse(s string) (Part, error) {
	left, right, ok := strings.Cut(s, "/")
	i, err := strconv.Atoi(left)
	n, fault := strconv.Atoi(right)
	switch {
	case !ok || err != nil || fault != nil || n < 1 || n > Most || i < 0 || i > n:
		return Part{}, errors.Errorf("want I/N with I from 1 to N and N up to %d, such as 3/10, got %q", Most, s)
	case i == 0:
		return Part{}, errors.Errorf("want parts counted from 1 to %d, got %q: add 1 to an index that begins with 0, as JOB_COMPLETION_INDEX of Kubernetes", n, s)
	}
	return Part{i, n}, nil
}

func (p Part) String() string { return strconv.Itoa(p.I) + "/" + strconv.Itoa(p.N) }

// Takes says if an image with this name is in the part. The first 8 bytes of the name's SHA-256, as a
// big-endian number, modulo N, are I - 1. So an image stays in its part if others come or go.
func (p Part) Takes(name string) bool {
	h := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(h[:])%uint64(p.N) == uint64(p.I-1)
}

// Stretch returns which of n images without names are in the part: from lo to hi - 1. The parts follow
// one another, so that their images, one part after the other, are in the order of all.
func (p Part) Stretch(n int) (lo, hi int) {
	at := func(k int) int { // k·n/N, rounded down, without a product that overflows
		return n/p.N*k + n%p.N*k/p.N
	}
	return at(p.I - 1), at(p.I)
}
