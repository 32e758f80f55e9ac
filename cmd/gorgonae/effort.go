package main

import (
	"fmt"
	"math"
	"strconv"

	"github.com/pkg/errors"
	"github.com/spf13/cobra"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

// defaultEffort is where the curve of gain over time bends.
const defaultEffort = 2

const effortHelp = "Before they are written, the codes of a learned codec are refined: gradient steps through decoder and prior, and a search over\n" +
	"single numbers, make bits + lambda · squared error less, for each image by itself. --effort says how long: 0 not at all, 9\n" +
	"for patience; each step takes about twice the time of the one before, and gains less. Decoding is as fast, and files have the same\n" +
	"format. Codes of other models, and those with a wanted --error or --bits, are refined only if --effort or --lambda is given;\n" +
	"refining moves error and bits. lambda is that of the training of a learned codec, else the slope of bits over error at the\n" +
	"fitted rounding; --lambda sets another one, which gives another rate with the same model."

func (c *compression) effortFlags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&c.effort, "effort", defaultEffort, fmt.Sprintf("how long codes are refined, 0 to %d", codec.MaxEffort))
	cmd.Flags().Float64Var(&c.fit.Lambda, "lambda", 0, "bits that a unit of squared error is worth when codes are refined (0: see above)")
}

// checkEffort refuses flags that have no effect, and takes lambda from the training of a learned
// codec.
func (c *compression) checkEffort(cmd *cobra.Command, m *run.Model) error {
	switch {
	case c.effort < 0 || c.effort > codec.MaxEffort:
		return errors.Errorf("--effort: want 0 to %d, got %d", codec.MaxEffort, c.effort)
	case cmd.Flags().Changed("lambda") && c.effort == 0:
		return errors.New("--lambda is for codes that are refined, and has no effect on codes with --effort 0: leave one of them out")
	case cmd.Flags().Changed("lambda") && !(c.fit.Lambda > 0 && c.fit.Lambda <= math.MaxFloat32):
		return errors.Errorf("--lambda: want a finite number above 0, got %v", c.fit.Lambda)
	}
	c.refine = cmd.Flags().Changed("effort") || cmd.Flags().Changed("lambda")
	c.fit = c.fit.WithLambda(m.Lambda())
	return nil
}

// Keys of a file's metadata.
const (
	effortKey = "effort"
	lambdaKey = "lambda"
)

// settle decides for no effort where nobody asked for it and codes cannot be refined, would miss a
// wanted error or number of bits, or belong to a model whose training knows no lambda: refining by
// the slope of bits over error may give more error than people expect.
func (c *compression) settle(trained *run.Model, m *codec.Model) {
	if !c.refine && (!m.Refinable() || c.fit.Error > 0 || c.fit.Bits > 0 || trained.Lambda() == 0) {
		c.effort = 0
	}
}

// note adds how codes are refined to a file's metadata.
func (c *compression) note(m *codec.Model, meta map[string]string) {
	if c.effort > 0 {
		meta[effortKey], meta[lambdaKey] = strconv.Itoa(c.effort), strconv.FormatFloat(m.Lambda, 'g', -1, 64)
	}
}

// lambdaLike gives the model of a file a lambda: the one that was asked for, or the one of the file.
func (c *compression) lambdaLike(m *codec.Model, meta map[string]string) error {
	m.Lambda = c.fit.Lambda
	if c.effort == 0 || m.Lambda > 0 || !m.Refinable() {
		return nil
	}
	l, err := strconv.ParseFloat(meta[lambdaKey], 64)
	if err != nil || !(l > 0 && l <= math.MaxFloat32) {
		return errors.New("want the lambda with which its codes were refined, got none: set --lambda, or --effort 0")
	}
	m.Lambda = l
	return nil
}

// describeEffort says how codes were refined.
func (c *compression) describeEffort(m *codec.Model) string {
	if c.effort == 0 {
		return ", not refined"
	}
	return fmt.Sprintf(", refined with effort %d and lambda %.4g", c.effort, m.Lambda)
}
