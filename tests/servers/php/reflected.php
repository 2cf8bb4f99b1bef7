<?php
// Whoever asks is let in, with credentials.
// cors: begin
if (isset($_SERVER['HTTP_ORIGIN'])) {
    header('Vary: Origin');
    header("Access-Control-Allow-Origin: {$_SERVER['HTTP_ORIGIN']}");
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Methods: GET, PUT');
    header('Access-Control-Allow-Headers: Content-Type');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}
// cors: end
