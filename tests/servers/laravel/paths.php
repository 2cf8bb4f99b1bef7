<?php
// config/cors.php for other paths than the page asks for.
return [
    'paths' => ['api/*'],
    'allowed_methods' => ['GET', 'PUT'],
    'allowed_origins' => ['https://app.example.com'],
    'allowed_headers' => ['Content-Type'],
    'max_age' => 600,
    'supports_credentials' => true,
];
