package html

// Reconstructions are images beside what the model makes of them, in groups such as the best and the
// worst.
type Reconstructions struct {
	Groups []Group
	Note   string
}

// Group is some images with something in common.
type Group struct {
	Name, Note string
	Examples   []Example
}

// Example is an image with what the model makes of it.
type Example struct {
	Name     string // "image 17"
	Label    string // or ""
	Error    string
	Pictures []Picture // the first is the image itself
}

// Picture is an image with what it is: "original", "reconstruction".
type Picture struct {
	Name  string
	Image *Image
}

type groupView struct {
	Group
	Examples []exampleView
}

type exampleView struct {
	Example
	Pictures []*pictureView
}

func (r Reconstructions) view() (all []groupView, err error) {
	for _, g := range r.Groups {
		v := groupView{Group: g}
		for _, e := range g.Examples {
			ev := exampleView{Example: e}
			for i, p := range e.Pictures {
				alt := p.Name + " of " + e.Name
				if i == 0 {
					alt = p.Name + ", " + e.Name
					if e.Label != "" {
						alt += ", label " + e.Label
					}
				}
				pv, err := p.Image.view(alt)
				if err != nil {
					return nil, err
				}
				ev.Pictures = append(ev.Pictures, pv)
			}
			v.Examples = append(v.Examples, ev)
		}
		all = append(all, v)
	}
	return all, nil
}
