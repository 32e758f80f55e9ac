package serve

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pkg/errors"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/images"
	"github.com/gorgonae/gorgonae/run"
)

// mostWeights bounds the decoder of a file that a client sends: 64 MB.
const mostWeights = 1 << 24

// compress answers with a compressed file of the images in the body.
func (s *Server) compress(w http.ResponseWriter, r *http.Request) error {
	if _, err := accepted(r, kindGAE, kindRaw); err != nil {
		return err
	}
	lambda, err := positive(r, "lambda", mostLambda)
	if err != nil {
		return err
	}
	external, err := yes(r, "external", false)
	if err != nil {
		return err
	}
	return s.withPictures(w, r, func(ctx context.Context, st *state, all []picture) error {
		s.want(st)
		m, err := st.codec.must()
		if err != nil {
			return err
		}
		if lambda > 0 {
			if err := refinable(m); err != nil {
				return err
			}
		}
		o := codec.Options{NameModel: external, Measure: true, Meta: st.metadata()}
		if lambda > 0 {
			own := *m
			own.Lambda = lambda
			m, o.Effort = &own, refining
			o.Meta["effort"], o.Meta["lambda"] = strconv.Itoa(refining), strconv.FormatFloat(lambda, 'g', -1, 64)
		}
		file, info, err := pack(ctx, m, o, all)
		if err != nil {
			return err
		}
		s.metrics.encoded.Add(int64(len(all)))
		return answerCompressed(w, file, info)
	})
}

// metadata returns what a file says of its origin, as those of the command do.
func (s *state) metadata() map[string]string {
	meta := map[string]string{}
	for key, value := range map[string]string{"architecture": s.model.Architecture(), "trained on": s.model.TrainedOn.Name} {
		if value != "" {
			meta[key] = value
		}
	}
	return meta
}

// pack writes a compressed file.
func pack(ctx context.Context, m *codec.Model, o codec.Options, all []picture) ([]byte, codec.Info, error) {
	var file bytes.Buffer
	w, err := codec.NewWriter(&file, m, o)
	if err != nil {
		return nil, codec.Info{}, err
	}
	for _, p := range all {
		if p.size != m.Size {
			return nil, codec.Info{}, refuse(http.StatusUnprocessableEntity, "fit=crop, pad or scale, which brings pictures to the size of the model", "want images of %v, got %v", m.Size, p.size)
		}
		if err := w.Write(ctx, images.ToBytes(p.x), nameOf(p.name), -1); err != nil {
			return nil, codec.Info{}, err
		}
	}
	err = w.Close(ctx)
	return file.Bytes(), w.Info(), err
}

// nameOf returns the name of an image in a file: what a client calls it, if it can be a name there.
func nameOf(name string) string {
	name = path.Base(path.Clean("/" + filepath.ToSlash(name)))
	if len(name) > 255 || name == "/" || strings.ContainsRune(name, 0) || !filepath.IsLocal(name) {
		return ""
	}
	return name
}

func answerCompressed(w http.ResponseWriter, file []byte, info codec.Info) error {
	text, err := json.Marshal(map[string]any{"images": info.Images, "bytes": info.Bytes.Total, "decoder_bytes": info.Bytes.Decoder,
		"bits_per_image": info.BitsPerImage(), "squared_error": info.SquaredError()})
	if err != nil {
		return err
	}
	w.Header().Set("Gae-Info", string(text))
	w.Header().Set("Content-Disposition", `attachment; filename="images.gae"`)
	answer(w, http.StatusOK, kindGAE, file)
	return nil
}

