<?php
// Two origins in one header: there is no such list.
// cors: begin
header('Access-Control-Allow-Origin: https://app.example.com, https://admin.example.com');
header('Access-Control-Allow-Methods: GET, PUT');
header('Access-Control-Allow-Headers: Content-Type');
if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
    http_response_code(204);
    exit;
}
// cors: end
