package pixmap

// Config is what the header of a picture states.
type Config struct {
	Format        string
	Height, Width int // of the upright picture
}

// DecodeConfig returns what Decode knows of a picture before it decodes the pixels.
func DecodeConfig(data []byte) (Config, error) {
	f, err := find(data)
	if err != nil {
		return Config{}, err
	}
	h, w, err := f.size(data)
	if err != nil {
		return Config{}, err
	}
	if f.orient(data) >= 5 {
		h, w = w, h
	}
	return Config{f.name, h, w}, nil
}
