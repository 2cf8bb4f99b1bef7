<?php
// The application that runs behind each configuration (auto_append_file), unless that ended by
// exit.
$answers = ['GET /me' => [200, '{"user":"me"}'], 'PUT /me' => [200, '{"saved":true}'],
            'GET /error' => [500, '{"error":"no database"}']];
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
[$status, $body] = $answers["{$_SERVER['REQUEST_METHOD']} $path"]
    ?? [404, '{"error":"no such thing"}'];
http_response_code($status);
header('Content-Type: application/json');
echo $body;
