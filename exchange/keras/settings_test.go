package keras

import (
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/graph"
)

// A value of the wrong type is refused with what was wanted.
func TestWanted(t *testing.T) {
	for layer, want := range map[string]string{
		`"class_name": "Dense", "config": {"name": "l", "units": "four"`:                     `units: want a whole number, got "four"`,
		`"class_name": "Dense", "config": {"name": "l", "units": 2.5`:                        `units: want a whole number, got 2.5`,
		`"class_name": "Dense", "config": {"name": "l", "units": 2, "use_bias": 1`:           `use_bias: want true or false, got 1`,
		`"class_name": "Dropout", "config": {"name": "l", "rate": "half"`:                    `rate: want a number, got "half"`,
		`"class_name": "Reshape", "config": {"name": "l", "target_shape": 4`:                 `target_shape: want a list of whole numbers, got 4`,
		`"class_name": "LayerNormalization", "config": {"name": "l", "axis": -1, "scale": 2`: `scale: want true or false, got 2`,
	} {
		refused(t, "[null, 4]", "{"+layer+"}}", want)
	}
	image := `{"class_name": "MaxPooling2D", "config": {"name": "l", "pool_size": "large"}}`
	refused(t, "[null, 4, 4, 1]", image, `pool_size: want one or two whole numbers, got "large"`)
}

// A variable without a weight of ours says which it is, and what its layer has.
func TestVariableWithoutWeight(t *testing.T) {
	x := graph.Input("x", 4)
	y := graph.Dense("d", x, 2)
	if err := graph.New("m", x, y).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := (&variable{name: "kernel", node: y, local: "kernels"}).weight()
	if want := `want a weight "kernels" in layer "d" for its kernel of Keras, got kernel, bias`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v, want %q", err, want)
	}
}
