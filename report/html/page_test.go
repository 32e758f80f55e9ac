package html

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hostile is a name that would run a script, or change the look of the page, if a place did not escape it.
const hostile = `</script><script>alert("1")</script><img src=x onerror=alert(1)>'"&<!--{{.}}` + "\u202eölç\x00\xff"

func tile(channels int, shade byte) *Image {
	m := &Image{Width: 5, Height: 4, Channels: channels, Pixels: make([]byte, 5*4*channels)}
	for i := range m.Pixels {
		m.Pixels[i] = shade + byte(i)
	}
	return m
}

// full is a page with every part, whose texts all contain name.
func full(name string) *Page {
	p := &Page{Title: name, Lead: name, State: name, Warning: []string{name}, ErrorNote: name, Command: name, CommandNote: name, Statement: name,
		Example:  &Walk{Before: tile(1, 3), After: tile(1, 9), Code: []float32{1, -2.5}, CodeText: name, BeforeText: name, AfterText: name},
		Numbers:  []Number{{name, name, name}},
		Errors:   []Bar{{name, 0.5, name, true}, {name, 1, name, false}},
		Results:  []Fact{{name, name, name}},
		Charts:   []Chart{{name, name, []Curve{{name, []float64{4, 2, 1}}, {name, []float64{math.NaN(), 3, 2}}}}},
		Parts:    []Part{{name, []Layer{{name, name, name, name, name}}, name, name}},
		Settings: []Setting{{name, name, name, true}},
		Versions: []Fact{{name, name, name}}, Hashes: []Fact{{name, name, name}},
	}
	e := Example{Name: name, Label: name, Error: name, Pictures: []Picture{{name, tile(1, 1)}, {name, tile(1, 2)}}}
	p.Reconstructions = Reconstructions{Groups: []Group{{name, name, []Example{e}}}, Note: name}
	p.Plane = &Plane{Note: name, XLabel: name, YLabel: name, Dims: 2, Classes: []string{"a", name}, Grid: &Grid{X: [2]float64{-1, 1}, Y: [2]float64{-1, 1}, Columns: 2, Rows: 2}}
	for i := range 6 {
		p.Plane.Points = append(p.Plane.Points, Point{X: float64(i), Y: float64(i * i), Label: i % 2, Number: 10 + i, Error: name, Before: tile(1, byte(i)), After: tile(1, byte(9*i))})
	}
	for i := range 4 {
		p.Plane.Grid.Images = append(p.Plane.Grid.Images, tile(1, byte(60*i)))
	}
	return p
}

func write(t *testing.T, p *Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	tags    = regexp.MustCompile(`<(/?[a-zA-Z][a-zA-Z0-9]*)`)
	markup  = regexp.MustCompile(`(?s)<style>.*?</style>|<script[^>]*>.*?</script>`)
	written = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)
)

// structure returns the elements of a page in order. Names must not change it, whatever they hold.
func structure(page string) []string {
	var all []string
	for _, m := range tags.FindAllStringSubmatch(markup.ReplaceAllString(page, "<$0script>"), -1) {
		all = append(all, m[1])
	}
	return all
}

// Names with markup, quotes, a change of direction, NUL and bytes that are no UTF-8 stay texts wherever
// they stand: the page has the elements that it has with harmless names, and the script gets its data.
func TestHostileNames(t *testing.T) {
	bad, good := write(t, full(hostile)), write(t, full("name"))
	if a, b := structure(bad), structure(good); !slices.Equal(a, b) {
		t.Errorf("hostile names change the elements of the page from %d to %d", len(b), len(a))
	}
	for _, text := range []string{"<img src=x", "<script>alert", "onerror=alert(1)>'", "<!--{{", "\x00"} {
		if strings.Contains(bad, text) {
			i := strings.Index(bad, text)
			t.Errorf("the page has %q in %q", text, bad[max(0, i-60):i+60])
		}
	}
	if n := strings.Count(bad, "<script"); n != 2 {
		t.Errorf("the page has %d scripts, want 2", n)
	}
	var d pageData
	if err := json.Unmarshal([]byte(written.FindStringSubmatch(bad)[1]), &d); err != nil {
		t.Fatal(err)
	}
	if got := d.Plane.Classes[1]; !strings.HasPrefix(got, hostile[:40]) || !strings.Contains(got, "ölç") {
		t.Errorf("the script gets the class %q", got)
	}
}

