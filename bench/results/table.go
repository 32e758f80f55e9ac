package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gorgonae/gorgonae/internal/atomicfile"
)

const head = `# Results

gorgonae's losses are measured on MNIST's test set of 10,000 images, after the last epoch. Its models are trained only on MNIST's
60,000 training images. ` + "`make results`" + ` trains all rows and writes this file, ` + "`make results ROW=deep`" + ` trains one row. Finished trainings
are kept in RESULTS.json. The time is that of the fastest training of a row, with validation. Each command can also be run
alone. It gives the same numbers, bit for bit, on any machine.
`

// writeTable writes RESULTS.md from the outcomes that exist.
func writeTable(path string, rows []row, done *outcomes) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		var b strings.Builder
		b.WriteString(head)
		for _, r := range rows {
			r.describe(&b, done)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// describe writes the section of a row.
func (r row) describe(b *strings.Builder, done *outcomes) {
	var losses, seconds []float64
	epochs, processors, old := 0, 0, 0
	for seed := 1; seed <= r.seeds; seed++ {
		if o := done.find(r, seed); o != nil {
			losses, seconds = append(losses, o.Loss), append(seconds, o.Seconds)
			epochs, processors = o.Epochs, max(processors, o.Processors)
			if o.stale(r) {
				old++
			}
		}
	}
	fmt.Fprintf(b, "\n## %s: %s\n\n| %s | |\n|---|---|\n", r.name, r.what, r.measure)
	if len(losses) < r.seeds {
		fmt.Fprintf(b, "| - | gorgonae: %d of %d trainings are done |\n", len(losses), r.seeds)
	} else {
		took := time.Duration(slices.Min(seconds) * float64(time.Second)).Round(time.Second)
		fmt.Fprintf(b, "| **%s** | gorgonae, %s, %d epochs in %v on %s |\n", r.value(losses), r.seeded(losses), epochs, took, cores(processors))
	}
	if old > 0 {
		fmt.Fprintf(b, "| | %d of %d trainings had GELU in float64, as in version 1 of the arithmetic: today's bits differ, `make results` trains them again |\n",
			old, len(losses))
	}
	for _, s := range r.published {
		fmt.Fprintf(b, "| %s | %s |\n", s.value, s.by)
	}
	if r.target > 0 {
		fmt.Fprintf(b, "| %v | the target |\n", r.target)
	}
	fmt.Fprintf(b, "\n    gorgonae %s\n", strings.Join(r.command(1), " "))
	if len(r.codings) == 0 {
		return
	}
	unit := "bits an image"
	if r.codings[0].pixel {
		unit = "bits a pixel"
	}
	fmt.Fprintf(b, "\n| `gorgonae compress` | %s | squared error | time | target |\n|---|---|---|---|---|\n", unit)
	var got []coded
	if o := done.find(r, 1); o != nil {
		got = o.Codings
	}
	for _, c := range r.codings {
		c.describe(b, pixels, got)
	}
}

// pixels is the number of pixels of an image of MNIST.
const pixels = 28 * 28

func cores(n int) string {
	if n == 1 {
		return "one core"
	}
	return fmt.Sprintf("%d cores", n)
}

// value returns the result as a text.
func (r row) value(losses []float64) string {
	if r.mean {
		mean, stderr := meanAndError(losses)
		return fmt.Sprintf("%s ± %s", digits(mean), digits(stderr))
	}
	return digits(median(losses))
}

// seeded describes the seeds of the result and the loss of each.
func (r row) seeded(losses []float64) string {
	if r.seeds == 1 {
		return "one seed"
	}
	var all []string
	for _, l := range losses {
		all = append(all, digits(l))
	}
	how := "median"
	if r.mean {
		how = "mean and standard error"
	}
	return fmt.Sprintf("%s of %d seeds (%s)", how, r.seeds, strings.Join(all, ", "))
}

// digits formats a number with as many digits as published numbers have.
func digits(v float64) string {
	switch {
	case v < 1:
		return fmt.Sprintf("%.4f", v)
	case v < 50:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
