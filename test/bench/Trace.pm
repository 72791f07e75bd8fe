# SPDX-License-Identifier: Apache-2.0
#
# What system calls the threads that answer requests make on the files of the database. The other threads' calls don't
# count: the chores look at the database every other second, whoever asks for what. Not for measuring time: strace slows
# everything down.
package Trace;
use strict;
use warnings;
use Exporter qw(import);
use POSIX ();
use Service;
use Time::HiRes qw(sleep);

our @EXPORT = qw(database_calls);

# All calls that take a path or a descriptor, with descriptors' paths and sockets' kinds. The process id, or 0: strace is
# not there, or may not look at the children.
sub attach {
    my ($calls, $messages) = @_;
    my @children = children();
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        open STDERR, '>', $messages or die "$messages: $!";
        exec 'strace', '-f', '-yy', '-e', 'trace=%file,%desc', '-o', $calls, map { ('-p', $_) } @children
            or POSIX::_exit(127);
    }
    for (1 .. 100) {
        return $pid if @children == (() = slurp($messages) =~ / attached/g);
        sleep 0.05;
    }
    kill INT => $pid;
    waitpid $pid, 0;
    return 0;
}

# During the code, which asks for something; undefined: cannot be told.
sub database_calls {
    my ($code) = @_;
    my ($calls, $messages) = map { run_directory() . "/logs/strace-$_" } 'calls', 'messages';
    my $pid = attach($calls, $messages) or return undef;
    $code->();
    kill INT => $pid;
    waitpid $pid, 0;
    my @lines = split /\n/, slurp($calls);
    my %answers = map { /^(\d+) .*<TCP/ ? ($1 => 1) : () } @lines or die "no thread answered: $calls";
    return scalar grep { /^(\d+) .*kawasaki\.db/ && $answers{$1} } @lines;
}

1;
