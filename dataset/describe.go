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
	if d.Train == nil || d.Test == nil {
		return d.describeSizes(w)
	}
	size := d.Train.Size()
	bytes := size.Channels
	if isDeep(d.Train) {
		bytes *= 2
	}
	kind := fmt.Sprintf("%d channels, %d bytes each", size.Channels, bytes)
	switch images.ColorOf(size.Channels) {
	case images.Grey:
		kind = "grey, 1 byte each"
		if bytes > 1 {
			kind = fmt.Sprintf("grey, %d bytes each", bytes)
		}
	case images.RGB:
		kind = fmt.Sprintf("red, green and blue, %d bytes each", bytes)
	}
	if d.TrainFiles != nil && d.TrainFiles.Deep() {
		kind = map[images.Color]string{images.Grey: "grey, 16 bits", images.RGB: "red, green and blue, 16 bits each"}[images.ColorOf(size.Channels)]
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "data\t%s\n", d.Name) // a tabwriter keeps its first error for Flush
	fmt.Fprintf(t, "from\t%s\n", d.Source)
	fmt.Fprintf(t, "images\t%d x %d pixels (height x width), %s\n", size.Height, size.Width, kind)
	return d.describeParts(t, "images", d.Train, d.Test)
}

// isDeep reports whether images have more than 8 bits.
func isDeep(part Images) bool {
	switch s := part.(type) {
	case *images.Set:
		return s.Deep != nil
	case *images.SameSize:
		return s.Deep()
	}
	return false
}

// describeSizes describes pictures of different sizes.
func (d *Data) describeSizes(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "data\t%s\nfrom\t%s\n", d.Name, d.Source)
	low, high := d.TrainFiles.SizeOf(0), d.TrainFiles.SizeOf(0)
	sizes := map[images.Size]bool{}
	for _, part := range []*images.Files{d.TrainFiles, d.TestFiles} {
		for i := range part.Len() {
			s := part.SizeOf(i)
			sizes[s] = true
			low.Height, low.Width = min(low.Height, s.Height), min(low.Width, s.Width)
			high.Height, high.Width = max(high.Height, s.Height), max(high.Width, s.Width)
		}
	}
	kind := map[int]string{1: "grey", 3: "red, green and blue"}[low.Channels]
	if d.TrainFiles.Deep() {
		kind += ", 16 bits"
	}
	fmt.Fprintf(t, "images\t%d sizes, %d to %d pixels high and %d to %d wide, %s\n", len(sizes), low.Height, high.Height, low.Width, high.Width, kind)
	return d.describeParts(t, "pictures", anySize{d.TrainFiles}, anySize{d.TestFiles})
}

// anySize gives pictures of different sizes one after another.
type anySize struct{ *images.Files }

func (a anySize) Size() images.Size { return a.SizeOf(0) }

func (a anySize) Example(_, i int, x, _ []float32) error { return a.Picture(i, x) }

func (d *Data) describeParts(t *tabwriter.Writer, what string, train, test images.Source) error {
	if err := d.describePart(t, "train", what, train); err != nil {
		return err
	}
	if err := d.describePart(t, "test", what, test); err != nil {
		return err
	}
	for _, f := range d.Facts {
		fmt.Fprintf(t, "%s\t%s\n", f.Name, strings.Join(f.Lines, "\n\t"))
	}
	return t.Flush()
}

func (d *Data) describePart(w io.Writer, part, what string, s images.Source) error {
	mean, nonZero, err := brightness(s)
	if err != nil {
		return err
	}
	numbers := "pixel"
	if s.Size().Channels != 1 {
		numbers = "value"
	}
	if s.Len() == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	fmt.Fprintf(w, "%s\t%d %s, mean %s %.4f of 1, %.1f %% of the %ss not 0\n", part, s.Len(), what, numbers, mean, 100*nonZero, numbers)
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
func brightness(s images.Source) (mean, nonZero float64, err error) {
	var histogram [256]int
	sizes, _ := s.(interface{ SizeOf(i int) images.Size })
	x := make([]float32, s.Size().Numbers())
	for i := range s.Len() {
		if sizes != nil {
			x = make([]float32, sizes.SizeOf(i).Numbers())
		}
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
func countLabels(s images.Source, classes []string) []int {
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
