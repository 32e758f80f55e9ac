package codec

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/internal/f32"
)

// arithmetic is the version of the arithmetic, which decides the bits that a decoder computes. A
// file can only be decoded with the version that it was written with.
const arithmetic = f32.Version

// selfTestHash is the hash of what selfTest computes with this version.
const selfTestHash = "8bc9a1c4ec3de366737ed8231d0b2e0ada2d78c3d9602d3921a5e8faa08c46a0"

// selfTest checks, once in a program, that this build computes the bits of its version of the
// arithmetic: a wrong compiler or processor would decode other images than were compressed.
var selfTest = sync.OnceValue(func() error {
	got, err := computeSelfTest()
	if err == nil && got != selfTestHash {
		err = errors.Errorf("want the bits of arithmetic version %d, got others: this build of gorgonae cannot read or write .gae files on this machine", arithmetic)
	}
	return err
})

// computeSelfTest applies a small model, with all activations and with layers on vectors and
// images, to fixed numbers, and returns the hash of the result.
func computeSelfTest() (string, error) {
	x := graph.Input("x", 2, 8, 8)
	h := graph.SiLU("silu", graph.Conv2D("conv", x, 6, 3, graph.Same))
	h = graph.MaxPool2D("pool", graph.BatchNorm("norm", h), 2, 2, graph.Valid) // (6, 4, 4)
	h = graph.GELU("gelu", graph.Dense("dense_1", graph.Flatten("flat", h), 37))
	h = graph.LayerNorm("layernorm", graph.ELU("elu", graph.Dense("dense_2", h, 19), 1))
	h = graph.Tanh("tanh", graph.Dense("dense_3", graph.Softplus("softplus", h), 48))
	h = graph.UpSample2D("up", graph.Reshape("reshape", h, 3, 4, 4), 2, graph.Bilinear)
	h = graph.LeakyReLU("leaky", graph.ConvTranspose2D("transposed", h, 5, 3, graph.Same), 0.3)
	m := graph.New("selftest", x, graph.Sigmoid("sigmoid", graph.Conv2D("out", h, 1, 3, graph.Same)))
	if err := m.Init(1); err != nil {
		return "", err
	}
	const examples = 3
	in := make([]float32, examples*m.In().Size())
	for i := range in {
		in[i] = float32(i*i%511)/256 - 1
	}
	y, err := m.Predict(context.Background(), in)
	if err != nil {
		return "", err
	}
	var b []byte
	for _, v := range y {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return fmt.Sprintf("%x", sha256.Sum256(b)), nil
}
