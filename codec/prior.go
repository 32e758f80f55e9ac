package codec

import (
	"context"

	"github.com/pkg/errors"
)

// Prior is a distribution over the integers of codes. Codes of several images lie one behind the
// other: (images, latents). An implementation has a row in priors, and computes the same bits on
// every machine.
type Prior interface {
	// Kind is the number of the prior's kind in files.
	Kind() int

	// Latents is the number of integers in a code.
	Latents() int

	// Append appends the prior as it stands in a file. Its kind's read function reads it.
	Append(dst []byte) []byte

	// Encode returns the bytes of the codes of a chunk.
	Encode(ctx context.Context, codes []int32) ([]byte, error)

	// Decode fills codes with the codes of a chunk. It refuses data that Encode did not return for
	// as many codes. It takes no memory that depends on data alone.
	Decode(ctx context.Context, data []byte, codes []int32) error

	// Bits returns the bits of each code of a chunk. Their sum is the rate of what Encode returns.
	Bits(ctx context.Context, codes []int32) ([]float64, error)
}

// bounded is a prior whose memory for an image bounds how many images a chunk may have.
type bounded interface{ most() int }

// Kinds of priors in files.
const (
	staticKind      = 1
	conditionalKind = 2
	pixelKind       = 3
)

// priors read the priors of files, by kind. They check everything.
var priors = map[int]func(data []byte, latents int) (Prior, error){
	staticKind:      readStatic,
	conditionalKind: readConditional,
	pixelKind:       readPixels,
}

func readPrior(content []byte, latents int) (Prior, error) {
	c := cursor{data: content}
	kind := c.uint("a kind of prior", 0, 1<<20)
	if c.err != nil {
		return nil, c.err
	}
	read := priors[kind]
	if read == nil {
		return nil, errors.Errorf("want a known kind of prior, got %d: update gorgonae", kind)
	}
	return read(c.data, latents)
}
