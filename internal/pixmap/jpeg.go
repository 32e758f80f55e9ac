package pixmap

import (
	"bytes"
	"image"
	"image/jpeg"
)

func configJPEG(data []byte) (height, width int, err error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, err
	}
	return c.Height, c.Width, holds(data, c.Height, c.Width, 1024)
}

// decodeJPEG decodes a JPEG file, also one that lacks the marker of its end.
func decodeJPEG(data []byte) (*Image, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		end := bytes.TrimSuffix(data, []byte("\xff"))
		var other error
		if m, other = jpeg.Decode(bytes.NewReader(append(bytes.Clone(end), 0xff, 0xd9))); other != nil || !hasAllScans(data) {
			return nil, err
		}
	}
	if colours, ok := m.(*image.YCbCr); ok {
		return fromYCbCr(colours), nil
	}
	return fromImage(m)
}
