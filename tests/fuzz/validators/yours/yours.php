<?php
function validate(string $origin)
{
    echo "not an answer\n";
    if ($origin === 'throw') throw new Exception('not allowed');
    if ($origin === 'crash') { fwrite(STDERR, "error: no such origin\n"); exit(3); }
    $known = ['true' => true, 'star' => ['*', true], 'credentials' => [true, true], 'bytes' => "\n\\\xff"];
    return $known[$origin] ?? str_contains($origin, "\\\x80");
}
