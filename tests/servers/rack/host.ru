# A host without a scheme stands for both schemes.
use Rack::Cors do
  allow do
    origins 'app.example.com'
    resource '*', headers: ['Content-Type'], methods: %i[get put], credentials: true
  end
end
