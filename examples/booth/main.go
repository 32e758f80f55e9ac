// Command booth is a photo booth of a kind: it stores each image that is sent to it, and answers how
// many bytes all of them take. Each image is a file of its own that names the model, so it has some
// hundred bytes. The model is that of a compressed file:
//
//	gorgonae train --model codec --data handwriting --epochs 40 --out runs/codec
//	gorgonae compress runs/codec handwriting --out model.gae
//	go run ./examples/booth runs/codec model.gae photos/
//	curl --data-binary @digit.png localhost:8080
//	gorgonae decompress photos/1.gae --model model.gae --out out/
package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png" // for image.Decode
	"log"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/gorgonae/gorgonae/codec"
	"github.com/gorgonae/gorgonae/run"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatalf("want a run, a compressed file with its model, and a folder for photos, got %d arguments", len(os.Args)-1)
	}
	b, err := open(os.Args[1], os.Args[2], os.Args[3])
	if err == nil {
		err = http.ListenAndServe("localhost:8080", b)
	}
	log.Fatal(err)
}

// booth stores photos in a folder.
type booth struct {
	model *codec.Model
	dir   string

	mu            sync.Mutex
	photos, total int // total is in bytes
}

// open prepares a booth. Its folder has no photos yet, because new ones would replace them.
func open(runDir, modelFile, dir string) (*booth, error) {
	if old, _ := filepath.Glob(filepath.Join(dir, "*.gae")); len(old) > 0 {
		return nil, fmt.Errorf("want a folder without photos, got %d in %s: name another one", len(old), dir)
	}
	trained, err := run.Read(runDir) // it has the encoder, which is in no file
	if err != nil {
		return nil, err
	}
	f, err := os.Open(modelFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := codec.NewReader(f, codec.ReadOptions{Decoder: trained.Decoder})
	if err != nil {
		return nil, err
	}
	model, err := codec.Reuse(r.Model(), trained.Autoencoder)
	return &booth{model: model, dir: dir}, err
}

func (b *booth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	photo, _, err := image.Decode(r.Body)
	var file bytes.Buffer
	if err == nil {
		err = codec.Encode(&file, photo, b.model, codec.Options{NameModel: true})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path := filepath.Join(b.dir, fmt.Sprintf("%d.gae", b.photos+1))
	if err := os.WriteFile(path, file.Bytes(), 0o666); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	b.photos, b.total = b.photos+1, b.total+file.Len()
	fmt.Fprintf(w, "%s: %d bytes; %d photos have %d bytes\n", path, file.Len(), b.photos, b.total)
}
