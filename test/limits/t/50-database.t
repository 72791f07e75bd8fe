# SPDX-License-Identifier: Apache-2.0
#
# The database gone, locked by somebody else, its disk full at any write: never a success, no secret looked at that
# isn't counted, nobody unlocked; and when it is back, the count goes on without anybody's help.
use strict;
use warnings;
use Attack;
use Site;
use Test::More;

my $limit = tries();
my $db    = root() . '/db';

# Some wrong tries, then none that counts while the fault lasts, then the rest.
sub counts_on {
    my ($what, $break, $mend) = @_;
    my ($number, $locked) = (known(), known());
    my $before = hashes();
    exhaust($locked);
    wrong($number) for 1 .. $limit - 2;
    $break->();
    my $began = time;
    my %answers;
    $answers{ $_->($number) }++ for \&wrong, \&right;
    cmp_ok(time - $began, '<', 12, "$what: nobody waits for long");
    is("@{[ keys %answers ]}", 503, "$what: neither wrong nor right is let in") or diag(explain(\%answers));
    isnt(right($locked), 303, "$what: what was locked stays so");
    is(hashes() - $before, 2 * $limit - 2, "$what: no secret is looked at");
    $mend->();
    ok(await(sub { right(known()) == 303 }, 20), "$what: afterwards the service is back");
    ok(exhaust($number), "$what: and locks");
    is(hashes() - $before - 1, 2 * $limit, "$what: after $limit in all");
    is(right($number), 429, "$what: the right secret comes too late");
}

# Fresh children have no old connection.
counts_on('its folder gone', sub { rename $db, "$db.away" or die $!; graceful() }, sub { rename "$db.away", $db or die $! });
counts_on(
    'its file gone',
    sub { mkdir "$db/away" or die $!; system("mv $db/kawasaki.db* $db/away") == 0 or die; graceful() },
    sub { system("rm -f $db/kawasaki.db* && mv $db/away/* $db && rmdir $db/away") == 0 or die }
);

my $holder;
counts_on(
    'locked by another',
    sub {
        open $holder, '|-', 'sqlite3', "$db/kawasaki.db" or die "sqlite3: $!";
        $holder->autoflush;
        print $holder ".timeout 5000\nBEGIN EXCLUSIVE;\nUPDATE clock_mark SET at = at;\n";
        await(sub { wrong(unknown()) == 503 }) or die 'not locked';
    },
    sub { print $holder "ROLLBACK;\n"; close $holder }
);

# --- The disk full from the n-th write of a try on ---

sub full_from {
    my ($write, $try, $what) = @_;
    my $number = known();
    my $before = hashes();
    wrong($number) for 1 .. $limit - 1;
    disk_full($write);
    my $status = $try->($number);
    return disk_full(0) && undef if disk_full() > 1;
    isnt($status, 303, "$what: nobody is let in") unless judgements($number) =~ /login(?!-)/;
    disk_full(0);
    my $entered = judgements($number) =~ /login(?!-)/;
    ok(exhaust($number), "$what: with room again the service is back, until it locks");
    is(right($number), 429, "$what: the right secret comes too late");
    cmp_ok(hashes() - $before, '<=', $entered ? 2 * $limit : $limit, "$what: not more than $limit are compared");
    return 1;
}

for ([ 'a wrong secret' => \&wrong ], [ 'the right secret' => \&right ]) {
    my ($whose, $try) = @$_;
    my $write = 1;
    $write += full_extent() ? 1 : 16 while full_from($write, $try, "$whose, disk full from write $write on");
    cmp_ok($write, '>', 8, "$whose: it has many writes");
}
done_testing;