// A page is one file that asks for nothing: every address in it is data, its policy forbids all others, and
// the hash in the policy is that of the script.
func TestSelfContained(t *testing.T) {
	page := write(t, full("name"))
	for _, m := range regexp.MustCompile(`(?:src|href|url|action)\s*[=(]\s*["']?([^"'\s>)]{0,40})`).FindAllStringSubmatch(markup.ReplaceAllString(page, ""), -1) {
		if !strings.HasPrefix(m[1], "data:image/") {
			t.Errorf("the page asks for %q", m[1])
		}
	}
	if strings.Contains(page, "http:") || strings.Contains(page, "https:") || strings.Contains(page, "@import") || strings.Contains(page, "fetch(") {
		t.Error("the page names an address of the network")
	}
	script := page[strings.LastIndex(page, "<script>")+len("<script>") : strings.LastIndex(page, "</script>")]
	if !strings.Contains(page, `content="`+strings.ReplaceAll(policy([]byte(script)), "'", "&#39;")+`"`) && !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), strings.ReplaceAll(policy([]byte(script)), "'", "&#39;")) {
		t.Errorf("the policy is not that of the script: %.300s", page)
	}
}

// The same page has the same bytes, and Write changes nothing of it.
func TestSameBytes(t *testing.T) {
	p := full("name")
	if a, b := write(t, p), write(t, p); a != b || a != write(t, full("name")) {
		t.Error("the same page is written as other bytes")
	}
}

// Every picture has an alternative text, or stands beside words that say what it is.
func TestAlternatives(t *testing.T) {
	page := write(t, full("name"))
	for _, img := range regexp.MustCompile(`<img[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(img, ` alt="`) {
			t.Errorf("%.80s has no alt", img)
		}
	}
	for _, text := range []string{`alt="name, name, label name"`, `alt="name of name"`, `aria-live="polite"`, `<html lang="en">`,
		`aria-label="The code: 1.00, −2.50"`, `over 3 epochs. In the last epoch: name 1, name 2.`, `<caption>`} {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

// A page without any part is a page still.
func TestEmptyPage(t *testing.T) {
	page := write(t, &Page{Title: "nothing"})
	if !strings.Contains(page, "<h1><bdi>nothing</bdi></h1>") || strings.Contains(page, "<section") {
		t.Errorf("an empty page is %s", page[strings.Index(page, "<body>"):])
	}
}

// What cannot be drawn is an error that says what was wanted.
func TestRefusals(t *testing.T) {
	for name, spoil := range map[string]func(p *Page){
		"curves of one length":               func(p *Page) { p.Charts[0].Curves[0].Values = []float64{1} },
		"points of 1 or 2 numbers":           func(p *Page) { p.Plane.Dims = 3 },
		"finite points":                      func(p *Page) { p.Plane.Points[1].X = math.Inf(1) },
		"labels from 0 to 1":                 func(p *Page) { p.Plane.Points[1].Label = 2 },
		"an image of 1 or 3 channels":        func(p *Page) { p.Plane.Points[0].Before = &Image{Width: 2, Height: 2, Channels: 2} },
		"images of one size":                 func(p *Page) { p.Plane.Points[1].After = &Image{Width: 1, Height: 1, Channels: 1, Pixels: []byte{1}} },
		"with an image for each place, got ": func(p *Page) { p.Plane.Grid.Images = p.Plane.Grid.Images[:3] },
		"with a byte for each number":        func(p *Page) { p.Reconstructions.Groups[0].Examples[0].Pictures[1].Image = nil },
	} {
		p := full("name")
		spoil(p)
		if err := p.Write(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("want an error with %q, got %v", name, err)
		}
	}
}

// A value between gaps is a dot, however many epochs there are: no line leads to it.
func TestLoneValue(t *testing.T) {
	values := make([]float64, 100)
	for i := range values {
		values[i] = float64(i)
		if i >= 49 && i <= 51 && i != 50 {
			values[i] = math.NaN()
		}
	}
	v, _, err := Chart{Title: "x", Curves: []Curve{{"loss", values}}}.view(0)
	if err != nil {
		t.Fatal(err)
	}
	if dots := v.Scales[0].Lines[0].Dots; strings.Count(dots, "M") != 1 || !strings.HasSuffix(dots, "h0") {
		t.Errorf("want one dot for the value between gaps, got %q", dots)
	}
}
