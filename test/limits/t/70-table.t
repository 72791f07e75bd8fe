# SPDX-License-Identifier: Apache-2.0
#
# The table in shared memory filled with ten times as many locks of others as it has places for: nobody is unlocked,
# nobody is shut out, and the log says so.
use strict;
use warnings;
use Attack;
use MIME::Base64 qw(encode_base64url);
use Site;
use Test::More;

my $limit   = tries();
my $entries = 64;
my $conf    = root() . '/httpd.conf';
my $before  = slurp($conf);
put($conf, $before =~ s/^KawasakiLimitEntries .*/KawasakiLimitEntries $entries/mr);
stop();

# As the city's own, each with a key of its own; half of them locked for ever.
sub foreign_locks {
    my ($count) = @_;
    open my $random, '<:raw', '/dev/urandom' or die $!;
    my @rows;
    for my $row (1 .. $count) {
        read $random, my $bytes, 16;
        my $key   = encode_base64url($bytes);
        my $since = time . '000000';
        my $until = $row % 2 ? '9223372036854775807' : time + 7200 . '000000';
        push @rows, "('$key', 'kawasaki', '$key', 'password', 'password/2', 1, $since, $until, $row, 0, $since)";
    }
    my $columns = 'key, city, subject, name, rule, level, since_at, until_at, mark, success_at, touched_at';
    while (my @part = splice @rows, 0, 500) { sql("INSERT INTO limit_count ($columns) VALUES " . join ', ', @part) }
}

sub holds {
    my ($what, $locked) = @_;
    my $hashes = hashes();
    is(right($locked), 429, "$what: what was locked stays locked");
    is(hashes(), $hashes, "$what: unseen");
    my $owner = known();
    is(right($owner), 303, "$what: others are let in");
    my $unknown = unknown();
    $hashes = hashes();
    my $told = storm($unknown, 'Wrong12345', 400, 10);
    is(hashes() - $hashes, $limit, "$what: of 400 wrong ones $limit are compared");
    is($told->{refused}, 400, "$what: all are refused");
}

start();
my $locked = known();
exhaust($locked);
# The first lock lasts five minutes, and filling the table may take longer.
sql('UPDATE limit_count SET until_at = ' . (time + 7200) . '000000 WHERE until_at > ' . time . '000000');
my $mark = -s root() . '/logs/error_log';
stop();
foreign_locks(10 * 4 * $entries);    # a bucket holds three
start();
sleep 2;
holds('full at the start', $locked);

# The attack itself fills it: five requests a number lock whoever has it.
if (full_extent()) {
    my @children = map {
        my @numbers = map { unknown() } 1 .. 10 * $entries / 4;
        my $pid     = fork // die "fork: $!";
        if (!$pid) { exhaust($_) for @numbers; POSIX::_exit(0) }
        $pid
    } 1 .. 4;
    waitpid $_, 0 for @children;
    holds('filled by tries', $locked);
}
my $log = substr slurp(root() . '/logs/error_log'), $mark;
like($log, qr/KW-LIMIT-001/, 'the log raises the alarm');

sql("DELETE FROM limit_count WHERE rule = 'password/2' AND mark <= ${\ (10 * 4 * $entries)} AND subject = key");
put($conf, $before);
restart();
done_testing;
