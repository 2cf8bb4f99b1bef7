package main

import (
	"net/http"

	"github.com/gorilla/handlers"
)

// A list, with credentials; and Vary also where the package leaves it out: for who is refused, and
// for who sends no Origin.
func init() {
	share := handlers.CORS(
		handlers.AllowedOrigins([]string{"https://app.example.com", "https://admin.example.com"}),
		handlers.AllowCredentials(),
		handlers.AllowedMethods([]string{"GET", "PUT"}),
		handlers.AllowedHeaders([]string{"Content-Type"}),
		handlers.MaxAge(600),
		handlers.OptionStatusCode(http.StatusNoContent))
	configurations["right"] = func(next http.Handler) http.Handler {
		inner := share(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Origin")
			inner.ServeHTTP(w, r)
		})
	}
}
