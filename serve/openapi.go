package serve

import _ "embed"

// openapi describes the API for programs, and for who writes them. A test compares it with the routes.
//
//go:embed openapi.json
var openapi []byte
