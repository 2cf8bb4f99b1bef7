<?php
// corsim fuzz --exec 'php php.php yours.php': its function `validate` is given the Origin header's value
// and returns what it would send: null or false; true, for the origin itself; a string; or an array of
// one of these and whether credentials are allowed. See ../protocol.md.
ob_start(fn() => ''); // only answers may go to stdout
require $argv[1];
if (!function_exists('validate')) { fwrite(STDERR, "error: there is no function validate\n"); exit(1); }
fwrite(STDOUT, "corsim-validator 1\n");
while (($line = fgets(STDIN)) !== false) {
    $origin = preg_replace_callback('/\\\\(\\\\|x..)/', fn($e) => $e[1] === '\\' ? '\\' : hex2bin(substr($e[1], 1)), rtrim($line, "\n"));
    try { $answer = validate($origin); }
    catch (Throwable $error) { fwrite(STDERR, get_class($error) . ": {$error->getMessage()}\n"); $answer = false; }
    [$value, $credentials] = array_pad((array) ($answer ?? false), 2, false);
    if ($value === true) $value = $origin;
    $refused = $value === false || $value === null;
    $text = preg_replace_callback('/[^ -\[\]-~]/', fn($c) => sprintf('\\x%02x', ord($c[0])), (string) $value);
    fwrite(STDOUT, $refused ? "-\n" : $text . ($credentials ? "\tcredentials\n" : "\n"));
}
