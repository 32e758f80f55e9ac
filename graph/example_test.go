package graph_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/gorgonae/gorgonae/graph"
)

// A new model with a skip connection: the second hidden layer is added to the first.
func Example() {
	x := graph.Input("image", 8, 8)
	h := graph.Flatten("flat", x)
	h = graph.SiLU("silu_1", graph.Dense("dense_1", h, 32))
	correction := graph.SiLU("silu_2", graph.Dense("dense_2", h, 32))
	code := graph.Dense("code", graph.Add("skip", h, correction), 2)
	m := graph.New("encoder_model", x, code)
	if err := m.Init(1); err != nil { // also reports an error made above
		log.Fatal(err)
	}
	if err := m.Summary(os.Stdout); err != nil {
		log.Fatal(err)
	}
	codes, err := m.Predict(context.Background(), make([]float32, 3*8*8))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("codes of three black images:", codes)
	// Output:
	// Model: "encoder_model"
	// ┌─────────────────┬──────────────┬─────────┬────────────────┐
	// │ Layer (type)    │ Output Shape │ Param # │ Connected to   │
	// ├─────────────────┼──────────────┼─────────┼────────────────┤
	// │ image (Input)   │ (None, 8, 8) │       0 │                │
	// │ flat (Flatten)  │ (None, 64)   │       0 │ image          │
	// │ dense_1 (Dense) │ (None, 32)   │   2,080 │ flat           │
	// │ silu_1 (SiLU)   │ (None, 32)   │       0 │ dense_1        │
	// │ dense_2 (Dense) │ (None, 32)   │   1,056 │ silu_1         │
	// │ silu_2 (SiLU)   │ (None, 32)   │       0 │ dense_2        │
	// │ skip (Add)      │ (None, 32)   │       0 │ silu_1, silu_2 │
	// │ code (Dense)    │ (None, 2)    │      66 │ skip           │
	// └─────────────────┴──────────────┴─────────┴────────────────┘
	//  Total params: 3,202 (12.51 KB)
	//  Trainable params: 3,202 (12.51 KB)
	//  Non-trainable params: 0 (0.00 B)
	// codes of three black images: [0 0 0 0 0 0]
}
