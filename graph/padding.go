package graph

import (
	"encoding/json"
	"math"

	"github.com/pkg/errors"
)

// Padding says how many rows and columns a layer that slides a window adds around an image: Same,
// Valid, or a number for each side. They are zero in a convolution, and do not count in a pooling.
// For another border, put a ZeroPad2D before the layer. With Same, windows on in rows make
// ceil(in/stride) rows; else, with windows of kernel rows,
//
//	floor((in + 2·padding - (kernel-1)·dilation - 1) / stride) + 1
type Padding int

const (
	// Same pads so that one window begins at each stride: in elements give ceil(in/stride) windows.
	// If the padding is odd, the larger half comes after the image, as in TensorFlow and Keras.
	Same Padding = -1

	// Valid pads nothing.
	Valid Padding = 0
)

// Span places windows along one axis of in elements. A window has kernel elements, dilation apart;
// windows begin every stride elements. Span returns the padding before and after the axis, and the
// number of windows. It is an error if a window does not fit or a number is out of range.
func (p Padding) Span(in, kernel, stride, dilation int) (before, after, out int, err error) {
	switch {
	case p < Same || p > maxSize:
		return 0, 0, 0, errors.Errorf("want padding Same, Valid or a number of rows and columns, got padding %d", p)
	case kernel < 1 || stride < 1 || dilation < 1 || kernel > maxSize || stride > maxSize || dilation > maxSize/kernel:
		return 0, 0, 0, errors.Errorf("want a window, stride and dilation of 1 or more, got a window of %d, stride %d and dilation %d", kernel, stride, dilation)
	}
	reach := (kernel-1)*dilation + 1
	if p == Same {
		out = (in + stride - 1) / stride
		total := max((out-1)*stride+reach-in, 0)
		return total / 2, total - total/2, out, nil
	}
	n := int(p)
	if in+2*n < reach {
		return 0, 0, 0, errors.Errorf("want a window that fits into %d elements with %d of padding on each side, got one that reaches over %d elements", in, n, reach)
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
		return errors.Errorf(`want padding "same", "valid" or a number of 0 or more, got %s`, text)
	}
	*p = Padding(n)
	return nil
}
