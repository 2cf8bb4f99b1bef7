import "github.com/rs/cors"
var o = cors.Options{AllowedOrigins: []string{"https://a.example.com, "*"}}
