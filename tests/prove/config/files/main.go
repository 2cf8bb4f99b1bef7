package main

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-contrib/cors"
	rscors "github.com/rs/cors"
)

var known = []string{"https://a.example.com", `https://b.example.com`}
var pattern = regexp.MustCompile(`^https://[a-z]+\.example\.com`)

func options() {
	_ = rscors.Options{
		AllowedOrigins:   []string{"https://shop.example.com", "https://*.example.com"},
		AllowCredentials: true,
	}
	_ = rscors.Options{AllowOriginFunc: func(origin string) bool { return strings.HasSuffix(origin, ".example.org") }}
	_ = cors.Config{
		AllowOrigins:  []string{"https://*.example.net", "/^https://x[.]example[.]net$/"},
		AllowWildcard: true,
	}
	_ = cors.Config{AllowOrigins: known}
	_ = cors.Config{AllowAllOrigins: true}
}

func byHand(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if pattern.MatchString(origin) || strings.HasPrefix(origin, "https://c.example") {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	for _, k := range known {
		if origin == k {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
	}
}

func reflect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
}
