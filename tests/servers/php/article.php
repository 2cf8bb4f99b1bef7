<?php
// The recipe: compare exactly, answer OPTIONS with 204. Caches are not told that it depends on who
// asks.
// cors: begin
if (($_SERVER['HTTP_ORIGIN'] ?? '') === 'https://app.example.com') {
    header('Access-Control-Allow-Origin: https://app.example.com');
    header('Access-Control-Allow-Credentials: true');
    header('Access-Control-Allow-Methods: GET, PUT');
    header('Access-Control-Allow-Headers: Content-Type');
}
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}
// cors: end
