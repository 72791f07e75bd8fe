# SPDX-License-Identifier: Apache-2.0
#
# An unknown number and a wrong password take the same time: the difference of medians over interleaved tries, from
# sources all over 127/8, with its confidence interval (bootstrap, 99 %). Whether the measurement could see a difference
# is shown by a planted one. Measured are the time that a guesser sees, and the server's processor time for it. The quick
# run, which may share its processors with anything, judges by the steadier of the two, and measures on while neither is
# steady enough to find the planted difference.
use strict;
use warnings;
use Attack;
use List::Util qw(shuffle sum);
use Site;
use Test::More;
use Time::HiRes qw(clock_gettime);

my $pairs     = full_extent() ? 1000 : 80;    # a round
my $rounds    = full_extent() ? 1 : 5;
my $tolerance = full_extent() ? 0.5 : 4;      # milliseconds, beside a hash of some 25
my $planted   = 2 * $tolerance;
my $resamples = 1000;

sub median { my @sorted = sort { $a <=> $b } @_; return ($sorted[ $#sorted / 2 ] + $sorted[ @sorted / 2 ]) / 2 }

sub resampled { return map { $_[ rand @_ ] } @_ }

# The difference, and the interval.
sub compare {
    my ($unknown, $wrong) = @_;
    my @differences = sort { $a <=> $b }
        map { median(resampled(@$unknown)) - median(resampled(@$wrong)) } 1 .. $resamples;
    return (median(@$unknown) - median(@$wrong), @differences[ $resamples * 0.005, $resamples * 0.995 ]);
}

# What the server's children have used, in seconds: their processor clocks' numbers follow from their process ids.
my @clocks = map { -8 * ($_ + 1) + 2 } children();

sub server_time { return sum(map { clock_gettime($_) } @clocks) }

my (%taken, %statuses);
my ($socket, $left) = (undef, 0);

sub measure {
    my @known = map { known() } 1 .. $pairs / 4 + 1;    # fewer tries each than lock
    for my $pair (0 .. $pairs - 1) {
        for my $kind (shuffle qw(unknown wrong)) {
            ($socket, $left) = (connection(join '.', 127, map { 1 + int rand 250 } 1 .. 3), 20) if !$left--;
            my $number = $kind eq 'wrong' ? $known[ $pair / 4 ] : unknown();
            my $before = server_time();
            my ($status, $seconds) = ask($socket, $number, 'Wrong12345');
            $statuses{$status}++;
            push @{ $taken{work}{$kind} }, 1000 * (server_time() - $before);
            push @{ $taken{time}{$kind} }, 1000 * $seconds;
        }
    }
}

# The difference, its interval, and where the interval begins were there a difference to be found.
sub judge {
    my ($measure) = @_;
    my ($unknown, $wrong) = @{ $taken{$measure} }{qw(unknown wrong)};
    my ($difference, $low, $high) = compare($unknown, $wrong);
    my (undef, $found) = compare([ map { $_ + $planted } @$unknown ], $wrong);
    diag(sprintf '%s, %d pairs: unknown %.2f ms, wrong %.2f ms (medians), difference %+.3f ms (99 %%: %+.3f to %+.3f)',
        $measure, scalar @$wrong, median(@$unknown), median(@$wrong), $difference, $low, $high);
    return { name => $measure, difference => $difference, low => $low, high => $high, found => $found };
}

my @judged;
for my $round (1 .. $rounds) {
    measure();
    @judged = sort { $a->{high} - $a->{low} <=> $b->{high} - $b->{low} } map { judge($_) } qw(work time);
    last if $judged[0]{found} > $tolerance;    # the interval is that narrow
}
my $tries = 2 * @{ $taken{work}{wrong} };
is_deeply(\%statuses, { 422 => $tries }, 'all are refused alike');

for my $by (full_extent() ? @judged : $judged[0]) {
    my $tenth = $tolerance / 10;
    cmp_ok(abs $by->{difference}, '<', $tolerance, "$by->{name}: the difference is below $tolerance ms");
    ok($by->{low} <= 0 && $by->{high} >= 0 || abs $by->{difference} < $tenth,
        "$by->{name}: it can't be told from chance, or is below $tenth ms");
    cmp_ok($by->{found}, '>', 0, "$by->{name}: a difference of $planted ms would be found");
}
done_testing;
