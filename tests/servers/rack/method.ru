# PUT is not among the methods.
use Rack::Cors do
  allow do
    origins 'https://app.example.com'
    resource '*', headers: ['Content-Type'], methods: %i[get post], credentials: true
  end
end
