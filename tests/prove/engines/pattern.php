<?php
// One engine of tests/prove: PHP's preg functions. Protocol: engines/README.md.
error_reporting(0);

function answer(string $line): string
{
    [$match, $flags, $hex, $subjects] = explode("\t", rtrim($line, "\n"));
    $letters = str_replace('-', '', $flags);
    $source = hex2bin($hex);
    // A delimiter that no pattern has.
    $alone = "\x01$source\x01$letters";
    if (preg_match($alone, '') === false && preg_last_error() === PREG_INTERNAL_ERROR)
        return 'error ' . strtr(error_get_last()['message'] ?? preg_last_error_msg(), "\r\n", '  ');
    $pattern = match ($match) {
        'search' => $alone,
        'prefix' => $alone . 'A',
        'full' => "\x01(?:$source)\\z\x01{$letters}A",
    };
    $bits = '';
    foreach (explode(',', $subjects) as $subject) {
        $found = preg_match($pattern, hex2bin($subject));
        $bits .= $found === false ? '?' : $found;
    }
    return $bits;
}

while (($line = fgets(STDIN)) !== false)
    fwrite(STDOUT, answer($line) . "\n");
