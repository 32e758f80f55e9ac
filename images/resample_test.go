package images

import "testing"

// A line along the border of a picture is as strong in a smaller picture as lines elsewhere. The values
// are those of Pillow 13.0.0's BICUBIC, whose cubic is the same.
func TestResampleBorder(t *testing.T) {
	for n, want := range map[int]byte{300: 253, 100: 250, 30: 238} {
		x := make([]byte, n)
		for i := range x {
			x[i] = 255
		}
		x[0] = 0
		if y := resample(x, n, 1, 1, 3, 1, 255); y[0] != want || y[1] != 255 || y[2] != 255 {
			t.Errorf("%d rows of white below a black one become %v, want [%d 255 255]", n, y, want)
		}
		if y := resample(x, 1, n, 1, 1, 3, 255); y[0] != want || y[1] != 255 || y[2] != 255 {
			t.Errorf("%d columns of white beside a black one become %v, want [%d 255 255]", n, y, want)
		}
	}
}
