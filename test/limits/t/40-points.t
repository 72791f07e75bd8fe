# SPDX-License-Identifier: Apache-2.0
#
# kill -9 at every point of a try: before and after each step of the database, also inside its locks, and before and
# after the comparison. Each is met in turn, until a try gets to its end. Whatever dies where, a secret that was compared
# has been counted, and the server serves on.
use strict;
use warnings;
use Attack;
use Site;
use Test::More;

my $limit = tries();
my $step  = full_extent() ? 1 : 13;

# One try is L's last. Where it was the right secret and all was committed, a new count has begun.
sub killed_at {
    my ($point, $try, $what) = @_;
    my $number = known();
    my $before = hashes();
    wrong($number) for 1 .. $limit - 1;
    fuse($point);
    my $status = $try->($number);
    return if fuse() > 0;
    $what = "$what, killed " . place();
    is($status, 0, "$what: no answer");
    my $entered = judgements($number) =~ /login(?!-)/;
    ok(exhaust($number), "$what: the server serves on, until it is shut");
    is(right($number), 429, "$what: also for the right secret");
    cmp_ok(hashes() - $before, '<=', $entered ? 2 * $limit : $limit, "$what: not more than $limit are compared");
    return 1;
}

for ([ 'a wrong secret' => \&wrong ], [ 'the right secret' => \&right ]) {
    my ($what, $try) = @$_;
    my $point = 1;
    $point += $step while killed_at($point, $try, $what);
    fuse(0);
    cmp_ok($point, '>', 20, "$what: it has many points");
}
done_testing;
