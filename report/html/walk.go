package html

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// walkView is a walk as the template takes it.
type walkView struct {
	*Walk
	In, Out *pictureView
	Bars    template.HTMLAttr // the path of the code's bars, as an attribute
	Said    string
}

// maxBars is how many numbers of a code are drawn.
const maxBars = 96

func (w *Walk) view() (*walkView, error) {
	v := &walkView{Walk: w}
	var err error
	if v.In, err = w.Before.view(w.BeforeText); err != nil {
		return nil, err
	}
	if v.Out, err = w.After.view(w.AfterText); err != nil {
		return nil, err
	}
	code := w.Code[:min(len(w.Code), maxBars)]
	largest := 0.0
	for _, x := range code {
		if finite(float64(x)) {
			largest = max(largest, math.Abs(float64(x)))
		}
	}
	var path strings.Builder
	pitch := float64(box) / float64(max(1, len(code)))
	for i, x := range code {
		height := 0.0
		if finite(float64(x)) && largest > 0 {
			height = 0.48 * float64(x) / largest
		}
		from, to := 0.5-max(height, 0), 0.5-min(height, 0)
		path.WriteString("M" + place(float64(i)*pitch/box+0.12*pitch/box) + " " + place(from) +
			"h" + place(0.76*pitch/box) + "V" + place(max(to, from+0.006)) + "h-" + place(0.76*pitch/box) + "z")
	}
	v.Bars = template.HTMLAttr(`d="` + path.String() + `"`)
	var words []string
	for _, x := range code[:min(len(code), 8)] {
		words = append(words, strings.ReplaceAll(strconv.FormatFloat(float64(x), 'f', 2, 32), "-", "\u2212"))
	}
	v.Said = strings.Join(words, ", ")
	if len(w.Code) > 8 {
		v.Said += ", …"
	}
	return v, nil
}
