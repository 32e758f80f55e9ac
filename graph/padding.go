package graph

import (
	"encoding/json"
	"math"

	"github.com/pkg/errors"
)

// Padding is what a layer that slides a window puts around an image before it does: Same, Valid, or a number of rows and
// columns on each side. What stands there is zero to a convolution, and does not count in a pooling. For other borders,
// ZeroPad2D goes before the layer. Of in rows, windows of kernel rows make ceil(in/stride) rows with Same, else
//
//	floor((in + 2·padding - (kernel-1)·dilation - 1) / stride) + 1
type Padding int

const (
	// Same pads so that each stride begins one window: in elements give ceil(in/stride). Where the padding is odd the
	// greater half comes after the image, as TensorFlow and Keras place it.
	Same Padding = -1

	// Valid pads nothing.
	Valid Padding = 0
)

// Span places windows along one axis of in elements: windows of kernel elements, which are dilation apart from each other,
// every stride elements. It returns how many elements of padding are before the axis and after it, and how many windows
// there are. It is an error if a window does not fit, or if a number is out of range.
func (p Padding) Span(in, kernel, stride, dilation int) (before, after, out int, err error) {
	switch {
	case p < Same || p > maxSize:
		return 0, 0, 0, errors.Errorf("padding %d, want Same, Valid or a number of rows and columns", p)
	case kernel < 1 || stride < 1 || dilation < 1 || kernel > maxSize || stride > maxSize || dilation > maxSize/kernel:
		return 0, 0, 0, errors.Errorf("a window of %d, stride %d and dilation %d, want each at least 1", kernel, stride, dilation)
	}
	reach := (kernel-1)*dilation + 1
	if p == Same {
		out = (in + stride - 1) / stride
		total := max((out-1)*stride+reach-in, 0)
		return total / 2, total - total/2, out, nil
	}
	n := int(p)
	if in+2*n < reach {
		return 0, 0, 0, errors.Errorf("a window that reaches over %d elements does not fit into %d with %d of padding on each side", reach, in, n)
	}
	return n, n, (in+2*n-reach)/stride + 1, nil
}

// MarshalJSON writes "same", "valid" or the number.
func (p Padding) MarshalJSON() ([]byte, error) {
	switch p {
	case Same:
		return []byte(`"same"`), nil
	case Valid:
		return []byte(`"valid"`), nil
	}
	return json.Marshal(int(p))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Padding) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"same"`:
		*p = Same
		return nil
	case `"valid"`:
		*p = Valid
		return nil
	}
	var n int
	if err := json.Unmarshal(text, &n); err != nil || string(text) == "null" || n < 0 || n > math.MaxInt32 {
		return errors.Errorf(`padding %s, want "same", "valid" or a number not below 0`, text)
	}
	*p = Padding(n)
	return nil
}
