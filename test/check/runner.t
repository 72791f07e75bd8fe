#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# test/run counts a test as passed only when it ran and passed: suites that fail in every way we know are planted.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $tree = tempdir(CLEANUP => 1);
mkdir "$tree/test" or die $!;
copy("$FindBin::Bin/../run", "$tree/test/run") or die $!;

# What it is, the suite's line, how many pass and fail.
my @cases = (
    [ 'a good suite', "a 1 9 printf '1..2\\nok 1\\nok 2\\n'", 2, 0 ],
    [ 'two plans in a row, as cmocka writes them', "a 1 9 printf '1..1\\nok 1\\n1..2\\nok 1\\nok 2\\n'", 3, 0 ],
    [ 'a plan at the end', "a 1 9 printf 'ok 1\\nok 2\\n1..2\\n1..1\\nok 1\\n'", 3, 0 ],
    [ 'a suite of each file', 'a 1 9 for test/r*: test -f test/{} && echo 1..1 && echo ok', 1, 0 ],
    [ 'a failed test', "a 1 9 printf '1..2\\nok 1\\nnot ok 2\\n'", 1, 1 ],
    [ 'a failed test in the first of two plans', "a 1 9 printf '1..1\\nnot ok 1\\n1..1\\nok 1\\n'", 1, 1 ],
    [ 'a skipped test', "a 1 9 printf '1..1\\nok 1 # SKIP no network\\n'", 0, 1 ],
    [ 'a suite that skips itself', "a 1 9 printf '1..0 # SKIP no network\\n'", 0, 1 ],
    [ 'a test still to do', "a 1 9 printf '1..1\\nnot ok 1 # TODO\\n'", 0, 1 ],
    [ 'fewer tests than planned', "a 1 9 printf '1..3\\nok 1\\n'", 1, 1 ],
    [ 'no plan', "a 1 9 printf 'ok 1\\n'", 1, 1 ],
    [ 'no test', 'a 1 9 true', 0, 1 ],
    [ 'no such command', 'a 1 9 /nowhere/at/all', 0, 1 ],
    [ 'a bad exit status', "a 1 9 printf '1..1\\nok 1\\n'; exit 9", 1, 1 ],
    [ 'a death by signal', "a 1 9 printf '1..1\\nok 1\\n'; kill -SEGV \$\$", 1, 1 ],
    [ 'a suite that gives up', "a 1 9 printf '1..2\\nok 1\\nBail out! no disk\\n'", 1, 1 ],
    [ 'a suite that hangs', "a 1 1 printf '1..1\\nok 1\\n'; sleep 99", 1, 1 ],
    [ 'a pattern without a file', 'a 1 9 for test/x*: test/{}', 0, 1 ],
    [ 'no suite at all', '# nothing', 0, 0 ],
);

for my $case (@cases) {
    my ($what, $line, $passed, $failed) = @$case;
    open my $out, '>', "$tree/test/suites" or die $!;
    print $out "$line\n";
    close $out or die $!;
    my @output = `$^X '$tree/test/run' 2>&1`;
    my $status = $? >> 8;
    is($output[-1], "$passed passed, $failed failed\n", $what) or diag(@output);
    is($status, $failed || !$passed ? 1 : 0, "$what: the exit status");
}
done_testing;
