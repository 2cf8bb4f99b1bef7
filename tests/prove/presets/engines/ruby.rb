# ruby ruby.rb PATTERN FLAGS: for each line of stdin where PATTERN first matches in it, as `start
# end`, or `-`. Exits 3 if it does not compile.
begin
  pattern = Regexp.new(ARGV[0], ARGV[1].include?('i') ? Regexp::IGNORECASE : nil)
rescue RegexpError => e
  warn e.message
  exit 3
end
$stdin.each_line(chomp: true) do |line|
  match = pattern.match(line)
  puts match ? "#{match.begin(0)} #{match.end(0)}" : '-'
end
