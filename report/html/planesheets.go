package html

import (
	"fmt"

	"github.com/pkg/errors"
)

// sheets puts the images of the first points into two pictures, of as many as these may hold.
func (v *planeView) sheets(points []Point, d *planeData) error {
	before, after := &sheet{columns: sheetColumns}, &sheet{columns: sheetColumns}
	for _, p := range points {
		if p.Before == nil || p.After == nil {
			break
		}
		if err := before.add(p.Before, maxTile); err != nil {
			return err
		}
		if err := after.add(p.After, maxTile); err != nil {
			return err
		}
	}
	n := len(before.tiles)
	for ; n > 0; n = 3 * n / 4 {
		var one, two int
		var err error
		if v.Sheet, one, err = encode(before.picture(n, 0), true); err != nil {
			return err
		}
		if v.MadeSheet, two, err = encode(after.picture(n, greyLevels), true); err != nil {
			return err
		}
		if max(one, two) <= maxSheet {
			break
		}
	}
	d.Images = n
	if n == 0 {
		v.Sheet, v.MadeSheet = "", ""
		return nil
	}
	d.Tile = [2]int{before.size.X, before.size.Y}
	if all := len(points); n < all {
		v.Notes = append(v.Notes, fmt.Sprintf("%d of the %d points have their images here.", n, all))
	}
	return nil
}

// grid puts what the decoder makes of the plane behind the points.
func (v *planeView) grid(g *Grid, x, y axis, d *planeData) error {
	if g.Columns < 2 || v.Dims == 2 && g.Rows < 2 || g.Rows < 1 || len(g.Images) != g.Columns*g.Rows {
		return errors.Errorf("want a grid of 2 columns or more, with an image for each place, got %d x %d with %d", g.Columns, g.Rows, len(g.Images))
	}
	if !(g.X[0] < g.X[1]) || v.Dims == 2 && !(g.Y[0] < g.Y[1]) {
		return nil // all codes are alike
	}
	s := &sheet{columns: g.Columns}
	for row := range g.Rows { // the picture begins with the highest row
		for _, m := range g.Images[(g.Rows-1-row)*g.Columns:][:g.Columns] {
			if err := s.add(m, maxTile); err != nil {
				return err
			}
		}
	}
	var err error
	if v.GridSheet, _, err = encode(s.picture(len(s.tiles), greyLevels), true); err != nil {
		return err
	}
	left, right := x.at(g.X[0]), x.at(g.X[1])
	low, high := 0.0, 1.0
	if v.Dims == 2 {
		low, high = y.at(g.Y[0]), y.at(g.Y[1])
	}
	d.Grid = &gridData{X: [2]float64{rounded(left), rounded(right)}, Y: [2]float64{rounded(low), rounded(high)},
		Columns: g.Columns, Rows: g.Rows, Tile: [2]int{s.size.X, s.size.Y}}
	wide := (right - left) / float64(g.Columns-1)
	if v.Dims == 2 {
		high2 := (high - low) / float64(g.Rows-1)
		low, high = low-high2/2, high+high2/2
	}
	v.GridStyle = "left:" + percent(left-wide/2) + ";width:" + percent(right-left+wide)
	if v.Dims == 2 {
		v.GridStyle += ";bottom:" + percent(low) + ";height:" + percent(high-low)
	}
	return nil
}
