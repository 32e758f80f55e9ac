package elementwise

import (
	"testing"

	"github.com/gorgonae/gorgonae/internal/kerneltest"
)

func BenchmarkKernels(b *testing.B) {
	const n = kerneltest.BenchRows * kerneltest.BenchCols
	x, y, z := kerneltest.Normal(1, n), kerneltest.Normal(2, n), make([]float32, n)
	target, pixels := kerneltest.Uniform(3, n), make([]byte, n)
	m, v := make([]float32, n), make([]float32, n)
	kerneltest.BenchKernels(b, z, []kerneltest.Bench{
		{Name: "LeakyReLU", Bytes: 8, Run: func() { LeakyReLU(z, x, 0.3) }},
		{Name: "LeakyReLUGrad", Bytes: 12, Run: func() { LeakyReLUGrad(z, y, x, 0.3) }},
		{Name: "ReLU", Bytes: 8, Run: func() { ReLU(z, x) }},
		{Name: "ReLUGrad", Bytes: 12, Run: func() { ReLUGrad(z, y, x) }},
		{Name: "ELU", Bytes: 8, Run: func() { ELU(z, x, 1) }},
		{Name: "SiLU", Bytes: 8, Run: func() { SiLU(z, x) }},
		{Name: "SiLUGrad", Bytes: 12, Run: func() { SiLUGrad(z, y, x) }},
		{Name: "GELU", Bytes: 8, Run: func() { GELU(z, x) }},
		{Name: "GELUGrad", Bytes: 12, Run: func() { GELUGrad(z, y, x) }},
		{Name: "Sigmoid", Bytes: 8, Run: func() { Sigmoid(z, x) }},
		{Name: "SigmoidGrad", Bytes: 12, Run: func() { SigmoidGrad(z, y, x) }},
		{Name: "Tanh", Bytes: 8, Run: func() { Tanh(z, x) }},
		{Name: "Softplus", Bytes: 8, Run: func() { Softplus(z, x) }},
		{Name: "SoftplusGrad", Bytes: 12, Run: func() { SoftplusGrad(z, y, target) }},
		{Name: "Add", Bytes: 12, Run: func() { Add(z, x, y) }},
		{Name: "Scale", Bytes: 8, Run: func() { Scale(z, x, 1e-3) }},
		{Name: "Adam", Bytes: 28, Run: func() { Adam(z, y, m, v, 1e-3, 0.1, 0.001, 1e-7) }},
		{Name: "FromBytes", Bytes: 5, Run: func() { FromBytes(z, pixels) }},
		{Name: "Dropout", Bytes: 8, Run: func() { Dropout(z, x, 0.8, 1) }},
	})
}
