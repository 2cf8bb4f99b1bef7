<?php

# Laravel's config/cors.php; "don't" in a comment ends nothing.
return [
    'paths' => ['api/*'],
    'allowed_methods' => ['*'],
    'allowed_origins' => ['https://shop.example.com', 'https://*.example.org', env('FRONTEND')],
    'allowed_origins_patterns' => ['#^https://[a-z]+\.example\.com$#i', "/example\\.net/"],
    'supports_credentials' => true,
];
