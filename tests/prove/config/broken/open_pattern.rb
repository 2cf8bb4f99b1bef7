use Rack::Cors do
  allow do
    origins 'https://a.example.com', %r{b\.example\.com
  end
end
