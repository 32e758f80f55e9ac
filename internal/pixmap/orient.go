package pixmap

import "encoding/binary"

// turn turns a picture upright. orientation is that of EXIF (CIPA DC-008, tag 274): 1 is upright; 2 is
// mirrored; 3 is upside down; 4 is both; 5 to 8 have rows and columns exchanged too.
func (m *Image) turn(orientation int) {
	if orientation < 2 || orientation > 8 {
		return
	}
	h, w := m.Height, m.Width
	if orientation >= 5 {
		h, w = w, h
	}
	m.Bytes = turned(m.Bytes, m, orientation, h, w)
	m.Deep = turned(m.Deep, m, orientation, h, w)
	m.Height, m.Width = h, w
}

func turned[T byte | uint16](x []T, m *Image, orientation, h, w int) []T {
	if x == nil {
		return nil
	}
	y := make([]T, 0, len(x))
	for i := range h {
		for j := range w {
			r, q := i, j // where the pixel is stored
			switch orientation {
			case 2:
				q = w - 1 - j
			case 3:
				r, q = h-1-i, w-1-j
			case 4:
				r = h - 1 - i
			case 5:
				r, q = j, i
			case 6:
				r, q = w-1-j, i
			case 7:
				r, q = w-1-j, h-1-i
			case 8:
				r, q = j, h-1-i
			}
			y = append(y, x[(r*m.Width+q)*m.Channels:][:m.Channels]...)
		}
	}
	return y
}

// orientationOf returns the orientation in the first directory of TIFF data, which EXIF data are, or 1.
// The standard has a number of 16 bits there. Some programs write one of 32, and viewers take it.
func orientationOf(tiff []byte) int {
	for _, e := range directory(tiff) {
		if e.tag == 274 && (e.kind == 3 || e.kind == 4) && e.count == 1 && e.value >= 1 && e.value <= 8 {
			return int(e.value)
		}
	}
	return 1
}

// entry is a field of a TIFF directory. value is that of the first number if it is stored in the field, and at
// is where it is stored.
type entry struct {
	tag, kind    uint16
	count, value uint32
	at           int
}

// directory returns the fields of the first directory of TIFF data, or nil if they are damaged.
func directory(data []byte) (entries []entry) {
	entries, _ = directoryAndNext(data)
	return entries
}

// orderTIFF returns the order of bytes in TIFF data, or nil for other data.
func orderTIFF(data []byte) binary.ByteOrder {
	switch {
	case begins("II*\x00")(data):
		return binary.LittleEndian
	case begins("MM\x00*")(data):
		return binary.BigEndian
	}
	return nil
}

// directoryAndNext also reports whether another directory follows.
func directoryAndNext(data []byte) (entries []entry, next bool) {
	order := orderTIFF(data)
	if order == nil || len(data) < 8 {
		return nil, false
	}
	at := int64(order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return nil, false
	}
	n := int64(order.Uint16(data[at:]))
	for k := range n {
		from := at + 2 + 12*k
		if from+12 > int64(len(data)) {
			return entries, false
		}
		b := data[from:][:12]
		e := entry{order.Uint16(b), order.Uint16(b[2:]), order.Uint32(b[4:]), order.Uint32(b[8:]), int(from) + 8}
		if e.kind == 3 { // 16 bits
			e.value = uint32(order.Uint16(b[8:]))
		}
		entries = append(entries, e)
	}
	end := at + 2 + 12*n
	return entries, end+4 <= int64(len(data)) && order.Uint32(data[end:]) != 0
}

// orientationJPEG finds the orientation in the EXIF data of a JPEG file.
func orientationJPEG(data []byte) int {
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker := data[at+1]
		if marker == 0xff { // a fill byte
			at++
			continue
		}
		if marker == 0xda || marker == 0xd9 { // the pixels begin, or the file ends
			return 1
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			return 1
		}
		segment := data[at+4 : at+2+n]
		if marker == 0xe1 && begins("Exif\x00\x00")(segment) {
			return orientationOf(segment[6:])
		}
		at += 2 + n
	}
	return 1
}

// orientationWebP finds the orientation in the EXIF chunk of a WebP file.
func orientationWebP(data []byte) int {
	for at := 12; at+8 <= len(data); {
		n := int64(binary.LittleEndian.Uint32(data[at+4:]))
		end := int64(at) + 8 + n
		if end > int64(len(data)) {
			return 1
		}
		if string(data[at:at+4]) == "EXIF" {
			chunk := data[at+8 : end]
			if begins("Exif\x00\x00")(chunk) {
				chunk = chunk[6:]
			}
			return orientationOf(chunk)
		}
		at = int(end + n%2)
	}
	return 1
}
