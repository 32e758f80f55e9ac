package report

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/graph"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/internal/random"
	"github.com/gorgonae/gorgonae/internal/reduce"
	"github.com/gorgonae/gorgonae/report/html"
	"github.com/gorgonae/gorgonae/train"
	"github.com/gorgonae/gorgonae/yardstick"
)

const (
	maxPoints    = 2000    // of the latent plane
	pointNumbers = 1 << 25 // of all their images together
	leastPoints  = 16      // have images, however large these are
)

// pictures adds all that shows images.
func (f *Figures) pictures(ctx context.Context, p *html.Page, m yardstick.Measurement) error {
	order := make([]int, len(m.Squared)) // from the lowest error up
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(m.Squared[a], m.Squared[b]) })
	var err error
	if p.Reconstructions, err = f.ranked(ctx, order); err != nil {
		return err
	}
	if p.Example, err = f.walk(ctx, order[len(order)/2]); err != nil {
		return err
	}
	p.Plane, err = f.pagePlane(ctx)
	return err
}

// ranked shows the images with the lowest, the median and the highest errors.
func (f *Figures) ranked(ctx context.Context, order []int) (r html.Reconstructions, err error) {
	size := f.Data.Test.Size()
	most := 6
	if max(size.Height, size.Width) > 64 {
		most = 3
	}
	noisy, isNoisy, err := f.Autoencoder.Noisy(ctx, f.Data.Test)
	if err != nil {
		return r, err
	}
	if !isNoisy {
		noisy = nil
	}
	n := len(order)
	k := max(1, min(most, n/3))
	worst := slices.Clone(order[max(0, n-k):])
	slices.Reverse(worst)
	middle := (n - k) / 2
	for _, g := range []struct {
		name, note string
		members    []int
	}{
		{"Best", "lowest error", order[:min(k, n)]},
		{"Median", "half of all are better", order[middle:][:min(k, n)]},
		{"Worst", "highest error", worst},
	} {
		group := html.Group{Name: g.name, Note: g.note}
		for _, i := range g.members {
			e, err := f.example(ctx, i, noisy)
			if err != nil {
				return r, err
			}
			group.Examples = append(group.Examples, e)
		}
		r.Groups = append(r.Groups, group)
	}
	r.Note = fmt.Sprintf("Of %s, by mean squared error. Each test image stands above what the model makes of it.", counted(n, "test image"))
	if isNoisy {
		r.Note = fmt.Sprintf("Of %s, by mean squared error. From above: the test image, what the model makes of it, the image with the noise of the training, and what the model makes of that, with its error.", counted(n, "test image"))
	}
	if n < 3 {
		r.Groups = r.Groups[:1]
		r.Groups[0].Name, r.Groups[0].Note = "All", ""
	}
	return r, nil
}

// example shows a test image and its reconstruction.
func (f *Figures) example(ctx context.Context, i int, noisy train.Dataset) (e html.Example, err error) {
	x, y, err := f.reconstruct(ctx, f.Data.Test, i)
	if err != nil {
		return e, err
	}
	size := f.Data.Test.Size()
	e = html.Example{Name: "image " + strconv.Itoa(numberOf(f.Data.Test, i)), Label: f.labelOf(f.Data.Test.Label(i)), Error: "MSE " + mse(y, x)}
	if file := fileOf(f.Data.Test, i); file != "" {
		e.Name = file
	}
	e.Pictures = []html.Picture{{Name: "original", Image: imageOf(size, x)}, {Name: "reconstruction", Image: imageOf(size, y)}}
	if noisy == nil {
		return e, nil
	}
	seen, target := make([]float32, len(x)), make([]float32, len(x))
	if err := noisy.Example(0, i, seen, target); err != nil {
		return e, err
	}
	if y, err = f.Autoencoder.Model.Predict(ctx, seen); err != nil {
		return e, err
	}
	e.Error += ", denoised " + mse(y, x)
	e.Pictures = append(e.Pictures, html.Picture{Name: "noisy input", Image: imageOf(size, seen)}, html.Picture{Name: "denoised", Image: imageOf(size, y)})
	return e, nil
}

func (f *Figures) reconstruct(ctx context.Context, set dataset.Images, i int) (x, y []float32, err error) {
	x = make([]float32, set.Size().Numbers())
	if err := set.Example(0, i, x, nil); err != nil {
		return nil, nil, err
	}
	y, err = f.Autoencoder.Model.Predict(ctx, x)
	return x, y, err
}

func mse(y, x []float32) string {
	return decimals(float64(reduce.SquaredError(y, x, 1))/float64(len(x)), 4)
}

func imageOf(size images.Size, x []float32) *html.Image {
	return &html.Image{Width: size.Width, Height: size.Height, Channels: size.Channels, Pixels: images.ToBytes(x)}
}

