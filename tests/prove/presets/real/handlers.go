// handlers PRESET [--credentials] STRING...: the Go middlewares of Debian 12 around a handler that
// answers 200, asked through httptest. Built by build.sh together with fuzz/adapters/go.go, which
// speaks the protocol.
package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	restful "github.com/emicklei/go-restful/v3"
	"github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"
	chi "github.com/go-chi/cors"
	"github.com/gorilla/handlers"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	rs "github.com/rs/cors"
)

var handler = configured(os.Args[1:])

func configured(arguments []string) http.Handler {
	preset, credentials, origins := arguments[0], false, []string{}
	for _, argument := range arguments[1:] {
		if argument == "--credentials" {
			credentials = true
		} else {
			origins = append(origins, argument)
		}
	}
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {})
	switch strings.SplitN(preset, "-", 2)[0] {
	case "rs":
		return rs.New(rs.Options{AllowedOrigins: origins, AllowCredentials: credentials}).Handler(ok)
	case "chi":
		return chi.New(chi.Options{AllowedOrigins: origins, AllowCredentials: credentials}).Handler(ok)
	case "gorilla":
		options := []handlers.CORSOption{handlers.AllowedOrigins(origins)}
		if credentials {
			options = append(options, handlers.AllowCredentials())
		}
		return handlers.CORS(options...)(ok)
	case "gin":
		gin.SetMode(gin.ReleaseMode)
		engine, config := gin.New(), cors.DefaultConfig()
		config.AllowOrigins, config.AllowCredentials = origins, credentials
		config.AllowWildcard = preset == "gin"
		engine.Use(cors.New(config))
		engine.GET("/", func(*gin.Context) {})
		return engine
	case "echo":
		server := echo.New()
		server.Use(middleware.CORSWithConfig(middleware.CORSConfig{
			AllowOrigins: origins, AllowCredentials: credentials}))
		server.GET("/", func(c echo.Context) error { return c.NoContent(200) })
		return server
	case "go": // go-restful
		container, service := restful.NewContainer(), new(restful.WebService)
		sharing := restful.CrossOriginResourceSharing{AllowedDomains: origins,
			CookiesAllowed: credentials, Container: container}
		container.Filter(sharing.Filter)
		service.Route(service.GET("/").To(func(*restful.Request, *restful.Response) {}))
		return container.Add(service)
	}
	panic("no such preset: " + preset)
}

func validate(origin string) (string, bool) {
	request, recorder := httptest.NewRequest("GET", "http://api.test/", nil), httptest.NewRecorder()
	request.Header.Set("Origin", origin)
	handler.ServeHTTP(recorder, request)
	header := recorder.Result().Header
	credentials := header.Get("Access-Control-Allow-Credentials") == "true"
	return header.Get("Access-Control-Allow-Origin"), credentials
}
