package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

const healthPath = "/healthz"

// route is a path of the API.
type route struct {
	method, path string
	handle       func(s *Server, w http.ResponseWriter, r *http.Request) error
	streams      bool // it lasts as long as the client wants
}

// routes are the paths of the API; openapi.json describes them.
var routes = []route{
	{http.MethodGet, healthPath, (*Server).health, false},
	{http.MethodGet, "/metrics", (*Server).showMetrics, false},
	{http.MethodGet, "/api/openapi.json", (*Server).showOpenAPI, false},
	{http.MethodGet, "/api/model", (*Server).showModel, false},
	{http.MethodGet, "/api/codes", (*Server).showCodes, false},
	{http.MethodGet, "/api/image/{index}", (*Server).showImage, false},
	{http.MethodGet, "/api/reconstruction/{index}", (*Server).showReconstruction, false},
	{http.MethodGet, "/api/decode", (*Server).decodeOne, false},
	{http.MethodPost, "/api/decode", (*Server).decode, false},
	{http.MethodPost, "/api/encode", (*Server).encode, false},
	{http.MethodGet, "/api/path", (*Server).showPath, false},
	{http.MethodPost, "/api/compress", (*Server).compress, false},
	{http.MethodPost, "/api/decompress", (*Server).decompress, false},
	{http.MethodGet, "/api/rate", (*Server).showRate, false},
	{http.MethodGet, "/api/history", (*Server).showHistory, false},
	{http.MethodGet, "/api/history/stream", (*Server).streamHistory, true},
}

// isAPI reports whether a path is more than a file of the page.
func isAPI(path string) bool {
	return path == healthPath || path == "/metrics" || path == "/api" || strings.HasPrefix(path, "/api/")
}

func (s *Server) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, one := range routes {
		mux.HandleFunc(one.method+" "+one.path, s.handler(one))
		methods[one.path] = append(methods[one.path], one.method)
	}
	for path, known := range methods {
		if slices.Contains(known, http.MethodGet) {
			known = append(known, http.MethodHead)
		}
		allow := strings.Join(slices.Sorted(slices.Values(known)), ", ")
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if a, ok := w.(*answering); ok {
				a.route = path
			}
			w.Header().Set("Allow", allow)
			s.answerFault(w, r, refuse(http.StatusMethodNotAllowed, allow, "%s is called with %.20q", path, r.Method))
		})
	}
	mux.HandleFunc("/", s.files)
	return mux
}

// handler answers the requests of a route within the time that a request may take.
func (s *Server) handler(one route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a, ok := w.(*answering); ok {
			a.route = one.path
		}
		if !one.streams {
			ctx, cancel := context.WithTimeout(r.Context(), s.o.Limits.Time+s.o.Limits.Receive)
			defer cancel()
			r = r.WithContext(ctx)
		}
		if err := one.handle(s, w, r); err != nil {
			s.answerFault(w, r, err)
		}
	}
}

// computing calls a function when there is a slot for it, with the time that a request may take.
func (s *Server) computing(ctx context.Context, f func(ctx context.Context) error) error {
	if err := s.slots.take(ctx); err != nil {
		return err
	}
	defer s.slots.give()
	ctx, cancel := context.WithTimeout(ctx, s.o.Limits.Time)
	defer cancel()
	return ended(ctx, f(ctx))
}

// files answers with a file of the page.
func (s *Server) files(w http.ResponseWriter, r *http.Request) {
	if isAPI(r.URL.Path) || s.o.Page == nil {
		s.answerFault(w, r, refuse(http.StatusNotFound, "one of the paths in /api/openapi.json", "there is nothing at %.80q", r.URL.Path))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.answerFault(w, r, refuse(http.StatusMethodNotAllowed, "GET, HEAD", "a file is called with %.20q", r.Method))
		return
	}
	if a, ok := w.(*answering); ok {
		a.route = "page"
	}
	w.Header().Set("Cache-Control", "no-cache") // another version of the program may answer at this address tomorrow
	http.FileServerFS(s.o.Page).ServeHTTP(w, r)
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	return nil
}

func (s *Server) showMetrics(w http.ResponseWriter, _ *http.Request) error {
	var b strings.Builder
	s.metrics.write(&b, s.o.Version)
	answer(w, http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", []byte(b.String()))
	return nil
}

func (s *Server) showOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	answer(w, http.StatusOK, kindJSON, openapi)
	return nil
}
