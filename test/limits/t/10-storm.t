# SPDX-License-Identifier: Apache-2.0
#
# Hundreds of tries at once: of wrong secrets exactly L are compared, by libcrypt's count and the audit log's; the
# owner's own tries lock nobody, however many come at once.
use strict;
use warnings;
use Attack;
use Site;
use Test::More;

my $limit  = tries();
my $rounds = full_extent() ? 30 : 3;

# Wrong tries all at once; what was compared, and what the audit log says of it.
sub wrong_storm {
    my ($number) = @_;
    my $before = hashes();
    my $told   = storm($number, 'Wrong12345', 400, 10);
    return ($told, hashes() - $before);
}

sub locks_once {
    my ($number, $expected, $what) = @_;
    my ($told, $compared) = wrong_storm($number);
    is($compared, $expected, "$what: so many secrets are compared, of 400");
    is_deeply($told, { in => 0, refused => 400, faults => 0 }, "$what: every try is refused properly");
}

for my $round (1 .. $rounds) {
    my $number = known();
    locks_once($number, $limit, "round $round");
    my $judged = join ' ', sort split ' ', judgements($number);
    is($judged, join(' ', 'lock', ('login-refused') x ($limit - 1)), "round $round: the audit log has as many");
    my $before = hashes();
    is(right($number), 429, "round $round: the right secret comes too late");
    is(hashes(), $before, "round $round: and isn't looked at");
}
locks_once(unknown(), $limit, 'an unknown number');

for my $round (1 .. $rounds) {
    my $number = known();
    my $told   = storm($number, secret(), $limit + 1, $limit + 1);
    is($told->{in} + $told->{refused}, $limit + 1, "the owner, $limit + 1 at once, round $round: in, or busy");
    cmp_ok($told->{in}, '>', 0, "the owner, round $round: one at least is let in");
    is(right($number), 303, "the owner, round $round: and afterwards again");
    unlike(judgements($number), qr/lock|refused/, "the owner, round $round: no failure, no lock");
}

# The counts above are the rule file's: with another L there are as many.
my $more = $limit + 2;
edit_rules(sub { s/(count +account +)$limit( since)/$1$more$2/ });
sleep 3;
locks_once(known(), $more, "with $more in the rules");
edit_rules(sub { s/(count +account +)$more( since)/$1$limit$2/ });
sleep 3;
done_testing;
