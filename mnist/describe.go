package mnist

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/gorgonae/gorgonae/images"
)

// Describe writes what the data set is, where it was found, how it looks in numbers, and for each IDX file whether it
// is that of a set that has a name.
func (d *Data) Describe(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "data\t%s\n", d.Name()) // a tabwriter keeps its first error for Flush
	fmt.Fprintf(t, "from\t%s\n", d.Source)
	fmt.Fprintf(t, "images\t%d x %d pixels (height x width), grey, 1 byte each\n", d.Train.Height, d.Train.Width)
	describeSet(t, "train", d.Train)
	describeSet(t, "test", d.Test)
	for _, f := range d.Files {
		verdict := "of no set that has a name"
		if f.Genuine != "" {
			verdict = "genuine " + f.Genuine
		}
		fmt.Fprintf(t, "file\t%s\n\t%d bytes, holds %s, %s\n\tSHA-256 unpacked %s\n",
			f.Path, f.Size, times(f.Axes), verdict, f.SHA256)
	}
	return t.Flush()
}

func describeSet(w io.Writer, part string, s *images.Set) {
	mean, nonZero := s.Ink()
	fmt.Fprintf(w, "%s\t%d images, mean pixel %.4f of 1, %.1f %% of the pixels not 0\n", part, s.Len(), mean, 100*nonZero)
	if s.Labels == nil {
		fmt.Fprintf(w, "\tno labels\n")
		return
	}
	var counts []string
	for class, n := range s.Counts() {
		name := fmt.Sprint(class)
		if class < len(s.Classes) {
			name = s.Classes[class]
		}
		counts = append(counts, fmt.Sprintf("%s: %d", name, n))
	}
	fmt.Fprintf(w, "\tof class %s\n", strings.Join(counts, ", "))
}
