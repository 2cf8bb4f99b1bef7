<?php
function validate(string $origin)
{
    echo "not an answer\n";
    if ($origin === 'crash') throw new Exception('no such origin');
    $known = ['true' => true, 'star' => ['*', true], 'credentials' => [true, true], 'bytes' => "\n\\\xff"];
    return $known[$origin] ?? str_contains($origin, "\\\x80");
}
