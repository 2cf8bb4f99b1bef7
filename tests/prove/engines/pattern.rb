# One engine of tests/prove: Ruby. Protocol: engines/README.md.
$VERBOSE = nil
$stdout.sync = true
LETTERS = { 'i' => Regexp::IGNORECASE, 'm' => Regexp::MULTILINE, 'x' => Regexp::EXTENDED }.freeze

def answer(line)
  match, flags, hex, subjects = line.chomp.split("\t", -1)
  options = flags.delete('-').chars.sum { |flag| LETTERS.fetch(flag) }
  source = [hex].pack('H*').force_encoding('UTF-8')
  whole = '(?:' + source + ')'
  begin
    pattern = Regexp.new(source, options)
    pattern = Regexp.new('\A' + whole, options) if match == 'prefix'
    pattern = Regexp.new('\A' + whole + '\z', options) if match == 'full'
  rescue RegexpError, ArgumentError => e
    return 'error ' + e.message.scrub.tr("\r\n", ' ')
  end
  subjects.split(',', -1).map do |subject|
    pattern.match?([subject].pack('H*').force_encoding('UTF-8')) ? '1' : '0'
  end.join
end

$stdin.each_line { |line| puts answer(line) }
