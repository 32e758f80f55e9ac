package html

import (
	"math"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// Chart is a chart of curves over the epochs of a training.
type Chart struct {
	Title  string
	Label  string // of the values: "mean squared error"
	Curves []Curve
}

// Curve has a value for each epoch. What is not finite is left out.
type Curve struct {
	Name   string
	Values []float64
}

// chartView is a chart as the template takes it: on a linear scale, and on a logarithmic one if all
// values are above 0.
type chartView struct {
	Chart
	Number int // of the chart on the page
	Epochs int
	X      []tickView
	Scales []scaleView
	Rows   []rowView // the table that says the same
	Last   string    // the values of the last epoch
}

type scaleView struct {
	Class string // "linear" or "log"
	Y     []tickView
	Lines []lineView
}

type lineView struct {
	Class string
	Dot   string // the class of the dots
	Path  string
	Dots  string // zero-length lines; a curve of few epochs has them, and values between gaps, which no line shows
}

type rowView struct {
	Epoch int
	Cells []string
}

// chartData is a chart as the script takes it. Places are shares of the axes.
type chartData struct {
	X      []float64   `json:"x"` // (epochs)
	Names  []string    `json:"names"`
	Text   [][]string  `json:"text"`          // (epochs, curves)
	Linear [][]float64 `json:"linear"`        // (curves, epochs); below 0 where there is no value
	Log    [][]float64 `json:"log,omitempty"` // likewise
}

// box is the side of the SVG pictures, in their own units. The page stretches them; texts are beside
// them, so that they keep their size.
const box = 1000

const (
	fewEpochs = 60   // a chart of no more epochs has dots
	maxRows   = 1000 // of a table; longer trainings have every second epoch, or fewer
)

// view returns nil if there is nothing to draw.
func (c Chart) view(number int) (*chartView, *chartData, error) {
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	for i, curve := range c.Curves {
		if n = len(curve.Values); n != len(c.Curves[0].Values) {
			return nil, nil, errors.Errorf("chart %q: want curves of one length, got %d values and %d in curve %d", c.Title, len(c.Curves[0].Values), n, i)
		}
		for _, v := range curve.Values {
			if finite(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if n == 0 || lo > hi {
		return nil, nil, nil
	}
	x := epochs(n)
	v := &chartView{Chart: c, Number: number, Epochs: n, X: x.views()}
	d := &chartData{}
	for i := range n {
		d.X = append(d.X, rounded(x.at(float64(i+1))))
		d.Text = append(d.Text, c.texts(i))
	}
	for _, curve := range c.Curves {
		d.Names = append(d.Names, curve.Name)
	}
	var line scaleView
	line, d.Linear = c.scale("linear", x, linear(lo, hi, 5))
	v.Scales = append(v.Scales, line)
	if lo > 0 {
		line, d.Log = c.scale("log", x, logarithmic(lo, hi))
		v.Scales = append(v.Scales, line)
	}
	for i := 0; i < n; i += 1 + (n-1)/maxRows {
		v.Rows = append(v.Rows, rowView{i + 1, d.Text[i]})
	}
	if last := v.Rows[len(v.Rows)-1]; last.Epoch < n {
		v.Rows = append(v.Rows, rowView{n, d.Text[n-1]})
	}
	for k, text := range d.Text[n-1] {
		if k > 0 {
			v.Last += ", "
		}
		v.Last += d.Names[k] + " " + text
	}
	return v, d, nil
}

// texts returns the values of an epoch as they are printed.
func (c Chart) texts(epoch int) []string {
	all := make([]string, len(c.Curves))
	for k, curve := range c.Curves {
		all[k] = "–"
		if v := curve.Values[epoch]; finite(v) {
			all[k] = strings.ReplaceAll(strconv.FormatFloat(v, 'g', 5, 64), "-", "\u2212")
		}
	}
	return all
}

// scale draws the curves on an axis.
func (c Chart) scale(class string, x, y axis) (scaleView, [][]float64) {
	v := scaleView{Class: class, Y: y.views()}
	places := make([][]float64, len(c.Curves))
	for k, curve := range c.Curves {
		line := lineView{Class: "curve c" + strconv.Itoa(k%4), Dot: "dots c" + strconv.Itoa(k%4)}
		var path, dots strings.Builder
		pen := "M"
		for i, value := range curve.Values {
			if !finite(value) {
				pen = "M"
				places[k] = append(places[k], -1)
				continue
			}
			at := y.at(value)
			places[k] = append(places[k], rounded(at))
			px, py := place(x.at(float64(i+1))), place(1-at)
			path.WriteString(pen + px + " " + py)
			if len(curve.Values) <= fewEpochs || curve.lone(i) {
				dots.WriteString("M" + px + " " + py + "h0")
			}
			pen = "L"
		}
		line.Path, line.Dots = path.String(), dots.String()
		v.Lines = append(v.Lines, line)
	}
	return v, places
}

// lone reports whether the value of an epoch has no neighbour that a line could go to.
func (c Curve) lone(i int) bool {
	return (i == 0 || !finite(c.Values[i-1])) && (i == len(c.Values)-1 || !finite(c.Values[i+1]))
}

// place writes a share of an axis in units of a picture.
func place(share float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(box*share, 'f', 1, 64), ".0")
}

// rounded is a share as it goes to the script.
func rounded(share float64) float64 { return math.Round(share*1e5) / 1e5 }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
