package main

import "github.com/gorilla/handlers"

// A list, and nothing more about Vary: the package says it only to who is let in by a list of several.
func init() {
	configurations["list"] = handlers.CORS(
		handlers.AllowedOrigins([]string{"https://app.example.com", "https://admin.example.com"}),
		handlers.AllowCredentials(),
		handlers.AllowedMethods([]string{"GET", "PUT"}),
		handlers.AllowedHeaders([]string{"Content-Type"}))
}
