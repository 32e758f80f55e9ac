package figure

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// ellipsoid returns n codes around (1, 2, 3). Their standard deviations are 5, 2 and 1 along three
// orthogonal directions; the first is (1, 2, 2) / 3.
func ellipsoid(n int) []float32 {
	rnd := rand.New(rand.NewPCG(11, 12))
	axes := [3][3]float64{{1. / 3, 2. / 3, 2. / 3}, {2. / 3, 1. / 3, -2. / 3}, {2. / 3, -2. / 3, 1. / 3}}
	var codes []float32
	for range n {
		x := [3]float64{1, 2, 3}
		for j, s := range []float64{5, 2, 1} {
			along := s * rnd.NormFloat64()
			for d := range x {
				x[d] += along * axes[j][d]
			}
		}
		codes = append(codes, float32(x[0]), float32(x[1]), float32(x[2]))
	}
	return codes
}

func TestPCAFindsTheAxes(t *testing.T) {
	const n = 5000
	codes := ellipsoid(n)
	c, err := PCA(codes, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range []float64{1, 2, 3} {
		if math.Abs(c.Mean[d]-want) > 0.2 {
			t.Errorf("want the mean near (1, 2, 3), got %v", c.Mean)
		}
	}
	for j, want := range []float64{25. / 30, 4. / 30, 1. / 30} {
		if math.Abs(c.Shares[j]-want) > 0.02 {
			t.Errorf("want shares near 25, 4 and 1 thirtieths, got %v", c.Shares)
		}
	}
	if got := c.Shares[0] + c.Shares[1] + c.Shares[2]; math.Abs(got-1) > 1e-12 {
		t.Errorf("want all shares to sum to 1, got %v", got)
	}
	if v := c.Vectors; math.Abs(v[0]-1./3) > 0.02 || math.Abs(v[1]-2./3) > 0.02 || math.Abs(v[2]-2./3) > 0.02 {
		t.Errorf("want the first component near (1, 2, 2)/3, got %v", v[:3])
	}
	for i := range 3 {
		for j := range 3 {
			dot := 0.0
			for d := range 3 {
				dot += c.Vectors[3*i+d] * c.Vectors[3*j+d]
			}
			if want := map[bool]float64{true: 1}[i == j]; math.Abs(dot-want) > 1e-12 {
				t.Errorf("components %d and %d: want the product %v, got %v", i, j, want, dot)
			}
		}
	}
	for i := range n {
		p := c.Projections[3*i : 3*i+3]
		for d, x := range c.Code(float64(p[0]), float64(p[1]), float64(p[2])) {
			if math.Abs(float64(x-codes[3*i+d])) > 1e-4 {
				t.Fatalf("code %d: want %v back from its projections, got %v", i, codes[3*i:3*i+3], x)
			}
		}
	}
	if !strings.HasPrefix(c.Label(1), "principal component 2 (13 % of variance)") {
		t.Errorf("got label %q", c.Label(1))
	}
}

// The variances of the projections are the shares. So the covariance, which PCA adds up in blocks,
// contains every code.
func TestPCAShareIsVarianceOfProjections(t *testing.T) {
	codes := ellipsoid(2500)
	c, err := PCA(codes, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for i, x := range codes {
		total += (float64(x) - c.Mean[i%3]) * (float64(x) - c.Mean[i%3])
	}
	for j := range 2 {
		sum := 0.0
		for i := j; i < len(c.Projections); i += 2 {
			sum += float64(c.Projections[i]) * float64(c.Projections[i])
		}
		if math.Abs(sum/total-c.Shares[j]) > 1e-6 {
			t.Errorf("component %d: want a share of %v, got %v", j, sum/total, c.Shares[j])
		}
	}
}

// Codes with the opposite sign have the same components.
func TestPCASign(t *testing.T) {
	codes := ellipsoid(300)
	mirrored := make([]float32, len(codes))
	for i, x := range codes {
		mirrored[i] = -x
	}
	a, err := PCA(codes, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	b, err := PCA(mirrored, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	for j := range 3 {
		v := a.Vectors[3*j : 3*j+3]
		if slices.Max(v) < -slices.Min(v) {
			t.Errorf("component %d: want its largest entry positive, got %v", j, v)
		}
		for d := range v {
			if math.Abs(v[d]-b.Vectors[3*j+d]) > 1e-9 {
				t.Errorf("component %d: %v, but mirrored %v", j, v, b.Vectors[3*j:3*j+3])
			}
		}
	}
	v := []float64{-0.6, 0.6, 0}
	if orient(v); v[0] != 0.6 {
		t.Errorf("want the first of equal entries made positive, got %v", v)
	}
}

func TestPCAOfEqualCodes(t *testing.T) {
	for _, codes := range [][]float32{{4, 5}, {4, 5, 4, 5, 4, 5}, {4, 4, 4, 4}} {
		c, err := PCA(codes, 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range c.Projections {
			if math.Abs(float64(x)) > 1e-6 {
				t.Errorf("codes %v: want projections of 0, got %v", codes, c.Projections)
			}
		}
		if c.Shares[0] != 0 || c.Shares[1] != 0 {
			t.Errorf("codes %v: want shares of 0, got %v", codes, c.Shares)
		}
	}
}

// Long codes in a space of few dimensions have the components of that space. This is also so for few
// codes, and for more codes than PCA looks at.
func TestPCAOfLongCodes(t *testing.T) {
	const dims = maxDims + 100
	for _, n := range []int{1, 2, 40, maxDims + 88} {
		short := ellipsoid(n)
		long := make([]float32, n*dims) // each number of a code stands in a place of its own
		for i, x := range short {
			long[i/3*dims+[]int{17, 300, dims - 1}[i%3]] = x
		}
		c, err := PCA(long, dims, 2)
		if err != nil {
			t.Fatal(err)
		}
		if n <= maxDims {
			want, err := PCA(short, 3, 2)
			if err != nil {
				t.Fatal(err)
			}
			for i, x := range want.Projections {
				if math.Abs(float64(x-c.Projections[i])) > 1e-4 {
					t.Fatalf("%d codes: projection %d is %v, of short codes %v", n, i, c.Projections[i], x)
				}
			}
			for j, share := range want.Shares {
				if math.Abs(share-c.Shares[j]) > 1e-9 {
					t.Errorf("%d codes: component %d has a share of %v, of short codes %v", n, j, c.Shares[j], share)
				}
			}
		} else if math.Abs(c.Shares[0]-25./30) > 0.06 || math.Abs(c.vector(0)[300]-2./3) > 0.06 {
			t.Errorf("%d codes: the first component has a share of %v and %v along the second axis", n, c.Shares[0], c.vector(0)[300])
		}
		for i := range 2 {
			for j := range 2 {
				dot := 0.0
				for d, x := range c.vector(i) {
					dot += x * c.vector(j)[d]
				}
				if want := map[bool]float64{true: 1}[i == j]; math.Abs(dot-want) > 1e-9 {
					t.Errorf("%d codes, components %d and %d: want the product %v, got %v", n, i, j, want, dot)
				}
			}
		}
	}
}

// PCA completes the components to orthogonal directions if the codes do not determine all of them.
func TestPCAOfAllComponents(t *testing.T) {
	const dims = maxDims + 1
	codes := make([]float32, 4*dims) // a plane at right angles to (1, 1, 1, 0, ...)
	copy(codes, []float32{1, -1})
	copy(codes[dims:], []float32{-1, 1})
	copy(codes[2*dims:], []float32{1, 1, -2})
	copy(codes[3*dims:], []float32{-1, -1, 2})
	c, err := PCA(codes, dims, dims)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 1, 2, 3, dims - 2, dims - 1} {
		for j := range dims {
			dot := 0.0
			for d, x := range c.vector(i) {
				dot += x * c.vector(j)[d]
			}
			if want := map[bool]float64{true: 1}[i == j]; math.Abs(dot-want) > 1e-9 {
				t.Fatalf("components %d and %d: want the product %v, got %v", i, j, want, dot)
			}
		}
	}
}

func TestPCAErrors(t *testing.T) {
	for _, c := range []struct {
		codes   []float32
		dims, k int
		want    string
	}{
		{nil, 2, 1, "one or more codes of 2 numbers, got 0"},
		{make([]float32, 5), 2, 1, "codes of 2 numbers, got 5"},
		{make([]float32, 5), 0, 1, "codes of 0 numbers"},
		{make([]float32, 4), 2, 3, "1 to 2 principal components of codes of 2 numbers, got 3"},
		{make([]float32, 4), 2, 0, "got 0"},
		{[]float32{1, 2, 3, float32(math.NaN())}, 2, 1, "finite codes, got NaN as number 1 of code 1"},
	} {
		if _, err := PCA(c.codes, c.dims, c.k); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v", c.want, err)
		}
	}
}
