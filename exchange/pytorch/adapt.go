package pytorch

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gorgonae/gorgonae/autoencoder"
	"github.com/gorgonae/gorgonae/images"
)

// defaults are PyTorch's values of settings that a state dictionary does not hold, by flag. There, a norm adds
// 1e-5 to the variance, and a convolution with a stride pads alike on both sides, since PyTorch refuses
// padding="same" for it.
var defaults = map[string]string{"epsilon": "1e-05", "padding": "1"}

// Adapt changes settings of a configuration to those of the state dictionary: widths that its shapes show,
// and PyTorch's defaults where it holds nothing. It keeps the settings whose flags the user has given.
// It returns what it took, as flags. A state dictionary with the names that package weights gives was made
// for a model of ours, and keeps our defaults.
func (s *State) Adapt(c autoencoder.Config, given func(flag string) bool) (taken []string, err error) {
	shown := s.widths()
	for _, f := range autoencoder.Fields(c) {
		text, ok := shown[f.Flag]
		if foreign, is := defaults[f.Flag]; is && !s.exported() {
			text, ok = foreign, true
		}
		if !ok || f.Flag == "" || given(f.Flag) || f.String() == text {
			continue
		}
		if err := f.Set(text); err != nil {
			return nil, err
		}
		taken = append(taken, "--"+f.Flag+" "+text)
	}
	return taken, nil
}

// exported reports whether all names are those that package weights gives.
func (s *State) exported() bool {
	for name := range s.tensors {
		parts := strings.Split(unwrapped(name), ".")
		if len(parts) != 3 || !strings.HasPrefix(parts[1], parts[0]+"_") {
			return false
		}
	}
	return true
}

// kernels returns the shapes of all kernels with a number of axes, in the order of their names, and how many
// come before the first of a decoder, or half if no name tells.
func (s *State) kernels(axes int) (shapes [][]int, encoder int) {
	encoder = -1
	for _, m := range s.modules() {
		w, ok := m.parts[primary]
		if !ok || len(w.shape) != axes {
			continue
		}
		if side(m.name) == decoderSide && encoder < 0 {
			encoder = len(shapes)
		}
		shapes = append(shapes, w.shape)
	}
	if encoder < 0 {
		encoder = len(shapes) / 2
	}
	return shapes, encoder
}

// widths returns the settings of a network of dense layers that its shapes show, by flag, or nothing if
// they are no chain to a code and back.
func (s *State) widths() map[string]string {
	shapes, n := s.kernels(2)
	if n < 1 || n >= len(shapes) {
		return nil
	}
	encoder, decoder := shapes[:n], shapes[n:]
	latent := decoder[0][1]
	if n > 1 && slices.Equal(encoder[n-1], encoder[n-2]) && encoder[n-1][0] == latent && encoder[n-1][1] != latent {
		encoder = encoder[:n-1] // means and log-variances
	}
	var hidden, back []string
	for i, w := range encoder[:len(encoder)-1] {
		if encoder[i+1][1] != w[0] {
			return nil
		}
		hidden = append(hidden, strconv.Itoa(w[0]))
	}
	for i, w := range decoder[:len(decoder)-1] {
		if decoder[i+1][1] != w[0] {
			return nil
		}
		back = append([]string{strconv.Itoa(w[0])}, back...)
	}
	all := map[string]string{"latent": strconv.Itoa(latent)}
	if len(hidden) > 0 && decoder[len(decoder)-1][0] == encoder[0][1] {
		all["hidden"], all["decoder"] = strings.Join(hidden, ","), strings.Join(back, ",")
	}
	return all
}

// Size returns the size of the images that the shapes show: of squares in grey or colour, for models of dense
// layers and conv-strided. ok is false if they show none.
func (s *State) Size() (size images.Size, ok bool) {
	dense, _ := s.kernels(2)
	convolutions, _ := s.kernels(4)
	switch {
	case len(dense) == 0:
		return size, false
	case len(convolutions) > 0:
		const filters, reduced = 64, 4 // of conv-strided: channels before its dense layer, and how much smaller they are
		most := slices.Max(slices.Concat(dense...))
		side := root(most / filters)
		return images.Size{Channels: convolutions[0][1], Height: reduced * side, Width: reduced * side}, side > 0 && most%filters == 0
	}
	for _, channels := range []int{1, 3} {
		if n := dense[0][1]; n%channels == 0 && root(n/channels) > 0 {
			return images.Size{Channels: channels, Height: root(n / channels), Width: root(n / channels)}, true
		}
	}
	return size, false
}

// root returns the square root of a square number, else 0.
func root(n int) int {
	r := int(math.Round(math.Sqrt(float64(n))))
	if r*r != n {
		return 0
	}
	return r
}

// Assumed returns the settings of a configuration that no state dictionary holds, as a text for the user:
// with others the model predicts something else.
func Assumed(c autoencoder.Config) string {
	var words []string
	for _, f := range autoencoder.Fields(c) {
		if slices.Contains([]string{"activation", "output", "code", "slope", "epsilon", "padding"}, f.Name) {
			words = append(words, fmt.Sprintf("%s %s", f.Name, f))
		}
	}
	return strings.Join(words, ", ")
}
