package main

import "github.com/gorilla/handlers"

// Without a list everybody is let in by the wildcard, which says nothing to a page with
// credentials.
func init() {
	configurations["wildcard-credentials"] = handlers.CORS(
		handlers.AllowCredentials(),
		handlers.AllowedMethods([]string{"GET", "PUT"}),
		handlers.AllowedHeaders([]string{"Content-Type"}))
}