// labelOf returns the name of a class, or "" without one.
func (f *Figures) labelOf(label int) string {
	switch {
	case label < 0:
		return ""
	case label < len(f.Data.Classes):
		return f.Data.Classes[label]
	}
	return strconv.Itoa(label)
}

// walk shows a test image on its way through the model.
func (f *Figures) walk(ctx context.Context, i int) (*html.Walk, error) {
	x, y, err := f.reconstruct(ctx, f.Data.Test, i)
	if err != nil {
		return nil, err
	}
	code, err := f.Autoencoder.Encoder.Predict(ctx, x)
	if err != nil {
		return nil, err
	}
	if f.keeps() {
		return nil, nil // the code is the image
	}
	size := f.Data.Test.Size()
	text := counted(len(code), "number")
	if len(code) > 96 {
		text += ", the first 96 here"
	}
	return &html.Walk{Before: imageOf(size, x), After: imageOf(size, y), Code: graph.ChannelsFirst(code, f.Autoencoder.Encoder.Out()), CodeText: text,
		BeforeText: counted(len(x), "number"), AfterText: "made of the code"}, nil
}

// pagePlane shows the codes of a random sample of the training images, and what the decoder makes of the
// plane.
func (f *Figures) pagePlane(ctx context.Context) (*html.Plane, error) {
	p, err := f.latentPlane(ctx)
	if err != nil {
		return nil, err
	}
	set := f.Data.Train
	n := set.Len()
	order := random.New(1, "report").Perm(n)[:min(n, maxPoints)]
	page := &html.Plane{XLabel: p.labels[0], YLabel: p.labels[1], Dims: p.dims, Points: make([]html.Point, len(order))}
	members := make([]int, len(order))
	for k, i := range order {
		at := &page.Points[k]
		members[k], at.Number, at.Label = int(i), numberOf(set, int(i)), set.Label(int(i))
		at.X = float64(p.codes[int(i)*p.dims])
		if p.dims == 2 {
			at.Y = float64(p.codes[int(i)*2+1])
		}
	}
	page.Classes = f.classes(page.Points)
	if err := f.pointImages(ctx, page.Points, &part{set, members}); err != nil {
		return nil, err
	}
	page.Note = "Each point is the code of a training image"
	if len(order) < f.whole.train {
		page.Note += fmt.Sprintf(", of %s chosen at random from %s", thousands(len(order)), thousands(f.whole.train))
	}
	page.Note += "."
	if p.note != "" {
		page.Note += fmt.Sprintf(" A code has %s; the plane is that of the first two principal components.", counted(f.Autoencoder.Encoder.Out().Size(), "number"))
	}
	columns, rows, decoded, err := f.decodedGrid(ctx, p)
	if err != nil {
		return nil, err
	}
	page.Grid = &html.Grid{X: [2]float64{columns[0], columns[len(columns)-1]}, Columns: len(columns), Rows: max(1, len(rows))}
	if rows != nil {
		page.Grid.Y = [2]float64{rows[0], rows[len(rows)-1]}
	}
	for _, m := range decoded {
		page.Grid.Images = append(page.Grid.Images, imageOf(set.Size(), m))
	}
	return page, nil
}

// classes returns the names of the labels, or nil if a point has none or if there are too many to tell
// colours apart.
func (f *Figures) classes(points []html.Point) []string {
	last := len(f.Data.Classes) - 1
	for _, p := range points {
		if p.Label < 0 {
			return nil
		}
		last = max(last, p.Label)
	}
	if last >= maxClasses {
		return nil
	}
	names := make([]string, last+1)
	for i := range names {
		names[i] = f.labelOf(i)
	}
	return names
}

// maxClasses is how many classes have colours.
const maxClasses = 1000

// pointImages adds the images of the first points, with what the model makes of them. Images that are
// large are as few as can be computed in moments.
func (f *Figures) pointImages(ctx context.Context, points []html.Point, set *part) error {
	size := set.Size()
	n := min(len(points), max(leastPoints, pointNumbers/size.Numbers()))
	first := &part{set.Images, set.members[:n]}
	numbers := size.Numbers()
	return train.Predict(ctx, f.Autoencoder.Model, first, func(from int, y, x []float32) error {
		for k := range len(x) / numbers {
			a, b := x[k*numbers:][:numbers], y[k*numbers:][:numbers]
			at := &points[from+k]
			at.Before, at.After, at.Error = imageOf(size, a), imageOf(size, b), mse(b, a)
			if math.IsNaN(at.X) || math.IsNaN(at.Y) {
				return fmt.Errorf("want a finite code, got that of image %d", at.Number)
			}
		}
		return nil
	})
}
