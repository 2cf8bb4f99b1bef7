def validate(origin)
  puts 'not an answer'
  raise ArgumentError, 'not allowed' if origin == 'throw'
  abort 'error: no such origin' if origin == 'crash'
  known = { 'true' => true, 'star' => ['*', true], 'credentials' => [true, true], 'bytes' => "\n\\\xff".b }
  known.fetch(origin) { origin.b.include?("\\\x80".b) }
end
