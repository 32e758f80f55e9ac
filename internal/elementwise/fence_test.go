//go:build unix

package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

// No kernel reads outside of its slices. Guard words would not show that.
func TestNothingIsReadOutside(t *testing.T) { kerneltest.NothingReadOutside(t, cases()) }
