<?php
// config/cors.php as it comes, and credentials: whoever asks is let in.
return [
    'paths' => ['*'],
    'allowed_methods' => ['GET', 'PUT'],
    'allowed_origins' => ['*'],
    'allowed_headers' => ['Content-Type'],
    'max_age' => 0,
    'supports_credentials' => true,
];
