# ruby serve.rb FILE=PORT: a Rails application of one file, configured by another, in WEBrick on a
# port of 127.0.0.1. Rails knows one application in a process.
require 'rails'
require 'action_controller/railtie'
require 'rack/cors'
require 'rack/handler/webrick'

FILE, _, PORT = ARGV.fetch(0).rpartition('=')

class MeController < ActionController::API
  def read
    render json: { user: 'me' }
  end

  def save
    render json: { saved: true }
  end

  def error
    raise 'no database'
  end
end

class Api < Rails::Application
  config.root = Dir.pwd
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = 'for a test'
  config.hosts.clear
  config.logger = Logger.new(nil)
  class_eval(File.read(FILE), FILE)
  routes.append do
    get '/me', to: 'me#read'
    put '/me', to: 'me#save'
    get '/error', to: 'me#error'
  end
end

Api.initialize!
Rack::Handler::WEBrick.run(Api, Host: '127.0.0.1', Port: PORT.to_i, AccessLog: [],
                                Logger: WEBrick::Log.new(File::NULL))
