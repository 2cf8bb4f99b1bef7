# Before everything else, so that nothing answers before it.
config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins 'https://app.example.com', 'https://admin.example.com'
    resource '*', headers: ['Content-Type'], methods: %i[get put], credentials: true, max_age: 600
  end
end
