package figure

import (
	"fmt"
	"math"
	"slices"

	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"
)

// Components are the principal components of a set of codes: the directions in
// which they vary most, by falling variance (Pearson, 1901).
type Components struct {
	Mean        []float64 // (dims)
	Vectors     []float64 // (k, dims): orthonormal; the entry of largest magnitude is positive
	Shares      []float64 // (k): of the total variance; 0 where all codes are equal
	Projections []float32 // (n, k): each code less the mean, along each vector
}

// PCA gives the first k principal components of n codes of dims numbers each,
// laid out (n, dims). It is an error if there is no code, if k is not between 1
// and dims, or if a code is not finite.
func PCA(codes []float32, dims, k int) (Components, error) {
	if err := checkCodes(codes, dims); err != nil {
		return Components{}, err
	}
	if k < 1 || k > dims {
		return Components{}, errors.Errorf("figure: want 1 to %d principal components of codes of %[1]d numbers, got %d", dims, k)
	}
	mean, covariance := moments(codes, dims)
	var eigen mat.EigenSym
	if !eigen.Factorize(covariance, true) {
		return Components{}, errors.New("figure: the eigenvectors of the codes' covariance did not converge")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	values, total := eigen.Values(nil), 0.0 // values rise
	for _, v := range values {
		total += max(0, v)
	}
	c := Components{Mean: mean, Vectors: make([]float64, k*dims), Shares: make([]float64, k)}
	for j := range k {
		from := dims - 1 - j
		if total > 0 {
			c.Shares[j] = max(0, values[from]) / total
		}
		mat.Col(c.Vectors[j*dims:(j+1)*dims], from, &vectors)
		orient(c.Vectors[j*dims : (j+1)*dims])
	}
	c.project(codes)
	return c, nil
}

// moments gives the mean of the codes and their covariance, in blocks so that
// the float64 copy stays small.
func moments(codes []float32, dims int) ([]float64, *mat.SymDense) {
	n := len(codes) / dims
	mean := make([]float64, dims)
	for i, v := range codes {
		mean[i%dims] += float64(v) / float64(n)
	}
	covariance := mat.NewSymDense(dims, nil)
	for first := 0; first < n; first += 1024 {
		rows := min(1024, n-first)
		block := mat.NewDense(rows, dims, nil)
		for i := range rows {
			for j := range dims {
				block.Set(i, j, float64(codes[(first+i)*dims+j])-mean[j])
			}
		}
		covariance.SymRankK(covariance, 1/float64(n), block.T())
	}
	return mean, covariance
}

// orient fixes the sign of a vector, which is arbitrary in a component, by its
// largest entry: the first, if several are as large but for rounding.
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

// Label names component j (from 0) for an axis: "principal component 1 (63 % of
// variance)".
func (c Components) Label(j int) string {
	return fmt.Sprintf("principal component %d (%.0f %% of variance)", j+1, 100*c.Shares[j])
}

// Code is the code at a place given by its first projections; the others are 0.
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
