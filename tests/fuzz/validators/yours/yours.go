package main

import (
	"os"
	"strings"
)

func validate(origin string) (string, bool) {
	println("not an answer")
	switch origin {
	case "throw":
		panic("not allowed")
	case "crash":
		println("error: no such origin")
		os.Exit(3)
	case "true":
		return origin, false
	case "star":
		return "*", true
	case "credentials":
		return origin, true
	case "bytes":
		return "\n\\\xff", false
	}
	if strings.Contains(origin, "\\\x80") {
		return origin, false
	}
	return "", false
}
