package figure

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"
)

// Components are the principal components of a set of codes: the directions in which they vary most,
// in order of decreasing variance (Pearson, 1901).
type Components struct {
	Mean        []float64 // (dims)
	Vectors     []float64 // (k, dims): orthonormal; the entry of largest magnitude is positive
	Shares      []float64 // (k): fractions of the total variance; 0 if all codes are equal
	Projections []float32 // (n, k): of each code minus the mean, onto each vector
}

// maxDims is the largest number of dims for which PCA uses the covariance matrix. The time for its
// eigenvectors grows with the third power of dims.
const maxDims = 512

// PCA returns the first k principal components of codes of shape (n, dims). If dims is more than 512,
// it takes them from at most 512 codes, evenly spaced among all. It returns an error if there is no
// code, if k is not between 1 and dims, or if a code is not finite.
func PCA(codes []float32, dims, k int) (Components, error) {
	if err := checkCodes(codes, dims); err != nil {
		return Components{}, err
	}
	if k < 1 || k > dims {
		return Components{}, errors.Errorf("figure: want 1 to %d principal components of codes of %[1]d numbers, got %d", dims, k)
	}
	c := Components{Mean: mean(codes, dims), Vectors: make([]float64, k*dims), Shares: make([]float64, k)}
	find := c.fromCovariance
	if dims > maxDims {
		find = c.fromProducts
	}
	if !find(codes) {
		return Components{}, errors.New("figure: the eigenvectors of the codes' covariance did not converge")
	}
	c.project(codes)
	return c, nil
}

func mean(codes []float32, dims int) []float64 {
	mean, n := make([]float64, dims), float64(len(codes)/dims)
	for i, v := range codes {
		mean[i%dims] += float64(v) / n
	}
	return mean
}

// vector returns component j, of shape (dims).
func (c *Components) vector(j int) []float64 { return c.Vectors[j*len(c.Mean):][:len(c.Mean)] }

// centred returns every step-th code, beginning with the first, minus the mean.
func (c *Components) centred(codes []float32, step int) *mat.Dense {
	dims := len(c.Mean)
	rows := (len(codes)/dims + step - 1) / step
	block := mat.NewDense(rows, dims, nil)
	for i := range rows {
		for j, m := range c.Mean {
			block.Set(i, j, float64(codes[i*step*dims+j])-m)
		}
	}
	return block
}

// fromCovariance finds the components as eigenvectors of the covariance matrix. It adds up the matrix
// in blocks of codes, so that the float64 copy of the codes stays small.
func (c *Components) fromCovariance(codes []float32) bool {
	dims := len(c.Mean)
	n := len(codes) / dims
	covariance := mat.NewSymDense(dims, nil)
	for first := 0; first < n; first += 1024 {
		block := c.centred(codes[first*dims:min(first+1024, n)*dims], 1)
		covariance.SymRankK(covariance, 1/float64(n), block.T())
	}
	vectors, ok := c.spectrum(covariance)
	if !ok {
		return false
	}
	for j := range c.Shares {
		mat.Col(c.vector(j), dims-1-j, vectors)
		orient(c.vector(j))
	}
	return true
}

// fromProducts finds the components of some codes by the matrix of the products of each two codes. An
// eigenvector of this matrix holds weights; the sum of the codes with these weights is an eigenvector
// of the covariance (Turk and Pentland 1991, "Eigenfaces for recognition").
func (c *Components) fromProducts(codes []float32) bool {
	dims := len(c.Mean)
	n := len(codes) / dims
	some := c.centred(codes, (n+maxDims-1)/maxDims)
	rows, _ := some.Dims()
	products := mat.NewSymDense(rows, nil)
	products.SymOuterK(1/float64(rows), some)
	weights, ok := c.spectrum(products)
	if !ok {
		return false
	}
	for j := range c.Shares {
		v := mat.NewVecDense(dims, c.vector(j))
		if c.Shares[j] > 1e-12 { // otherwise rounding errors decide the direction
			v.MulVec(some.T(), weights.ColView(rows-1-j))
		} else {
			c.anyDirection(j)
		}
		v.ScaleVec(1/mat.Norm(v, 2), v)
		orient(c.vector(j))
	}
	return true
}

// spectrum sets the shares and returns the eigenvectors of a matrix, in order of increasing
// eigenvalues. It returns false if they do not converge.
func (c *Components) spectrum(of *mat.SymDense) (*mat.Dense, bool) {
	var eigen mat.EigenSym
	if !eigen.Factorize(of, true) {
		return nil, false
	}
	values, total := eigen.Values(nil), 0.0
	for _, v := range values {
		total += max(0, v)
	}
	for j := range c.Shares {
		if from := len(values) - 1 - j; from >= 0 && total > 0 {
			c.Shares[j] = max(0, values[from]) / total
		}
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	return &vectors, true
}

// anyDirection sets component j to a direction that is orthogonal to all components before it.
func (c *Components) anyDirection(j int) {
	v, axis, most := c.vector(j), 0, 0.0
	for a := range v {
		left := 1.0 // squared length of the axis after the components before j are subtracted
		for i := range j {
			left -= c.vector(i)[a] * c.vector(i)[a]
		}
		if left > most {
			axis, most = a, left
		}
	}
	for d := range v {
		v[d] = 0
		for i := range j {
			v[d] -= c.vector(i)[axis] * c.vector(i)[d]
		}
	}
	v[axis]++
}

// orient makes the largest entry of a vector positive: the sign of a component is arbitrary. Of
// several entries of the same size, up to rounding, the first counts.
func orient(v []float64) {
	largest := max(slices.Max(v), -slices.Min(v))
	sign := slices.IndexFunc(v, func(x float64) bool { return math.Abs(x) >= largest*(1-1e-9) })
	if v[sign] > 0 {
		return
	}
	for i := range v {
		v[i] = -v[i]
	}
}

func (c *Components) project(codes []float32) {
	dims, k := len(c.Mean), len(c.Shares)
	n := len(codes) / dims
	c.Projections = make([]float32, n*k)
	for i := range n {
		for j := range k {
			sum := 0.0
			for d, x := range codes[i*dims : (i+1)*dims] {
				sum += (float64(x) - c.Mean[d]) * c.Vectors[j*dims+d]
			}
			c.Projections[i*k+j] = float32(sum)
		}
	}
}

// Label returns the label of an axis for component j, which counts from 0: "principal component 1
// (63 % of variance)".
func (c Components) Label(j int) string {
	return fmt.Sprintf("principal component %d (%.0f %% of variance)", j+1, 100*c.Shares[j])
}

// Code returns the code, of shape (dims), that has the given first projections and 0 for the others.
// A grid over the plane of the first two components decodes such codes.
func (c Components) Code(projections ...float64) []float32 {
	code := make([]float32, len(c.Mean))
	for d, m := range c.Mean {
		for j, x := range projections {
			m += x * c.Vectors[j*len(c.Mean)+d]
		}
		code[d] = float32(m)
	}
	return code
}
