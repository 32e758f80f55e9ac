package pixmap

import "encoding/binary"

// hasAllScans reports whether a JPEG file has the scans that make a whole picture. A progressive file
// makes it in several scans, from coarse to fine: one that ends between two of them is a coarser
// picture, and image/jpeg does not mind. A scan itself that is cut off is an error of image/jpeg.
func hasAllScans(data []byte) bool {
	progressive := false
	var whole [256][64]bool // by component: the coefficients whose last bit was sent
	var components []byte
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff { // within a scan
			at++
			continue
		}
		marker := data[at+1]
		if marker == 0 || marker == 0xff || marker >= 0xd0 && marker <= 0xd7 {
			at += 1 + min(int(marker^0xff), 1)
			continue
		}
		if marker == 0xd9 {
			break
		}
		n := int(binary.BigEndian.Uint16(data[at+2:]))
		if n < 2 || at+2+n > len(data) {
			break
		}
		segment := data[at+4 : at+2+n]
		switch {
		case marker == 0xc2 && len(segment) >= 6:
			progressive = true
			for k := 6; k+3 <= len(segment); k += 3 {
				components = append(components, segment[k])
			}
		case marker == 0xda && progressive && len(segment) >= 1:
			count := int(segment[0])
			if len(segment) < 4+2*count {
				return false
			}
			from, to, last := int(segment[1+2*count]), int(segment[2+2*count]), segment[3+2*count]&15 == 0
			for k := range count {
				for c := from; c <= to && c < 64 && last; c++ {
					whole[segment[1+2*k]][c] = true
				}
			}
		}
		at += 2 + n
	}
	for _, c := range components {
		for _, sent := range whole[c] {
			if !sent {
				return false
			}
		}
	}
	return true
}
