package main

import "strings"

func validate(origin string) (string, bool) {
	println("not an answer")
	switch origin {
	case "crash":
		panic("no such origin")
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