// decompress answers with the images of the compressed file in the body.
func (s *Server) decompress(w http.ResponseWriter, r *http.Request) error {
	kind, err := accepted(r, kindZIP, kindNPY)
	if err != nil {
		return err
	}
	body, done, err := s.body(w, r)
	if err != nil {
		return err
	}
	defer done()
	st := s.now.Load()
	m, _, _ := st.codec.now()
	return s.computing(r.Context(), func(ctx context.Context) error {
		f, err := codec.Open(bytes.NewReader(body), int64(len(body)), codec.ReadOptions{Model: m, Decoder: st.model.Decoder, MaxWeights: mostWeights})
		if err != nil {
			return unreadable(ctx, err)
		}
		if f.Damage() != nil {
			return unreadable(ctx, f.Damage())
		}
		n := f.Size().Numbers()
		if most := 4 * s.o.Limits.Numbers / n; f.Len() > most {
			return refuse(http.StatusRequestEntityTooLarge, "", "want a file of at most %d images of %v, got %d: gorgonae decompress takes any number", most, f.Size(), f.Len())
		}
		if f.Len() == 0 {
			return refuse(http.StatusUnprocessableEntity, "a file that /api/compress or gorgonae compress has made", "want a file with an image, got one without")
		}
		room := int64(f.Len()) * int64(n) / 4 // a byte a number, where decoding a picture takes some
		if room > s.pixels.most {
			return refuse(http.StatusRequestEntityTooLarge, "gorgonae decompress, which takes any number", "want a file of images of together at most %d numbers, got %d of %v", 4*s.pixels.most, f.Len(), f.Size())
		}
		if !s.pixels.take(room) {
			return busy("the pictures of other requests fill the memory for them")
		}
		defer s.pixels.give(room)
		file, err := unpacked(ctx, f, kind)
		if err != nil {
			return unreadable(ctx, err)
		}
		s.metrics.decoded.Add(int64(f.Len()))
		w.Header().Set("Content-Disposition", `attachment; filename="images`+map[string]string{kindZIP: ".zip", kindNPY: ".npy"}[kind]+`"`)
		answer(w, http.StatusOK, kind, file)
		return nil
	})
}

// unreadable returns the fault of a file that cannot be read.
func unreadable(ctx context.Context, err error) error {
	var missing *codec.ModelMissingError
	switch {
	case ctx.Err() != nil:
		return err
	case errors.As(err, &missing):
		return refuse(http.StatusUnprocessableEntity, "a file that holds its model, or was compressed here", "%v", err)
	}
	return refuseWith(http.StatusUnprocessableEntity, err)
}

// unpacked returns the images of a file as an archive of PNG files or as a NumPy array.
func unpacked(ctx context.Context, f *codec.File, kind string) ([]byte, error) {
	var b bytes.Buffer
	if kind == kindNPY {
		err := run.StreamImages(&b, f.Size(), f.Len(), func(w io.Writer) error {
			return eachChunk(ctx, f, func(c *codec.Chunk) error {
				_, err := w.Write(c.Pixels)
				return err
			})
		})
		return b.Bytes(), err
	}
	z, taken := zip.NewWriter(&b), map[string]bool{}
	err := eachChunk(ctx, f, func(c *codec.Chunk) error {
		n := f.Size().Numbers()
		for i := range c.Len {
			w, err := z.CreateHeader(&zip.FileHeader{Name: fileName(c, i, taken), Method: zip.Store}) // PNG is packed already
			if err != nil {
				return err
			}
			m, err := images.Picture(f.Size(), c.Pixels[i*n:][:n])
			if err != nil {
				return err
			}
			if err := encoder.Encode(w, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

func eachChunk(ctx context.Context, f *codec.File, use func(c *codec.Chunk) error) error {
	for k := range f.Chunks() {
		c, err := f.Chunk(ctx, k)
		if err != nil {
			return err
		}
		if err := use(c); err != nil {
			return err
		}
	}
	return nil
}

// fileName returns the name of an image in the archive: its own, if it is one that unpacks into the folder and
// that no other has, else its number.
func fileName(c *codec.Chunk, i int, taken map[string]bool) string {
	number := fmt.Sprintf("%05d.png", c.First+i)
	name := ""
	if c.Names != nil {
		name = c.Names[i]
	}
	if !strings.EqualFold(path.Ext(name), ".png") {
		name += ".png"
	}
	if name == ".png" || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\\:\x00") || taken[strings.ToLower(name)] {
		name = number
	}
	for taken[strings.ToLower(name)] {
		name = "_" + name
	}
	taken[strings.ToLower(name)] = true
	return name
}
