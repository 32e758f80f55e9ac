package yardstick

import (
	"github.com/pkg/errors"
	"gonum.org/v1/gonum/mat"

	"github.com/gorgonae/gorgonae/internal/random"
)

// Subspace iteration (Halko, Martinsson and Tropp 2011, "Finding structure with randomness") finds the
// leading eigenvectors of a covariance in a time that grows with the number of them, where all
// eigenvectors of 784 x 784 numbers would take longer than a short training. Some more vectors than
// needed and a few rounds bring what the vectors explain to within a thousandth of the best.
const (
	spare  = 16
	rounds = 8
)

// leading returns the eigenvectors of the k largest eigenvalues of a covariance, as columns.
func leading(covariance *mat.SymDense, k int) (*mat.Dense, error) {
	n := covariance.SymmetricDim()
	q := min(n, k+spare)
	basis := mat.NewDense(n, q, nil)
	s := random.New(0, "yardstick")
	for i := range n {
		for j := range q {
			basis.Set(i, j, s.Float64()-0.5)
		}
	}
	var next mat.Dense
	for range rounds {
		next.Mul(covariance, basis)
		orthonormal(&next)
		basis.Copy(&next)
	}
	next.Mul(covariance, basis)
	small := mat.NewDense(q, q, nil)
	small.Mul(basis.T(), &next)
	symmetric := mat.NewSymDense(q, nil)
	for i := range q {
		for j := i; j < q; j++ {
			symmetric.SetSym(i, j, (small.At(i, j)+small.At(j, i))/2)
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(symmetric, true) {
		return nil, errors.New("the principal components of the training data did not converge: look for numbers in it that are not finite")
	}
	var within, vectors mat.Dense
	eigen.VectorsTo(&within) // in order of increasing eigenvalues
	vectors.Mul(basis, within.Slice(0, q, q-k, q))
	return &vectors, nil
}

// orthonormal replaces the columns of a matrix by an orthonormal basis of their space.
func orthonormal(m *mat.Dense) {
	var qr mat.QR
	qr.Factorize(m)
	n, k := m.Dims()
	var q mat.Dense
	qr.QTo(&q)
	m.Copy(q.Slice(0, n, 0, k))
}
