package browsertest

import (
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// Accessible is an element as a screen reader gets it.
type Accessible struct {
	Role, Name, Value string
}

// controls are the roles of what a user operates, and of pictures: a screen reader needs their names.
var controls = []string{"button", "checkbox", "combobox", "link", "listbox", "menuitem", "option", "radio", "searchbox", "slider",
	"spinbutton", "switch", "tab", "tabpanel", "textbox", "img", "image", "application", "graphics-document", "progressbar", "ColorWell", "Canvas"}

// Accessible returns the tree of a screen reader as a list, without what it ignores.
func (b *Tab) Accessible() []Accessible {
	b.t.Helper()
	tree, err := chromedp.Call(b.Ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.t.Fatal(err)
	}
	var all []Accessible
	for _, n := range tree.Nodes {
		if !n.Ignored {
			all = append(all, Accessible{word(n.Role), word(n.Name), word(n.Value)})
		}
	}
	return all
}

// word returns a value of the protocol, which is JSON, as text.
func word(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(strings.Trim(string(v.Value), `"`))
}

// AllNamed fails the test if a control or a picture has no name for a screen reader, or if there is no control.
func (b *Tab) AllNamed(where string) {
	b.t.Helper()
	count := 0
	for _, e := range b.Accessible() {
		if !slices.Contains(controls, e.Role) {
			continue
		}
		count++
		if e.Name == "" {
			b.t.Errorf("%s: a screen reader finds a %s without a name (value %q)", where, e.Role, e.Value)
		}
	}
	if count == 0 {
		b.t.Errorf("%s: a screen reader finds no control and no picture", where)
	}
}
