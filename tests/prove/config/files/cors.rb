# config/initializers/cors.rb
Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins 'https://shop.example.com', 'admin.example.com', /\Ahttps:\/\/[a-z]+\.example\.com\z/i
    resource '*', headers: :any, methods: [:get, :post], credentials: true
  end

  allow do
    origins %w[https://a.example.org https://b.example.org], %r{https://.*\.example\.net}
    resource '/public/*', headers: :any
  end

  allow do
    origins ENV.fetch('ORIGIN', 'https://x.example')
    resource '*', headers: :any
  end

  allow do
    origins { |source, env| source.end_with?('.example.com') }
    resource '*', headers: :any
  end
end

TEXT = <<~DOC
  it's a here-document: origins 'https://text.example'
DOC

def by_hand(request, headers)
  origin = request.headers['Origin']
  return unless origin =~ /example\.com\z/ || origin.start_with?('https://old.example')
  headers['Access-Control-Allow-Origin'] = origin
end
