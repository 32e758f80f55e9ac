package run

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/gorgonae/gorgonae/dataset"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/train"
)

// hashesOf returns hashes of the images with the numbers from one to before another.
func hashesOf(from, to int) (all [][sha256.Size]byte) {
	for i := from; i < to; i++ {
		all = append(all, sha256.Sum256(binary.LittleEndian.AppendUint64(nil, uint64(i))))
	}
	return all
}

// Of a small set every image is found, of a large one an even sample.
func TestSeen(t *testing.T) {
	small := seenOf(append(hashesOf(0, maxSeen), hashesOf(0, 7)...))
	if small.Images != maxSeen || len(small.Lowest) != 16*maxSeen {
		t.Errorf("%d images in %d bytes", small.Images, len(small.Lowest))
	}
	if could, found, err := small.count(hashesOf(maxSeen-5, maxSeen+15)); could != 20 || found != 5 || err != nil {
		t.Errorf("%d of %d are found (%v), want 5 of 20", found, could, err)
	}
	large := seenOf(hashesOf(0, 20000))
	could, found, err := large.count(hashesOf(15000, 35000)) // a quarter of which are in it
	if share := float64(found) / float64(could); err != nil || len(large.Lowest) != 16*maxSeen || could < 400 || math.Abs(share-0.25) > 0.07 {
		t.Errorf("%d of %d are found (%v), want a quarter", found, could, err)
	}
	if _, found, _ = large.count(hashesOf(20000, 60000)); found != 0 {
		t.Errorf("%d other images are found", found)
	}
	for _, lowest := range []string{"", "zz", "00", strings.Repeat("0", 16*maxSeen+16)} {
		if _, _, err := (seen{Images: 1, Lowest: lowest, By: byPixels}).count(hashesOf(0, 3)); err == nil {
			t.Errorf("%.40q is a sample", lowest)
		}
	}
}

// set returns grey images with the numbers from one to before another.
func set(from, to int) *images.Set {
	s := &images.Set{Channels: 1, Height: 1, Width: 2}
	for i := from; i < to; i++ {
		s.Pixels = append(s.Pixels, byte(i), byte(i>>8))
	}
	return s
}

// A model knows images that it was trained on under any name, and says nothing about a data set that has its
// own name: that one does not change.
func TestTestedBefore(t *testing.T) {
	meta := map[string]string{}
	if err := describeSeen(meta, &dataset.Data{Name: "faces", Train: set(0, 90), Test: set(90, 100)}); err != nil {
		t.Fatal(err)
	}
	m := &Model{Meta: meta, Path: "the model"}
	for _, c := range []struct {
		test *images.Set
		want string
	}{
		{set(90, 100), ""},
		{set(100, 300), ""},
		{set(85, 95), "the model was trained on 5 of the 10 test images of other"},
	} {
		note, err := m.TestedBefore(&dataset.Data{Name: "other", Train: set(0, 9), Test: c.test})
		if err != nil || !strings.HasPrefix(note, c.want) || (note == "") != (c.want == "") {
			t.Errorf("the note is %q (%v), want %q", note, err, c.want)
		}
	}
	// A file without the kind of its hashes does not tell, except for sets that have their own test images.
	old := &Model{Meta: map[string]string{seenKey: `{"images":1,"lowest":"0011223344556677"}`}, Path: "the model"}
	for name, want := range map[string]string{"other": "the model was trained by a version that chose images for testing in another way", "handwriting": ""} {
		note, err := old.TestedBefore(&dataset.Data{Name: name, Train: set(0, 9), Test: set(9, 12)})
		if err != nil || !strings.HasPrefix(note, want) || (note == "") != (want == "") {
			t.Errorf("for %s, the note is %q (%v), want %q", name, note, err, want)
		}
	}
	meta = map[string]string{}
	if err := describeSeen(meta, &dataset.Data{Name: "handwriting", Train: set(0, 90), Test: set(90, 100)}); err != nil || len(meta) != 0 {
		t.Errorf("a set with a name has %q (%v)", meta, err)
	}
	for _, text := range []string{"{", `{"images": 3, "lowest": "x", "by": "pixels"}`} {
		if _, err := (&Model{Meta: map[string]string{seenKey: text}, Path: "the model"}).TestedBefore(&dataset.Data{Test: set(0, 5)}); err == nil || !strings.Contains(err.Error(), "the model") {
			t.Errorf("metadata %s: %v", text, err)
		}
	}
}

func TestSeenChanged(t *testing.T) {
	for _, c := range []struct {
		before, now [][sha256.Size]byte
		want        string
	}{
		{hashesOf(0, 90), hashesOf(0, 90), "are the same, but not their order"},
		{hashesOf(0, 90), hashesOf(2, 95), "new: 5, that are gone: 2"},
		{hashesOf(0, 9000), hashesOf(0, 9001), "it had 9000 different images to train on, and has 9001"},
	} {
		if got, _ := seenOf(c.before).changed(seenOf(c.now)); !strings.Contains(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if got, _ := (seen{Lowest: "x"}).changed(seenOf(hashesOf(0, 9))); got != "" {
		t.Errorf("a damaged sample gives %q", got)
	}
}

// Another data set is said to be another under any name, and the same one under none.
func TestDiffers(t *testing.T) {
	began := train.Fingerprint(set(90, 100))
	for _, c := range []struct {
		name, began string
		test        *images.Set
		want        string
	}{
		{"faces", began, set(90, 100), ""},
		{"renamed", began, set(90, 100), ""},
		{"faces", began, set(90, 101), "faces is not the data set that the model was trained on: its 11 test images,"},
		{"cards", began, set(200, 210), "cards is not the data set that the model was trained on, faces: its 10 test images,"},
		{"cards", "", set(200, 210), ""}, // a file that does not tell
	} {
		settings, err := json.Marshal(map[string]string{train.ValidationData: c.began})
		if err != nil {
			t.Fatal(err)
		}
		meta := map[string]string{"training.settings": string(settings)}
		m := &Model{TrainedOn: TrainedOn{Name: "faces"}, Meta: meta}
		got := m.Differs(&dataset.Data{Name: c.name, Train: set(0, 90), Test: c.test})
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s gives the note %q, want %q", c.name, got, c.want)
		}
	}
	settings, err := json.Marshal(map[string]string{train.ValidationData: began})
	if err != nil {
		t.Fatal(err)
	}
	meta := map[string]string{"training.settings": string(settings)}
	if err := describeSeen(meta, &dataset.Data{Name: "faces", Train: set(0, 90), Test: set(90, 100)}); err != nil {
		t.Fatal(err)
	}
	m := &Model{TrainedOn: TrainedOn{Name: "faces"}, Meta: meta}
	for want, train := range map[string]*images.Set{
		"": set(0, 90),
		"the images to train on of faces are not those that the model was trained on: images to train on that are new: 0, that are gone: 1": set(0, 89),
	} {
		if got := m.Differs(&dataset.Data{Name: "faces", Train: train, Test: set(90, 100)}); got != want {
			t.Errorf("with %d images to train on: %q, want %q", train.Len(), got, want)
		}
	}
	if got := (&Model{}).Differs(&dataset.Data{Name: "faces", Train: set(0, 90)}); got != "" {
		t.Errorf("without test images, the note is %q", got)
	}
}
