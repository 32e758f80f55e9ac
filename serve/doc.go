// Package serve shows a run in a browser: a page with the latent plane, and the HTTP API under it.
// openapi.json describes the API; the server hands it out as /api/openapi.json.
package serve
