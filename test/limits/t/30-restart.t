# SPDX-License-Identifier: Apache-2.0
#
# Whatever ends in the middle of an attack (a graceful restart, stop and start, kill -9 of children at any moment, of the
# parent), the count goes on from where it was: never more than L wrong secrets are compared.
use strict;
use warnings;
use Attack;
use Site;
use Test::More;
use Time::HiRes qw(sleep);

my $limit = tries();

# Some wrong tries, an incident, then as many as it takes: the lock comes after L in all.
sub counts_on {
    my ($what, $incident) = @_;
    my $number = known();
    my $before = hashes();
    wrong($number) for 1 .. $limit - 2;
    $incident->();
    ok(exhaust($number), "$what: the lock comes");
    is(hashes() - $before, $limit, "$what: after $limit in all");
    $incident->() if full_extent() || $what =~ /start/;
    is(right($number), 429, "$what: still locked");
    is(hashes() - $before, $limit, "$what: no secret is looked at");
}

sub kill_parent {
    my $parent = parent() or die 'no httpd runs';
    kill STOP => $parent;    # so that no child is born behind our back
    my @children = children();
    kill KILL => $parent, @children;
    gone($parent, @children) or die 'not killed';
    unlink root() . '/logs/httpd.pid';    # of a process that may still wait to be buried: httpd takes it for alive
    start();
}

sub kill_children {
    my @children = children();
    kill KILL => @children;
    gone(@children) && await(\&children) or die 'no new children';
}

counts_on('graceful restart', \&graceful);
counts_on('stop and start',   \&restart);
counts_on('kill -9 of the parent', \&kill_parent);
counts_on('kill -9 of all children', \&kill_children);

# --- In the middle of a storm ---

# Afterwards a try in flight may still stand in the way of the last ones: not more than L, and no success.
sub storm_with {
    my ($what, $incident) = @_;
    my $number = known();
    my $before = hashes();
    my $storm  = storm_begin($number, 'Wrong12345', 400, 10);
    $incident->();
    storm_end($storm);
    ok(await(sub { wrong($number) == 429 }, 20), "$what: it ends in a refusal");
    my $compared = hashes() - $before;
    cmp_ok($compared, '<=', $limit, "$what: at most $limit secrets are compared");
    is(right($number), 429, "$what: the right secret comes too late");
    is(hashes() - $before, $compared, "$what: and isn't looked at");
    is((() = judgements($number) =~ /login-refused|lock/g) <= $compared, 1, "$what: nothing else is in the audit log");
}

storm_with('graceful restart in a storm', sub { sleep 0.1; graceful() })    for 1 .. (full_extent() ? 10 : 1);
storm_with('stop and start in a storm',   sub { sleep 0.1; restart() })     for 1 .. (full_extent() ? 10 : 1);
storm_with('kill -9 of all in a storm',   sub { sleep 0.1; kill_parent() }) for 1 .. (full_extent() ? 10 : 1);

my $killed = 0;
for (1 .. (full_extent() ? 100 : 4)) {
    storm_with("a child killed at a random moment, round $_", sub {
        sleep rand 0.25;
        my @children = children();
        $killed += kill KILL => $children[ rand @children ] if @children;
    });
}
cmp_ok($killed, '>', 3, 'children were killed');

# --- Children that end while a chore of theirs waits for the database ---

sub crashes { return scalar(() = slurp(root() . '/logs/error_log') =~ /AH0005[12]:.* exit signal (?!Killed)/g) }

my $before = crashes();
for my $end (\&stop, sub { graceful(); stop() }) {
    stop();
    open my $holder, '|-', 'sqlite3', root() . '/db/kawasaki.db' or die "sqlite3: $!";
    $holder->autoflush;
    print $holder ".timeout 5000\nBEGIN EXCLUSIVE;\nUPDATE clock_mark SET at = at;\n";
    start();
    sleep 0.8;    # housekeeping begins after half a second, and waits for a second and a half
    $end->();
    print $holder "ROLLBACK;\n";
    close $holder;
    start();
}
is(crashes(), $before, 'a child that ends in the middle of its chores ends in peace');
done_testing;
