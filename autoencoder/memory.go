package autoencoder

import "github.com/gorgonae/gorgonae/graph"

// Memory estimates how many bytes EncodeImages of n images and Reconstruct of each take beside images, codes and
// weights: those of what the layers make. The autoencoder keeps about as many for the next images.
func (a *Autoencoder) Memory(n int) int64 {
	const number = 4 // bytes
	numbers := made(a.Model) + int64(min(n, a.Encoder.PredictBatch()))*made(a.Encoder)
	core, err := a.bare()
	if err != nil {
		return number * numbers
	}
	if largest := core.Model.Largest(); largest > tileNumbers {
		if _, ok := newTiling(core.Model, tileNumbers); ok { // a part of the image at a time
			numbers = int64(float64(numbers) / float64(largest) * tileNumbers)
		}
	}
	return number * numbers
}

// made returns how many numbers all layers make of one example.
func made(m *graph.Model) (n int64) {
	for _, node := range m.Nodes() {
		if inner := node.Model(); inner != nil {
			n += made(inner)
		} else {
			n += int64(node.Shape().Size())
		}
	}
	return n
}
