package train_test

import (
	"fmt"
	"math"
	"testing"

	G "gorgonia.org/gorgonia"

	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/graph/op"
	"github.com/gorgonae/gorgonae/train"
)

// similarity is 1 minus the structural similarity of images (Wang et al. 2004) at several scales,
// each half as large as the one before, averaged over scales, images and channels. Means and
// variances are those of a whole channel.
type similarity struct{ scales int }

func (l similarity) Check() error   { return nil }
func (l similarity) Label() string  { return "1 - SSIM" }
func (l similarity) String() string { return fmt.Sprintf("ssim:scales=%d", l.scales) }

func (l similarity) Write(b *graph.Builder, y, target *G.Node) *G.Node {
	var losses []*G.Node
	for range l.scales {
		s := op.ShapeOf(y)
		losses = append(losses, b.Do(dissimilarity(s, 1/float32(l.scales)), y, target))
		half := op.AveragePool(s[0], op.Window{Height: s[1], Width: s[2], Channels: s[3],
			Rows: s[1] / 2, Cols: s[2] / 2, Tall: 2, Wide: 2, Down: 2, Across: 2})
		y, target = b.Do(half, y), b.Do(half, target)
	}
	return b.Do(op.Add(len(losses), op.Shape{}), losses...)
}

// dissimilarity is scale·(1 - the mean SSIM of the images' channels). Inputs: two of shape s,
// (rows, height, width, channels); the second has no gradient.
func dissimilarity(s op.Shape, scale float32) op.Op {
	return op.Op{
		Name: fmt.Sprintf("Dissimilarity%v[%v]", s, scale),
		In:   []op.Shape{s, s},
		Out:  op.Shape{},
		Run: func(y []float32, x [][]float32) {
			sum := 0.0
			eachChannel(s, x[0], x[1], func(c compared, _, _ int) { sum += c.ssim() })
			y[0] = scale * float32(1-sum/float64(s[0]*s[3]))
		},
		Grad: func(t *op.Tape, x []*G.Node, _, dy *G.Node) []*G.Node {
			return []*G.Node{t.Do(op.Op{
				Name: fmt.Sprintf("DissimilarityGrad%v[%v]", s, scale),
				In:   []op.Shape{s, s, {}},
				Out:  s,
				Run: func(dx []float32, x [][]float32) {
					share := -float64(scale*x[2][0]) / float64(s[0]*s[3])
					eachChannel(s, x[0], x[1], func(c compared, first, stride int) {
						for k := range s[1] * s[2] {
							i := first + k*stride
							dx[i] = float32(share * c.gradient(float64(x[0][i]), float64(x[1][i])))
						}
					})
				},
			}, x[0], x[1], dy), nil}
		},
	}
}

// compared is what SSIM needs of two channels x and y of n pixels.
type compared struct{ n, meanX, meanY, varX, varY, cov float64 }

// eachChannel compares each channel of each image: element k of it is at first + k·stride.
func eachChannel[T float32 | float64](s op.Shape, x, y []T, use func(c compared, first, stride int)) {
	pixels, channels := s[1]*s[2], s[3]
	for row := range s[0] {
		for channel := range channels {
			first := row*pixels*channels + channel
			c := compared{n: float64(pixels)}
			for k := range pixels {
				c.meanX += float64(x[first+k*channels]) / c.n
				c.meanY += float64(y[first+k*channels]) / c.n
			}
			for k := range pixels {
				dx, dy := float64(x[first+k*channels])-c.meanX, float64(y[first+k*channels])-c.meanY
				c.varX += dx * dx / c.n
				c.varY += dy * dy / c.n
				c.cov += dx * dy / c.n
			}
			use(c, first, channels)
		}
	}
}

// The constants of Wang et al. for values in [0, 1].
const c1, c2 = 0.01 * 0.01, 0.03 * 0.03

func (c compared) ssim() float64 {
	return (2*c.meanX*c.meanY + c1) * (2*c.cov + c2) / ((c.meanX*c.meanX + c.meanY*c.meanY + c1) * (c.varX + c.varY + c2))
}

// gradient is that of ssim by a pixel of the first channel with value x, where the second has y.
func (c compared) gradient(x, y float64) float64 {
	a1, a2 := 2*c.meanX*c.meanY+c1, 2*c.cov+c2
	b1, b2 := c.meanX*c.meanX+c.meanY*c.meanY+c1, c.varX+c.varY+c2
	means := (a2*c.meanY - c.ssim()*b2*c.meanX) / (b1 * b2)
	structure := (a1*(y-c.meanY) - c.ssim()*b1*(x-c.meanX)) / (b1 * b2)
	return 2 / c.n * (means + structure)
}

func TestDissimilarity(t *testing.T) {
	for _, s := range []op.Shape{{1, 2, 2, 1}, {3, 4, 5, 2}} {
		ref := func(y []float64, x [][]float64) {
			y[0] = 0.5
			eachChannel(s, x[0], x[1], func(c compared, _, _ int) { y[0] -= 0.5 * c.ssim() / float64(s[0]*s[3]) })
		}
		if err := op.Check(dissimilarity(s, 0.5), ref, 1, 1); err != nil {
			t.Error(err)
		}
	}
}

// A loss on images of three channels, which sees them as (rows, height, width, channels), learns.
func TestSimilarity(t *testing.T) {
	x := graph.Input("x", 3, 8, 12)
	y := graph.ReLU("relu", graph.Conv2D("conv_1", x, 4, 3, graph.Same))
	m := graph.New("images", x, graph.Sigmoid("sigmoid", graph.Conv2D("conv_2", y, 3, 3, graph.Same)))
	initialise(t, m)
	ds := &table{x: uniform(1, 12, 3*8*12)}
	h := fit(t, compile(t, m, similarity{2}, train.NewAdam(0.02), train.Config{Batch: 5}), ds, ds, 12)
	if first, last := h.Epochs[0].ValLoss, h.Epochs[11].ValLoss; !(last < 0.5*first) || !(last > 0) {
		t.Errorf("1 - SSIM went from %v to %v, want less than half", first, last)
	}
	again, _ := evaluate(t, m, ds, similarity{2}, 5)
	if again != h.Epochs[11].ValLoss {
		t.Errorf("evaluated again it is %v, it was %v", again, h.Epochs[11].ValLoss)
	}
}

// The value of SSIM itself: 1 for an image and itself, and as its formula has it for two constant
// ones.
func TestSimilarityValues(t *testing.T) {
	same := compared{4, 0.5, 0.5, 0.1, 0.1, 0.1}
	constant := compared{4, 0.25, 0.75, 0, 0, 0}
	near(t, "SSIM of an image and itself", same.ssim(), 1, 1e-12)
	near(t, "SSIM of two constant images", constant.ssim(), (2*0.25*0.75+c1)/(0.25*0.25+0.75*0.75+c1), 1e-12)
	if g := same.gradient(0.3, 0.3); math.Abs(g) > 1e-12 {
		t.Errorf("the gradient at the maximum is %v", g)
	}
}
