# The rule is for another path than the one that the page asks for.
config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins 'https://app.example.com'
    resource '/api/*', headers: ['Content-Type'], methods: %i[get put], credentials: true
  end
end
