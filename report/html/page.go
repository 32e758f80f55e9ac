// Package html writes the report of a training as one web page. The page is a single file: style,
// script and pictures are inside, and it asks no network for anything. It opens from disk, prints to
// two pages, is dark or light as the reader's system is, and can be used with a keyboard, a screen
// reader and a phone. Without its script it still shows everything but what follows the pointer.
//
// Plain numbers, texts and images go in. The package knows nothing of models, data sets and files,
// as package figure does not. The same input gives the same bytes. Texts may hold anything:
// html/template escapes them for the place where they stand.
package html

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"strconv"

	"github.com/pkg/errors"
)

// Page is a report. Parts that are nil or empty are left out.
type Page struct {
	Title   string // such as "tutorial on mnist"
	Lead    string // one or two sentences: what the model is
	State   string // of the training: "complete", "stopped after 3 of 20 epochs"
	Whole   bool   // the training is complete
	Warning []string

	Example         *Walk // one image on its way through the model
	Numbers         []Number
	Errors          []Bar // of the model and of its yardsticks
	ErrorNote       string
	Results         []Fact
	Charts          []Chart
	Reconstructions Reconstructions
	Plane           *Plane
	Parts           []Part
	Command         string // the command line of the training
	CommandNote     string
	Settings        []Setting
	Versions        []Fact
	Hashes          []Fact
	Statement       string // which bits are the same where
}

// Number is one of the numbers that a reader looks for first.
type Number struct{ Name, Value, Note string }

// Fact is a row of a table.
type Fact struct{ Name, Value, Note string }

// Bar is an error as a bar. Own is true for the model's.
type Bar struct {
	Name  string
	Value float64
	Text  string // the value, as it is printed
	Own   bool
}

// Walk is an image, its code and what the decoder makes of that.
type Walk struct {
	Before, After         *Image
	Code                  []float32 // in order channel by channel
	CodeText              string    // "2 numbers"
	BeforeText, AfterText string
}

// Part is a model with its layers.
type Part struct {
	Name   string
	Layers []Layer
	Params string // of the whole part
	Size   string // of its weights in memory
}

// Layer is a line in the table of a part.
type Layer struct{ Name, Kind, Shape, Params, From string }

// Setting is a setting of the training. Changed is true if it is not the default.
type Setting struct {
	Name, Value, Help string
	Changed           bool
}

//go:embed assets
var assets embed.FS

var page = template.Must(template.New("page.html").ParseFS(assets, "assets/*.html"))

// Write writes the page. It returns an error if the images do not fit together, or if a number is not
// finite where one is needed.
func (p *Page) Write(w io.Writer) error {
	v, err := p.view()
	if err != nil {
		return err
	}
	return errors.Wrap(page.Execute(w, v), "writing the page")
}

// view is a page as the template takes it.
type view struct {
	*Page
	Style  template.CSS
	Script template.JS
	Policy string
	Bars   []barView
	Curves []chartView
	Latent *planeView
	Walk   *walkView
	Groups []groupView
	Data   pageData // for the script
}

// pageData is what the script reads.
type pageData struct {
	Charts []chartData `json:"charts"`
	Plane  *planeData  `json:"plane"`
}

type barView struct {
	Bar
	Width template.CSS
}

func (p *Page) view() (*view, error) {
	style, err := assets.ReadFile("assets/style.css")
	if err != nil {
		return nil, errors.WithStack(err)
	}
	script, err := assets.ReadFile("assets/script.js")
	if err != nil {
		return nil, errors.WithStack(err)
	}
	v := &view{Page: p, Style: template.CSS(style), Script: template.JS(script), Policy: policy(script)}
	largest := 0.0
	for _, b := range p.Errors {
		largest = max(largest, b.Value)
	}
	for _, b := range p.Errors {
		v.Bars = append(v.Bars, barView{b, width(b.Value, largest)})
	}
	for _, c := range p.Charts {
		cv, data, err := c.view(len(v.Curves))
		if err != nil {
			return nil, err
		}
		if cv != nil {
			v.Curves, v.Data.Charts = append(v.Curves, *cv), append(v.Data.Charts, *data)
		}
	}
	if p.Plane != nil {
		if v.Latent, v.Data.Plane, err = p.Plane.view(); err != nil {
			return nil, err
		}
	}
	if p.Example != nil {
		if v.Walk, err = p.Example.view(); err != nil {
			return nil, err
		}
	}
	v.Groups, err = p.Reconstructions.view()
	return v, err
}

// policy allows the page its own script and nothing else: no network, no frames, no other script,
// whatever a name of a class or a file holds.
func policy(script []byte) string {
	sum := sha256.Sum256(script)
	return "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

func width(value, largest float64) template.CSS {
	if !(largest > 0) {
		return "0"
	}
	return "calc((100% - 6.6em)*" + template.CSS(strconv.FormatFloat(value/largest, 'f', 4, 64)) + ")" // the number stands beside it
}
