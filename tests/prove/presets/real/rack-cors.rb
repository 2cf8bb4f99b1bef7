# ruby fuzz/adapters/ruby.rb ./rack-cors.rb PRESET [--credentials] STRING...: Rack::Cors around an
# application that answers 200. rack-cors-regex gives it a Regexp instead of a string.
require 'rack'
require 'rack/cors'

credentials = ARGV.delete('--credentials') ? true : false
preset, *strings = ARGV
entries = preset == 'rack-cors-regex' ? strings.map { |s| Regexp.new(s) } : strings
MIDDLEWARE = Rack::Cors.new(->(_env) { [200, {}, []] }) do
  allow do
    origins(*entries)
    resource '*', headers: :any, methods: %i[get], credentials: credentials
  end
end

def validate(origin)
  _, headers, = MIDDLEWARE.call(Rack::MockRequest.env_for('/', 'HTTP_ORIGIN' => origin))
  [headers['Access-Control-Allow-Origin'], headers['Access-Control-Allow-Credentials'] == 'true']
end
