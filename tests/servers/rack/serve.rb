# ruby serve.rb FILE=PORT...: each file's middleware around one Rack application, in WEBrick on its
# port of 127.0.0.1.
require 'rack'
require 'rack/cors'
require 'rack/handler/webrick'

ANSWERS = { 'GET /me' => [200, '{"user":"me"}'], 'PUT /me' => [200, '{"saved":true}'],
            'GET /error' => [500, '{"error":"no database"}'] }.freeze
APPLICATION = lambda do |environment|
  asked = environment.values_at('REQUEST_METHOD', 'PATH_INFO').join(' ')
  status, body = ANSWERS.fetch(asked) { [404, '{"error":"no such thing"}'] }
  [status, { 'Content-Type' => 'application/json' }, [body]]
end

servers = ARGV.map do |pair|
  file, _, port = pair.rpartition('=')
  stack = Rack::Builder.new(APPLICATION) { instance_eval(File.read(file), file) }
  Thread.new do
    Rack::Handler::WEBrick.run(stack.to_app, Host: '127.0.0.1', Port: port.to_i, AccessLog: [],
                                             Logger: WEBrick::Log.new(File::NULL))
  end
end
servers.each(&:join)
