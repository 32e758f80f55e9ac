package serve

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bits of the flags in the binary form; see /api/codes in openapi.json.
const (
	labelFlag    = 1
	completeFlag = 2
)

// along returns two coordinates of each code, (n, 2); the second is 0 if there is no such axis.
func (c *published) along(i, j int) []float32 {
	places := make([]float32, 0, 2*len(c.images))
	for at := 0; at < len(c.places); at += c.axes {
		second := float32(0)
		if j < c.axes {
			second = c.places[at+j]
		}
		places = append(places, c.places[at+i], second)
	}
	return places
}

// encode returns the binary form with two of the axes.
func (c *published) encode(i, j int) []byte {
	flags := uint32(0)
	if c.labels != nil {
		flags |= labelFlag
	}
	if c.complete {
		flags |= completeFlag
	}
	le := binary.LittleEndian
	b := make([]byte, 0, 24+14*len(c.images))
	b = append(b, "GAEC"...)
	for _, v := range []uint32{1, uint32(len(c.images)), flags, uint32(c.total), uint32(c.revision)} {
		b = le.AppendUint32(b, v)
	}
	for _, v := range c.along(i, j) {
		b = le.AppendUint32(b, math.Float32bits(v))
	}
	for _, v := range c.images {
		b = le.AppendUint32(b, v)
	}
	for _, v := range c.labels {
		b = le.AppendUint16(b, v)
	}
	return b
}

// showCodes answers with the places of all codes, and waits for more if the client has what there is.
func (s *Server) showCodes(w http.ResponseWriter, r *http.Request) error {
	after, err := whole(r, "after", 0, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	first, second, err := planeAxes(r)
	if err != nil {
		return err
	}
	kind, err := accepted(r, kindRaw, kindJSON)
	if err != nil {
		return err
	}
	late := time.NewTimer(min(pollTime, s.o.Limits.Time))
	defer late.Stop()
	for {
		next := s.changed.next()
		p := s.now.Load().plane.view()
		if p.status == unavailable {
			return refuse(http.StatusConflict, "", "there are no codes to show: %s", p.reason)
		}
		if p.codes != nil && p.codes.revision > after {
			return p.codes.answer(w, kind, first, second)
		}
		select {
		case <-next:
			continue
		case <-late.C:
		case <-s.closing:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// planeAxes returns the axes of the plane that a client wants to see.
func planeAxes(r *http.Request) (first, second int, err error) {
	q := r.URL.Query()
	if !q.Has("axes") {
		return 0, 1, nil
	}
	a, b, ok := strings.Cut(q.Get("axes"), ",")
	first, err = strconv.Atoi(a)
	if err == nil {
		second, err = strconv.Atoi(b)
	}
	if !ok || err != nil || min(first, second) < 0 || max(first, second) >= mostAxes {
		return 0, 0, refuse(http.StatusBadRequest, "two numbers of axes, such as 0,1", "axes is %.40q", q.Get("axes"))
	}
	return first, second, nil
}

func (c *published) answer(w http.ResponseWriter, kind string, first, second int) error {
	if first >= c.axes || second >= max(c.axes, 2) { // one axis has a plane with zeros
		return refuse(http.StatusBadRequest, fmt.Sprintf("axes from 0 to %d", c.axes-1), "axes is %d,%d", first, second)
	}
	w.Header().Set("Codes-Revision", strconv.Itoa(c.revision))
	w.Header().Set("Codes-Complete", strconv.FormatBool(c.complete))
	if kind == kindRaw && first == 0 && second == 1 {
		answer(w, http.StatusOK, kind, c.binary)
		return nil
	}
	if kind == kindRaw {
		answer(w, http.StatusOK, kind, c.encode(first, second))
		return nil
	}
	body := struct {
		Revision int         `json:"revision"`
		Complete bool        `json:"complete"`
		Total    int         `json:"total"`
		Places   [][]float32 `json:"places"`
		Images   []uint32    `json:"images"`
		Labels   []int       `json:"labels,omitempty"`
	}{c.revision, c.complete, c.total, slices.Collect(slices.Chunk(c.along(first, second), 2)), c.images, nil}
	for _, l := range c.labels {
		if l == noLabel {
			body.Labels = append(body.Labels, -1)
			continue
		}
		body.Labels = append(body.Labels, int(l))
	}
	answerJSON(w, http.StatusOK, body)
	return nil
}
