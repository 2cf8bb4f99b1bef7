<?php
// config/cors.php: a list, with credentials, for every path.
return [
    'paths' => ['*'],
    'allowed_methods' => ['GET', 'PUT'],
    'allowed_origins' => ['https://app.example.com', 'https://admin.example.com'],
    'allowed_headers' => ['Content-Type'],
    'max_age' => 600,
    'supports_credentials' => true,
];
