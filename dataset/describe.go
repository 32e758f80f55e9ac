package dataset

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gorgonae/gorgonae/images"
)

// Describe writes what the data set is, where it came from, how bright its images are, and how many
// images each class has. For IDX files it writes whether they are those of a known set.
func (d *Data) Describe(w io.Writer) error {
	size := d.Train.Size()
	kind := fmt.Sprintf("%d channels, %d bytes each", size.Channels, size.Channels)
	switch images.ColorOf(size.Channels) {
	case images.Grey:
		kind = "grey, 1 byte each"
	case images.RGB:
		kind = "red, green and blue, 3 bytes each"
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "data\t%s\n", d.Name) // a tabwriter keeps its first error for Flush
	fmt.Fprintf(t, "from\t%s\n", d.Source)
	fmt.Fprintf(t, "images\t%d x %d pixels (height x width), %s\n", size.Height, size.Width, kind)
	if err := d.describePart(t, "train", d.Train); err != nil {
		return err
	}
	if err := d.describePart(t, "test", d.Test); err != nil {
		return err
	}
	for _, f := range d.Facts {
		fmt.Fprintf(t, "%s\t%s\n", f.Name, strings.Join(f.Lines, "\n\t"))
	}
	return t.Flush()
}

func (d *Data) describePart(w io.Writer, part string, s Images) error {
	mean, nonZero, err := brightness(s)
	if err != nil {
		return err
	}
	numbers := "pixel"
	if s.Size().Channels != 1 {
		numbers = "value"
	}
	fmt.Fprintf(w, "%s\t%d images, mean %s %.4f of 1, %.1f %% of the %ss not 0\n", part, s.Len(), numbers, mean, 100*nonZero, numbers)
	counts := countLabels(s, d.Classes)
	if counts == nil {
		fmt.Fprintf(w, "\tno labels\n")
		return nil
	}
	var texts []string
	for class, n := range counts {
		name := fmt.Sprint(class)
		if class < len(d.Classes) {
			name = d.Classes[class]
		}
		texts = append(texts, fmt.Sprintf("%s: %d", name, n))
	}
	fmt.Fprintf(w, "\tof class %s\n", strings.Join(texts, ", "))
	return nil
}

// brightness returns the mean of all numbers of all images, from 0 to 1, and the share of the
// numbers that are not 0. It counts them as bytes.
func brightness(s Images) (mean, nonZero float64, err error) {
	var histogram [256]int
	x := make([]float32, s.Size().Numbers())
	for i := range s.Len() {
		if err := s.Example(0, i, x, nil); err != nil {
			return 0, 0, err
		}
		for _, b := range images.ToBytes(x) {
			histogram[b]++
		}
	}
	sum, count := 0, 0
	for value, n := range histogram {
		sum += value * n
		count += n
	}
	n := float64(max(count, 1))
	return float64(sum) / 255 / n, float64(count-histogram[0]) / n, nil
}

// countLabels returns the number of images of each class, up to the last class that has a name or
// an image. It returns nil if there are no labels.
func countLabels(s Images, classes []string) []int {
	counts := make([]int, len(classes))
	labelled := false
	for i := range s.Len() {
		label := s.Label(i)
		if label < 0 {
			continue
		}
		labelled = true
		for label >= len(counts) {
			counts = append(counts, 0)
		}
		counts[label]++
	}
	if !labelled {
		return nil
	}
	return counts
}
