package causal

// Net is a causal network for images of one size.
type Net struct {
	Channels, Height, Width int
	Embedding               int   // width of an embedded value
	Palette                 int   // width of the palette
	Ink, Value              []int // widths of the hidden layers of the two networks
}

const (
	reach   = 5   // of the window: rows above a pixel, and columns to its left and right
	near    = 2   // the same for embedded values
	side    = 4   // of the blocks beyond the window
	knots   = 8   // hat functions of an axis
	summary = 10  // features that summarise all pixels before
	values  = 255 // values above 0
	gates   = 2
)

// layout has the features of a context in their order. C is the number of channels. All are floats, and
// their formulas round after each operation.
//
//   - The window: for each channel the 5·11 numbers of the rows above, row by row, and the 5 to the
//     left, all in [0, 1]; outside of the image 0.
//   - The first C-1 channels of the pixel itself; 0 if not known yet.
//   - The means of blocks of pixels over all channels, see blocks and scanner.mean.
//   - Position: 8 hat functions of the row, and 8 of the column, see hats.
//   - The summary of the channel, see scanner.summary.
//   - If C > 1, a 1 for the channel, and 0 for the others.
//   - The embedded values: for each channel the 2·5 above and the 2 to the left; the first C-1
//     channels of the pixel itself; the most frequent value above 0 of the channel so far (of several,
//     the one that first came so often), and the largest. Values that are not known are 0.
type layout struct {
	Net
	blocks         []block
	rowHat, colHat []float32 // (height, knots), (width, knots)
	near           []place
	plain          int // features before the embedded values
	embedded       int // values that are embedded
	features       int
	stride, plane  int // of a channel's plane with a border: numbers in a row, and in all rows
}

// block is a block of pixels, relative to a pixel: from the first to before the last.
type block struct{ top, bottom, left, right int }

// place is a pixel relative to another.
type place struct{ row, col int }

func newLayout(n Net) *layout {
	l := &layout{Net: n, blocks: blocks(), rowHat: hats(n.Height), colHat: hats(n.Width), stride: n.Width + 2*reach}
	l.plane = (n.Height + reach) * l.stride
	for row := -near; row < 0; row++ {
		for col := -near; col <= near; col++ {
			l.near = append(l.near, place{row, col})
		}
	}
	for col := -near; col < 0; col++ {
		l.near = append(l.near, place{0, col})
	}
	l.plain, l.embedded = n.features()
	l.features = n.Features()
	return l
}

// features returns how many plain features a context has, and how many embedded values.
func (n Net) features() (plain, embedded int) {
	c := n.Channels
	plain = c*(reach*(2*reach+1)+reach) + c - 1 + len(blocks()) + 2*knots + summary
	if c > 1 {
		plain += c
	}
	return plain, c*(near*(2*near+1)+near) + c - 1 + 2
}

// Features returns how many features a context has.
func (n Net) Features() int {
	plain, embedded := n.features()
	return plain + embedded*n.Embedding
}

// blocks returns two rows of eight blocks above the window, and then, at each of two distances, two
// blocks to the left and one to the right. Counted from the pixel, these are for k = 1 and then k = 2
// the rows -5-4k to -2-4k, with the columns -16 to -13, then -12 to -9, and so on to 15; and for k = 1
// and then k = 2
//
//	columns -5-4k to -2-4k, rows -3 to 0
//	columns -5-4k to -2-4k, rows -5 to -4
//	columns 2+4k to 5+4k, rows -5 to -1
func blocks() []block {
	var all []block
	for k := 1; k <= 2; k++ {
		top := -reach - k*side
		for left := -4 * side; left < 4*side; left += side {
			all = append(all, block{top, top + side, left, left + side})
		}
	}
	for k := 1; k <= 2; k++ {
		left, right := -reach-k*side, reach+1+(k-1)*side
		all = append(all, block{1 - side, 1, left, left + side}, block{-reach, 1 - side, left, left + side}, block{-reach, 0, right, right + side})
	}
	return all
}

// hats returns the hat functions of an axis with n places: for place i with t = 7i/(n-1), or 0 if
// there is one place, hat k is 1 - |t-k|, but at least 0.
func hats(n int) []float32 {
	h := make([]float32, n*knots)
	for i := range n {
		t := float32(i*(knots-1)) / float32(max(n-1, 1))
		for k := range knots {
			d := t - float32(k)
			if d < 0 {
				d = -d
			}
			if d < 1 {
				h[i*knots+k] = 1 - d
			}
		}
	}
	return h
}

// Shapes returns the shapes of all weights in their order: the embedding and the palette, both (256,
// width), then for each layer of the ink network and of the value network kernel and bias.
func (n Net) Shapes() [][]int {
	in := n.Features()
	shapes := [][]int{{values + 1, n.Embedding}, {values + 1, n.Palette}}
	dense := func(in int, hidden []int, out int) {
		for _, units := range append(append([]int{}, hidden...), out) {
			shapes = append(shapes, []int{in, units}, []int{units})
			in = units
		}
	}
	dense(in, n.Ink, 1)
	dense(in+n.Palette, n.Value, values+gates)
	return shapes
}

// Size returns how many numbers an image has.
func (n Net) Size() int { return n.Channels * n.Height * n.Width }
