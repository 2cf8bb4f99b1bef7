package main

import "github.com/gorilla/handlers"

// The list of headers is forgotten, and JSON needs one of them.
func init() {
	configurations["headers"] = handlers.CORS(
		handlers.AllowedOrigins([]string{"https://app.example.com"}),
		handlers.AllowCredentials(),
		handlers.AllowedMethods([]string{"GET", "PUT"}))
}
