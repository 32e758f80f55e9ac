package serve

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/figure"
)

// newSpace finds the axes of codes, (n, dims), which is a sample of all.
func newSpace(codes []float32, dims int) (*space, error) {
	s := &space{dims: dims}
	for _, v := range codes {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, errors.New("want finite codes, got NaN or infinity: the training has diverged")
		}
	}
	if dims <= 2 {
		for d := range dims {
			s.axes = append(s.axes, axis{Name: "latent " + strconv.Itoa(d+1)})
		}
	} else {
		c, err := figure.PCA(codes, dims, min(dims, mostAxes))
		if err != nil {
			return nil, err
		}
		s.basis = &c
		for j, share := range c.Shares {
			s.axes = append(s.axes, axis{Name: "principal component " + strconv.Itoa(j+1), Share: share})
		}
	}
	values := make([]float64, len(codes)/dims)
	for j := range s.axes {
		for i := range values {
			values[i] = s.along(codes[i*dims:][:dims], j)
		}
		slices.Sort(values)
		a, last := &s.axes[j], float64(len(values)-1)
		a.Min, a.Low, a.High, a.Max = values[0], values[int(0.02*last)], values[int(math.Ceil(0.98*last))], values[len(values)-1]
	}
	if s.basis != nil {
		s.basis.Projections = nil // of the sample
	}
	return s, nil
}

// along returns a coordinate of a code.
func (s *space) along(code []float32, j int) float64 {
	if s.basis == nil {
		return float64(code[j])
	}
	sum := 0.0
	for d, x := range code {
		sum += (float64(x) - s.basis.Mean[d]) * s.basis.Vectors[j*s.dims+d]
	}
	return sum
}

// place returns all coordinates of a code.
func (s *space) place(code []float32) []float32 {
	place := make([]float32, len(s.axes))
	for j := range place {
		place[j] = float32(s.along(code, j))
	}
	return place
}

// places appends all coordinates of codes, (n, dims).
func (s *space) places(places, codes []float32) []float32 {
	for ; len(codes) > 0; codes = codes[s.dims:] {
		for j := range s.axes {
			places = append(places, float32(s.along(codes[:s.dims], j)))
		}
	}
	return places
}

// code returns the code at a place. Coordinates that are left out are 0.
func (s *space) code(place []float32) ([]float32, error) {
	if len(place) < 1 || len(place) > len(s.axes) {
		return nil, refuse(http.StatusBadRequest, "1 to "+strconv.Itoa(len(s.axes))+" coordinates, one for each axis", "the place has %d", len(place))
	}
	if s.basis == nil {
		return append(slices.Clone(place), make([]float32, s.dims-len(place))...), nil
	}
	wide := make([]float64, len(place))
	for j, v := range place {
		wide[j] = float64(v)
	}
	return s.basis.Code(wide...), nil
}

// spanning returns the space with the extent of all codes, of which places are all coordinates.
func (s *space) spanning(places []float32) *space {
	own := *s
	own.axes = slices.Clone(s.axes)
	for i, v := range places {
		a := &own.axes[i%len(own.axes)]
		a.Min, a.Max = min(a.Min, float64(v)), max(a.Max, float64(v))
	}
	return &own
}
