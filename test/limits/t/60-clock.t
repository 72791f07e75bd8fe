# SPDX-License-Identifier: Apache-2.0
#
# The wall clock stepped by three days, both ways, while the server runs and while it is down: nobody is unlocked early,
# nobody is shut out. And a lock that is over is over. (To the microsecond: test/unit's limit tests.)
use strict;
use warnings;
use Attack;
use Site;
use Test::More;

my ($library) = glob '/usr/lib/*/faketime/libfaketimeMT.so.1' or BAIL_OUT('libfaketime is not there');
my $clock     = root() . '/../clock';
my $limit     = tries();

sub set_clock { my ($step) = @_; put($clock, "$step\n") }

# CLOCK_BOOTTIME is what elapses, whatever the wall clock says: it stays as it is.
sub start_with {
    my ($step) = @_;
    set_clock($step);
    start(
        LD_PRELOAD                   => $library,
        FAKETIME_TIMESTAMP_FILE      => $clock,
        FAKETIME_NO_CACHE            => 1,
        FAKETIME_DONT_FAKE_MONOTONIC => 1,
    );
}

# By what the server stamps on its answers, in seconds from ours.
sub server_offset {
    my $socket = connection();
    print $socket "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    my $text = join '', <$socket>;
    require HTTP::Date;
    return HTTP::Date::str2time($text =~ /^Date: (.*?)\r$/m) - time;
}

sub holds {
    my ($what, $step, $incident) = @_;
    my ($locked, $tried) = (known(), known());
    ok(exhaust($locked), "$what: locked before");
    wrong($tried) for 1 .. $limit - 1;
    my $before = hashes();
    $incident->();
    my $off = server_offset() - $step;
    cmp_ok(abs $off, '<', 10, "$what: the server's clock is there");
    is(right($locked), 429, "$what: still locked");
    is(hashes(), $before, "$what: no secret is looked at");
    ok(exhaust($tried), "$what: who was nearly locked is soon");
    is(hashes() - $before, 1, "$what: after one more");
    is(right(known()), 303, "$what: others are let in");
}

my $days = 3 * 86400;
stop();
start_with('+0');
holds('three days forward, running', $days,  sub { set_clock("+$days") });
holds('six days back, running',      -$days, sub { set_clock("-$days") });
holds('forward again, running',      0,      sub { set_clock('+0') }) if full_extent();
holds('three days back, while down', -$days, sub { stop(); start_with("-$days") });
holds('right again, while down',     0,      sub { stop(); start_with('+0') });

# The first lock of an account lasts five minutes.
my $number = known();
exhaust($number);
stop();
start_with('+240');
is(right($number), 429, 'after four minutes: locked');
stop();
start_with('+310');
is(right($number), 303, 'after five: open');
stop();
start();
done_testing;
