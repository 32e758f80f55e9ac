package pixmap

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pkg/errors"
)

// headerPNM is the header of a PNM file (netpbm.sourceforge.net/doc/pnm.html): P1 to P3 hold numbers as
// text, P4 to P6 as bytes; P1 and P4 are black and white, P2 and P5 grey, P3 and P6 colour. P7 is PAM,
// with any number of channels.
type headerPNM struct {
	kind          byte // '1' to '7'
	height, width int
	channels      int
	most          int // the number that is white
	body          []byte
}

func isPNM(head []byte) bool {
	return len(head) >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' && (isSpace(head[2]) || head[2] == '#')
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

func readPNM(data []byte) (h headerPNM, err error) {
	h.kind = data[1]
	if h.kind == '7' {
		return readPAM(data)
	}
	h.channels = 1 + 2*int((h.kind-'1')%3/2)
	fields := []*int{&h.width, &h.height, &h.most}
	if h.most = 1; h.kind == '1' || h.kind == '4' {
		fields = fields[:2]
	}
	rest := data[2:]
	for _, f := range fields {
		text := ""
		text, rest = tokenPNM(rest)
		if *f, err = strconv.Atoi(text); err != nil {
			return h, errors.Errorf("want whole numbers in the header, got %.20q", text)
		}
	}
	if len(rest) > 0 { // one space ends the header
		rest = rest[1:]
	}
	h.body = rest
	return h, h.check()
}

// tokenPNM returns the next word and what follows it. A comment goes from # to the end of its line.
func tokenPNM(data []byte) (word string, rest []byte) {
	for len(data) > 0 && (isSpace(data[0]) || data[0] == '#') {
		if data[0] == '#' {
			for len(data) > 0 && data[0] != '\n' && data[0] != '\r' {
				data = data[1:]
			}
			continue
		}
		data = data[1:]
	}
	n := 0
	for n < len(data) && n < 64 && !isSpace(data[n]) && data[n] != '#' {
		n++
	}
	return string(data[:n]), data[n:]
}

// readPAM reads the header of a PAM file: lines of a name and a number.
func readPAM(data []byte) (h headerPNM, err error) {
	h.kind = '7'
	rest := string(data[2:min(len(data), 1<<16)])
	size := len(rest)
	for {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return h, errors.New("want a header that ends in ENDHDR, got one without")
		}
		rest = after
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "ENDHDR" {
			h.body = data[2+size-len(rest):]
			return h, h.check()
		}
		if to := map[string]*int{"WIDTH": &h.width, "HEIGHT": &h.height, "DEPTH": &h.channels, "MAXVAL": &h.most}[name]; to != nil {
			if *to, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return h, errors.Errorf("want a whole number as %s, got %.20q", name, value)
			}
		}
	}
}

func (h headerPNM) check() error {
	switch {
	case h.height < 1 || h.width < 1 || h.height > maxPixels || h.width > maxPixels || h.height > maxPixels/h.width:
		return nil // refused by the caller
	case h.most < 1 || h.most > 65535 || h.channels < 1 || h.channels > 4:
		return errors.Errorf("want 1 to 4 channels and a largest number from 1 to 65535, got %d and %d", h.channels, h.most)
	}
	need := h.height * h.width * h.channels
	switch {
	case h.kind == '4':
		need = h.height * ((h.width + 7) / 8)
	case h.kind == '2' || h.kind == '3':
		need = 2*need - 1 // a digit and a space
	case h.kind >= '5' && h.most > 255:
		need *= 2
	}
	if len(h.body) < need {
		return errors.Errorf("want at least %d bytes of pixels, as its header states, got %d", need, len(h.body))
	}
	return nil
}

func configPNM(data []byte) (height, width int, err error) {
	h, err := readPNM(data)
	return h.height, h.width, err
}

func decodePNM(data []byte) (*Image, error) {
	h, err := readPNM(data)
	if err != nil {
		return nil, err
	}
	m := &Image{Height: h.height, Width: h.width, Channels: h.channels}
	next := h.reader()
	n := h.height * h.width * h.channels
	whole := 255
	if h.most > 255 {
		whole = 65535
	}
	switch {
	case whole == 65535:
		m.Deep = make([]uint16, 0, n)
	case h.most == 255 && h.kind >= '5':
		m.Bytes = bytes.Clone(h.body[:n])
		return m, nil
	default:
		m.reserve()
	}
	for i := range n {
		v, err := next(i)
		if err != nil {
			return nil, err
		}
		if v > h.most {
			return nil, errors.Errorf("want numbers up to %d, as its header states, got %d", h.most, v)
		}
		v = (v*whole + h.most/2) / h.most
		if whole == 255 {
			m.Bytes = append(m.Bytes, byte(v))
		} else {
			m.Deep = append(m.Deep, uint16(v))
		}
	}
	return m, nil
}

// reader returns a function that returns number i, when it is called for all numbers in order.
func (h headerPNM) reader() func(i int) (int, error) {
	body := h.body
	switch h.kind {
	case '1': // digits, perhaps without spaces; 1 is black
		return func(int) (int, error) {
			for len(body) > 0 && body[0] != '0' && body[0] != '1' {
				if body[0] == '#' {
					_, body = tokenPNM(body)
					continue
				}
				if !isSpace(body[0]) {
					return 0, errors.Errorf("want 0 and 1, got %q", body[0])
				}
				body = body[1:]
			}
			if len(body) == 0 {
				return 0, errors.New("want all pixels, got fewer")
			}
			v := 1 - int(body[0]-'0')
			body = body[1:]
			return v, nil
		}
	case '2', '3':
		return func(int) (int, error) {
			text := ""
			text, body = tokenPNM(body)
			v, err := strconv.ParseUint(text, 10, 16)
			if err != nil {
				return 0, errors.Errorf("want whole numbers, got %.20q", text)
			}
			return int(v), nil
		}
	case '4':
		row := (h.width + 7) / 8
		return func(i int) (int, error) {
			y, x := i/h.width, i%h.width
			return 1 - int(body[y*row+x/8]>>(7-x%8)&1), nil
		}
	}
	if h.most > 255 {
		return func(i int) (int, error) { return int(body[2*i])<<8 | int(body[2*i+1]), nil }
	}
	return func(i int) (int, error) { return int(body[i]), nil }
}
