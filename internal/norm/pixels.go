package norm

import "github.com/gorgonae/gorgonae/internal/f32"

// Pixels is ChannelNorm in place, for some pixels at a time: a convolution applies it to what it has
// just computed, which is still in the cache. The bits are those of ChannelNorm.
type Pixels struct{ constants []float32 }

// NewPixels makes room for pixels of so many channels.
func NewPixels(channels int) *Pixels { return &Pixels{make([]float32, 3*channels)} }

// Set takes the parameters of ChannelNorm, one number for each channel.
func (p *Pixels) Set(scale, offset, mean, variance []float32, epsilon float32) {
	if len(p.constants) != 3*len(scale) {
		panic("norm: want as many channels as there is room for")
	}
	channelNormConstants(p.constants, scale, offset, mean, variance, epsilon)
}

// Apply computes ChannelNorm of whole pixels in place. Several goroutines may call it at once.
func (p *Pixels) Apply(y []float32) {
	n := len(p.constants) / 3
	if len(y) == 0 {
		return
	}
	f32.CheckMatrix(y, len(y)/n, n)
	channelNorm(images{y: y, x: y, constants: p.constants, pixels: len(y) / n, n: n}, 0, 1)
}
