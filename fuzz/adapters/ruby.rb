# corsim fuzz --exec 'ruby ruby.rb ./yours.rb': its method `validate` is given the Origin header's value
# and returns what it would send: nil or false; true, for the origin itself; a string; or an array of
# one of these and whether credentials are allowed. See ../protocol.md.
answers = $stdout.dup
$stdout.reopen($stderr) # only answers may go to stdout
load(ARGV.shift) && method(:validate) # or it ends here
answers.sync = true
answers.puts 'corsim-validator 1'
$stdin.each_line(chomp: true) do |line|
  origin = line.b.gsub(/\\(?:\\|x..)/) { |e| e == '\\\\' ? '\\' : e[2, 2].hex.chr }
  origin.force_encoding('UTF-8') if origin.ascii_only?
  value, credentials = begin
    validate(origin)
  rescue StandardError => error
    warn error.inspect # a server would answer without the header
  end
  value = origin if value == true
  text = value ? value.b.gsub(/[^ -\[\]-~]/n) { |c| format('\\x%02x', c.ord) } : '-'
  answers.puts(value && credentials ? "#{text}\tcredentials" : text)
end
