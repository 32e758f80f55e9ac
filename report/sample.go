package report

import "github.com/gorgonae/gorgonae/dataset"

// part is some examples of a data set.
type part struct {
	dataset.Images
	members []int
}

func (p *part) Len() int { return len(p.members) }

func (p *part) Label(i int) int { return p.Images.Label(p.members[i]) }

func (p *part) Example(epoch, i int, x, y []float32) error {
	return p.Images.Example(epoch, p.members[i], x, y)
}

// File is the name of an image's file, or "".
func (p *part) File(i int) string { return fileOf(p.Images, p.members[i]) }

func fileOf(set dataset.Images, i int) string {
	if f, ok := set.(interface{ File(i int) string }); ok {
		return f.File(i)
	}
	return ""
}

// evenly returns at most most examples of a set, at equal distances.
func evenly(set dataset.Images, most int) *part {
	n := min(set.Len(), most)
	p := &part{Images: set}
	for i := range n {
		p.members = append(p.members, int(int64(i)*int64(set.Len())/int64(n)))
	}
	return p
}

// numberOf returns the number of an example in the whole data set.
func numberOf(set dataset.Images, i int) int {
	if p, ok := set.(*part); ok {
		return p.members[i]
	}
	return i
}

// Sampled returns the same figures of a sample of the images, which take no longer than moments whatever
// the data set: the page of a training that is stopped shows them.
func (f *Figures) Sampled() *Figures {
	most := min(maxPoints, max(leastPoints, pointNumbers/2/f.Data.Train.Size().Numbers()))
	data := *f.Data
	data.Train, data.Test = evenly(f.Data.Train, most), evenly(f.Data.Test, most)
	if data.Train.Len() == f.Data.Train.Len() && data.Test.Len() == f.Data.Test.Len() {
		return f
	}
	sampled := *f
	sampled.Data, sampled.plane, sampled.decoded, sampled.measured, sampled.sample = &data, nil, nil, nil, &data
	return &sampled
}
