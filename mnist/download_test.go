package mnist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/errors"
)

// smallFiles returns four small files as sources, and each packed file by its path on a server.
func smallFiles(t *testing.T) ([4]source, map[string][]byte) {
	t.Helper()
	files, served := mnist().files, map[string][]byte{}
	for i := range files {
		n := 5 - i/2*2 // 5 to train on, 3 to test with
		content := idxFile(n)
		if files[i].axes == 3 {
			content = idxFile(n, 4, 6)
		}
		file := pack(t, content)
		packed, unpacked := sha256.Sum256(file), sha256.Sum256(content)
		files[i].packed, files[i].unpacked = hex.EncodeToString(packed[:]), hex.EncodeToString(unpacked[:])
		files[i].size = int64(len(file))
		served["/"+files[i].name+".gz"] = file
	}
	return files, served
}

func serve(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

// good serves the files. If a name is given, another handler answers for the file with that name.
func good(t *testing.T, served map[string][]byte, but string, instead http.HandlerFunc) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if but != "" && strings.Contains(r.URL.Path, but) {
			instead(w, r)
		} else if file, ok := served[r.URL.Path]; ok {
			w.Write(file)
		} else {
			http.NotFound(w, r)
		}
	})
}

// hang sends half of a file, and then nothing until the client gives up.
func hang(served map[string][]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file := served[r.URL.Path]
		w.Write(file[:len(file)/2])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

func entries(t *testing.T, dir string) int {
	t.Helper()
	found, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(found)
}

func TestFetch(t *testing.T) {
	files, served := smallFiles(t)
	var total int64
	for _, s := range files {
		total += s.size
	}
	dead := serve(t, http.NotFound)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	halfway := good(t, served, "t10k-images", http.NotFound)
	stalled := good(t, served, "t10k-images", hang(served))
	for name, mirrors := range map[string][]string{
		"one mirror":             {good(t, served, "", nil)},
		"address with a slash":   {good(t, served, "", nil) + "/"},
		"first one down":         {closed.URL, dead, good(t, served, "", nil)},
		"first one lacks a file": {halfway, good(t, served, "", nil)},
		"first one stalls":       {stalled, good(t, served, "train", http.NotFound)},
	} {
		dir := filepath.Join(t.TempDir(), "new", "cache")
		var last int64
		o := Options{Mirrors: mirrors, Stall: 200 * time.Millisecond, Progress: func(mirror string, done, of int64) {
			if of != total || done < 0 || done > total {
				t.Errorf("%s: progress %d of %d, want at most %d", name, done, of, total)
			}
			last = done
		}}
		if err := fetch(t.Context(), o, dir, files); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if last != total {
			t.Errorf("%s: progress ends at %d of %d", name, last, total)
		}
		d, err := ReadFolder(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d.Train.Len() != 5 || d.Test.Len() != 3 || entries(t, dir) != 4 {
			t.Errorf("%s: %d + %d images in %d files", name, d.Train.Len(), d.Test.Len(), entries(t, dir))
		}
		o.Mirrors = []string{closed.URL}
		if err := fetch(t.Context(), o, dir, files); err != nil {
			t.Errorf("%s: fetched again although all is there: %v", name, err)
		}
	}
}

func TestFetchFails(t *testing.T) {
	files, served := smallFiles(t)
	send := func(change func(file []byte) []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Write(change(append([]byte{}, served[r.URL.Path]...))) }
	}
	for name, c := range map[string]struct {
		instead http.HandlerFunc // of the last file
		want    string
	}{
		"missing":    {http.NotFound, "404"},
		"wrong hash": {send(func(f []byte) []byte { f[len(f)/2] ^= 1; return f }), files[3].packed},
		"too short":  {send(func(f []byte) []byte { return f[1:] }), "got 34 with"},
		"too long":   {send(func(f []byte) []byte { return append(f, f...) }), "want 35 bytes"},
		"stalls":     {hang(served), "no byte was received for"},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "50")
			w.Write([]byte("short"))
		}, "EOF"},
		"never answers": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no byte was received for"},
	} {
		dir := t.TempDir()
		mirror := good(t, served, "t10k-labels", c.instead)
		err := fetch(t.Context(), Options{Mirrors: []string{mirror}, Stall: 200 * time.Millisecond}, dir, files)
		var none *Unavailable
		if !errors.As(err, &none) {
			t.Errorf("%s: error %v, want one of type *Unavailable", name, err)
		} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), mirror+"/t10k-labels") {
			t.Errorf("%s: the message lacks %q or the address: %v", name, c.want, err)
		}
		if n := entries(t, dir); n != 0 {
			t.Errorf("%s: %d files left", name, n)
		}
	}
}

// A cache may hold some of the files only, if a process was killed while it wrote them.
func TestFetchCompletes(t *testing.T) {
	files, served := smallFiles(t)
	dir := t.TempDir()
	first := files[0].name + ".gz"
	if err := os.WriteFile(filepath.Join(dir, first), served["/"+first], 0o666); err != nil {
		t.Fatal(err)
	}
	err := fetch(t.Context(), Options{Mirrors: []string{serve(t, http.NotFound)}}, dir, files)
	var none *Unavailable
	if err == nil || errors.As(err, &none) || !strings.Contains(err.Error(), "lacks "+files[1].name) {
		t.Errorf("some files are there, the others cannot be downloaded: %v", err)
	}
	mirror := good(t, served, first, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was requested", r.URL) })
	if err := fetch(t.Context(), Options{Mirrors: []string{mirror}}, dir, files); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFolder(dir); err != nil || entries(t, dir) != 4 {
		t.Errorf("completed to %d files, %v", entries(t, dir), err)
	}
}

func TestFetchInterrupted(t *testing.T) {
	files, served := smallFiles(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	mirror := good(t, served, "t10k-labels", func(w http.ResponseWriter, r *http.Request) {
		cancel()
		hang(served)(w, r)
	})
	err := fetch(ctx, Options{Mirrors: []string{mirror, mirror}}, dir, files)
	var none *Unavailable
	if !errors.Is(err, context.Canceled) || errors.As(err, &none) {
		t.Errorf("error %v, want context.Canceled and not *Unavailable", err)
	}
	if n := entries(t, dir); n != 0 {
		t.Errorf("%d files left", n)
	}
}
