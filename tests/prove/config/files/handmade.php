<html>it's text: $origin === 'https://text.example'</html>
<?php
$origin = $_SERVER['HTTP_ORIGIN'] ?? '';
$known = array('https://a.example.com', 'https://b.example.com');

function decide($origin, $known) {
    if (in_array($origin, $known, true)) {
        header("Access-Control-Allow-Origin: $origin");
    } elseif (preg_match('~^https://[a-z]+\.example\.com~', $origin)) {
        header('Access-Control-Allow-Origin: ' . $origin);
    } elseif (strpos($origin, 'https://c.example.com') === 0) {
        header("Access-Control-Allow-Origin: {$origin}");
    } elseif (strpos($origin, "https://d.example.com") == 0) {
        header("Access-Control-Allow-Origin: {$origin}");
    } elseif (strpos($origin, 'e.example') !== false || str_ends_with($origin, '.example.org')) {
        header("Access-Control-Allow-Origin: {$origin}");
    }
    header('Access-Control-Allow-Credentials: true');
}

function reflect() {
    header("Access-Control-Allow-Origin: {$_SERVER['HTTP_ORIGIN']}");
}

function open() {
    header('Access-Control-Allow-Origin: *');
}
?>
<p>it's over</p>
