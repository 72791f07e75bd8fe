# SPDX-License-Identifier: Apache-2.0
#
# Bytes as no browser would send them, over TLS; the answer as an HTTP::Response.
package Raw;
use strict;
use warnings;
use Exporter qw(import);
use HTTP::Response;
use IO::Socket::SSL;
use Site ();

our @EXPORT = qw(raw raw_all connection);

sub connection {
    return IO::Socket::SSL->new(
        PeerAddr    => '127.0.0.1',
        PeerPort    => Site::port(),
        SSL_ca_file => Site::root() . '/tls/ca.crt',
        Timeout     => 10,
    ) || die "no connection: $IO::Socket::SSL::SSL_ERROR";
}

# All that comes back until the server closes, or ten seconds have passed.
sub raw_all {
    my ($bytes) = @_;
    my $socket  = connection();
    my $text    = '';
    local $SIG{PIPE} = 'IGNORE';
    print $socket $bytes;
    eval {
        local $SIG{ALRM} = sub { die "late\n" };
        alarm 10;
        while (sysread $socket, my $part, 65536) { $text .= $part }
        alarm 0;
    };
    alarm 0;
    return $text;
}

# The first answer; a chunked body stays as it came.
sub raw { my ($bytes) = @_; return HTTP::Response->parse(raw_all($bytes)) }

1;
