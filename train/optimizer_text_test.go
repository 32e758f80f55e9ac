package train_test

import (
	"testing"

	"github.com/gorgonae/gorgonae/train"
)

// ParseOptimizer reads what OptimizerText writes, unless it cannot express the optimizer.
func TestOptimizerText(t *testing.T) {
	for _, text := range []string{"adam", "adamw:decay=0.01", "adam:beta1=0.8", "adamw:decay=0.01,beta2=0.99,epsilon=1e-06", "sgd", "sgd:momentum=0.9", "sgd:momentum=0.9,nesterov"} {
		o, err := train.ParseOptimizer(text, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		if got := train.OptimizerText(o); got != text {
			t.Errorf("%v is written as %q, want %q", o, got, text)
		}
		faster, err := train.WithRate(o, 2)
		if want, _ := train.ParseOptimizer(text, 2); err != nil || faster != want {
			t.Errorf("%v with another rate is %v (%v), want %v", o, faster, err, want)
		}
	}
	for _, wrong := range []string{"adam:beta3=1", "adam:beta1", "adam:beta1=0.5,beta1=0.5", "adam:decay=0.1", "adamw:beta1=0.5", "adam:"} {
		if o, err := train.ParseOptimizer(wrong, 0.5); err == nil {
			t.Errorf("%q is read as %v", wrong, o)
		}
	}
	if got := train.OptimizerText(still{}); got != (still{}).String() {
		t.Errorf("an optimizer from outside is written as %q", got)
	}
	if _, err := train.WithRate(still{}, 1); err == nil {
		t.Error("an optimizer without the method WithRate has got another rate")
	}
}
