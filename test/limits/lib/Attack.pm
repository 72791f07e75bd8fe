# SPDX-License-Identifier: Apache-2.0
#
# Tries at the log-in: one, from any loopback address; hundreds at once, over HTTP/2. All share one form token: its
# cookie is nobody's. Not for the server: Site.pm.
package Attack;
use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::SSL;
use Site;
use Time::HiRes qw(time);

our @EXPORT = qw(try wrong right connection ask storm storm_begin storm_end exhaust);

# --- One try ---

sub connection {
    my ($source) = @_;
    return IO::Socket::SSL->new(
        PeerAddr        => '127.0.0.1',
        PeerPort        => port(),
        LocalAddr       => $source // '127.0.0.1',
        SSL_verify_mode => SSL_VERIFY_NONE,
        Timeout         => 20,
    );
}

# More bytes to the text; false at the end.
sub more { return sysread $_[0], $_[1], 16384, length $_[1] }

sub read_answer {
    my ($socket) = @_;
    my $text = '';
    while ($text !~ /\r\n\r\n/) { more($socket, $text) or return 0 }
    if (my ($length) = $text =~ /^content-length: (\d+)/mi) {
        my $end = index($text, "\r\n\r\n") + 4 + $length;
        while (length $text < $end) { more($socket, $text) or return 0 }
    } elsif ($text =~ /^transfer-encoding: chunked/mi) {
        while ($text !~ /\r\n0\r\n\r\n\z/) { more($socket, $text) or return 0 }
    }
    return $text;
}

# One answer; 0 when none comes.
sub answer {
    my ($socket) = @_;
    local $SIG{ALRM} = sub { die "late\n" };
    alarm 40;
    my $text = eval { read_answer($socket) } // 0;
    alarm 0;
    return $text;
}

my ($cookie, $csrf);

sub token {
    return if $csrf;
    my $socket = connection();
    print $socket "GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    my $page = answer($socket);
    ($cookie) = $page =~ /^set-cookie: ([^;]+)/mi              or die "no cookie: $page";
    ($csrf)   = $page =~ /name="csrf" value="([A-Za-z0-9_-]+)"/ or die "no token: $page";
}

sub body {
    my ($number, $secret) = @_;
    token();
    return "csrf=$csrf&purpose=card-edit&number=$number&password=$secret";
}

# On a connection that stays: the status, and how long it took in seconds. (0, 0) when nothing comes back.
sub ask {
    my ($socket, $number, $secret, @headers) = @_;
    my $body    = body($number, $secret);
    my $length  = length $body;
    my $request = join "\r\n", 'POST /login/card HTTP/1.1', 'Host: 127.0.0.1', "Cookie: $cookie", @headers,
        'Content-Type: application/x-www-form-urlencoded', "Content-Length: $length", '', $body;
    local $SIG{PIPE} = 'IGNORE';
    my $began = time;
    print $socket $request or return (0, 0);
    my ($status) = answer($socket) =~ m{^HTTP/1.1 (\d+)};
    return ($status // 0, time - $began);
}

# 303 in, 422 wrong, 429 locked or busy, 503 not now, 0 no answer.
sub try {
    my ($number, $secret, %with) = @_;
    my $socket = connection($with{source}) or return 0;
    my ($status) = ask($socket, $number, $secret, 'Connection: close', @{ $with{headers} // [] });
    return $status;
}

sub wrong { my ($number, %with) = @_; return try($number, 'Wrong12345', %with) }
sub right { my ($number, %with) = @_; return try($number, secret(),     %with) }

# Wrong tries until one is refused unseen, or seven too many.
sub exhaust {
    my ($number) = @_;
    for (1 .. tries() + 7) { return 1 if wrong($number) == 429 }
    return 0;
}

# --- Many at once, over HTTP/2 ---

# In the background: how often, with which secret, over how many connections.
sub storm_begin {
    my ($number, $secret, $times, $connections) = @_;
    my $file = $ENV{LIMITS_DIR} . '/body';
    put($file, body($number, $secret));
    my $streams = int(($times + $connections - 1) / $connections);
    my $pid     = open my $out, '-|', 'h2load', '-n', $times, '-c', $connections, '-m', $streams, '-N', 30, '-d', $file,
        '-H', "cookie: $cookie", '-H', 'content-type: application/x-www-form-urlencoded',
        'https://127.0.0.1:' . port() . '/login/card' or die "h2load: $!";
    return $out;
}

# How many were let in (303), refused (4xx), met a fault (5xx).
sub storm_end {
    my ($out) = @_;
    my $text = join '', <$out>;
    close $out;
    $text =~ /status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/ or die "h2load: $text";
    return { in => $2, refused => $3, faults => $4 };
}

sub storm { return storm_end(storm_begin(@_)) }

1;
