// serve NAME=PORT...: gorilla/handlers in each of the configurations of this folder, around the
// same routes, on its port of 127.0.0.1.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

var configurations = map[string]func(http.Handler) http.Handler{}

func application(w http.ResponseWriter, r *http.Request) {
	status, body := http.StatusNotFound, `{"error":"no such thing"}`
	switch r.Method + " " + r.URL.Path {
	case "GET /me":
		status, body = http.StatusOK, `{"user":"me"}`
	case "PUT /me":
		status, body = http.StatusOK, `{"saved":true}`
	case "GET /error":
		status, body = http.StatusInternalServerError, `{"error":"no database"}`
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func main() {
	for _, pair := range os.Args[1:] {
		parts := strings.SplitN(pair, "=", 2)
		handler := configurations[parts[0]](http.HandlerFunc(application))
		go func() { log.Fatal(http.ListenAndServe("127.0.0.1:"+parts[1], handler)) }()
	}
	select {}
}
