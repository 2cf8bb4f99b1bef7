# Full origins, with credentials.
use Rack::Cors do
  allow do
    origins 'https://app.example.com', 'https://admin.example.com'
    resource '*', headers: ['Content-Type'], methods: %i[get put], credentials: true, max_age: 600
  end
end
