package graph

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// Summary prints the model as a table like that of Keras: a line for each layer with its kind,
// output shape and number of parameters. If the model branches, a column names each layer's inputs.
func (m *Model) Summary(w io.Writer) error {
	if m.err != nil {
		return m.err
	}
	head := []string{"Layer (type)", "Output Shape", "Param #"}
	branches := m.branches()
	if branches {
		head = append(head, "Connected to")
	}
	rows := [][]string{head}
	for _, n := range m.nodes {
		row := []string{fmt.Sprintf("%s (%s)", n.name, n.layer.Kind()), printShape(n.shape), thousands(n.params())}
		if branches {
			var from []string
			for _, in := range n.inputs {
				from = append(from, in.name)
			}
			row = append(row, strings.Join(from, ", "))
		}
		rows = append(rows, row)
	}
	trained, kept := 0, 0
	for _, wt := range m.weights {
		if wt.Kept {
			kept += wt.Shape.Size()
		} else {
			trained += wt.Shape.Size()
		}
	}
	_, err := fmt.Fprintf(w, "Model: %q\n%s Total params: %s (%s)\n Trainable params: %s (%s)\n Non-trainable params: %s (%s)\n",
		m.name, table(rows), thousands(trained+kept), memory(trained+kept), thousands(trained), memory(trained), thousands(kept), memory(kept))
	return errors.Wrap(err, "printing the summary")
}

// branches reports whether some layer does not simply follow the layer in the line above.
func (m *Model) branches() bool {
	for i, n := range m.nodes[1:] {
		if len(n.inputs) != 1 || n.inputs[0] != m.nodes[i] {
			return true
		}
	}
	return false
}

// params returns the number of parameters that a call uses: its own, or those of the model that it
// applies.
func (n *Node) params() int {
	weights := n.weights
	if inner, ok := n.layer.(applied); ok {
		weights = inner.weights
	}
	sum := 0
	for _, w := range weights {
		sum += w.Shape.Size()
	}
	return sum
}

// numeric is the table's column that is aligned to the right.
const numeric = 2

// table draws rows in a frame. The first row is the head.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := func(left, middle, right string) string {
		parts := make([]string, len(widths))
		for i, w := range widths {
			parts[i] = strings.Repeat("─", w+2)
		}
		return left + strings.Join(parts, middle) + right + "\n"
	}
	var b strings.Builder
	b.WriteString(rule("┌", "┬", "┐"))
	for i, row := range rows {
		for j, cell := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell))
			if j == numeric {
				cell = pad + cell
			} else {
				cell += pad
			}
			b.WriteString("│ " + cell + " ")
		}
		b.WriteString("│\n")
		if i == 0 {
			b.WriteString(rule("├", "┼", "┤"))
		}
	}
	b.WriteString(rule("└", "┴", "┘"))
	return b.String()
}

// thousands writes a number as 472,986.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// memory writes the size of n float32 parameters.
func memory(n int) string {
	size, unit := 4*float64(n), "B"
	for _, u := range []string{"KB", "MB", "GB"} {
		if size >= 1024 {
			size, unit = size/1024, u
		}
	}
	return strconv.FormatFloat(size, 'f', 2, 64) + " " + unit
}
