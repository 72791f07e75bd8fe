# SPDX-License-Identifier: Apache-2.0
#
# An unknown number and a wrong password take the same time: the difference of medians over interleaved tries, from
# sources all over 127/8, with its confidence interval (bootstrap, 99 %). Whether the measurement could see a difference
# is shown by a planted one. Measured are the time that a guesser sees, and the server's processor time for it; the quick
# run, which may share its processors, judges by the latter alone.
use strict;
use warnings;
use Attack;
use List::Util qw(shuffle sum);
use Site;
use Test::More;
use Time::HiRes qw(clock_gettime);

my $pairs     = full_extent() ? 1000 : 80;
my $tolerance = full_extent() ? 0.5 : 4;      # milliseconds, beside a hash of some 25
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
my @known = map { known() } 1 .. $pairs / 4 + 1;    # fewer tries each than lock
my ($socket, $left) = (undef, 0);
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
is_deeply(\%statuses, { 422 => 2 * $pairs }, 'all are refused alike');

for my $measure (qw(work time)) {
    my ($unknown, $wrong) = @{ $taken{$measure} }{qw(unknown wrong)};
    my ($difference, $low, $high) = compare($unknown, $wrong);
    diag(sprintf '%s, %d pairs: unknown %.2f ms, wrong %.2f ms (medians), difference %+.3f ms (99 %%: %+.3f to %+.3f)',
        $measure, $pairs, median(@$unknown), median(@$wrong), $difference, $low, $high);
    next if $measure eq 'time' && !full_extent();
    cmp_ok(abs $difference, '<', $tolerance, "$measure: the difference is below $tolerance ms");
    my $tenth = $tolerance / 10;
    ok($low <= 0 && $high >= 0 || abs $difference < $tenth, "$measure: it can't be told from chance, or is below $tenth ms");
    (undef, $low) = compare([ map { $_ + 2 * $tolerance } @$unknown ], $wrong);
    cmp_ok($low, '>', 0, "$measure: a difference of ${\ (2 * $tolerance)} ms would be found");
}
done_testing;
