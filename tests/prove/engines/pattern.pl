# One engine of tests/prove: Perl. Protocol: engines/README.md.
use strict;
no warnings;
$| = 1;
while (my $line = <STDIN>) {
    chomp $line;
    my ($match, $flags, $hex, $subjects) = split /\t/, $line, -1;
    $flags =~ tr/-//d;
    my $source = pack 'H*', $hex;
    my $pattern = eval {
        my $alone = qr/(?$flags)$source/;
        $match eq 'search' ? $alone
            : $match eq 'prefix' ? qr/\A(?$flags:$source)/ : qr/\A(?$flags:$source)\z/;
    };
    if (!defined $pattern) {
        my $why = $@;
        $why =~ tr/\r\n/ /;
        print "error $why\n";
        next;
    }
    print join('', map { pack('H*', $_) =~ $pattern ? '1' : '0' } split /,/, $subjects, -1), "\n";
}
