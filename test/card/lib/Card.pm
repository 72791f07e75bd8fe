# SPDX-License-Identifier: Apache-2.0
#
# A reader for a test: a pcscd of its own with a virtual reader and the emulated card in it (test/card/reader,
# docs/test-card.md). Several may live side by side; each ends with its object or with the test.
#
#   my $reader = start_reader(%options)
#       with     => 'card', the default; or how much of it there is: 'nothing', 'service', 'reader' (the card beside it)
#       files    => directory with the card's files; without it, that of CARD_PKI
#       settings => { NAME => VALUE }: the card's memory, e.g. 'sign-tries' => 1, 'auth-pin' => '4321'
#   It comes back when a client would find the card, after half a second, or dies with the log.
#
#   $reader->environment     what a client needs, NAME => VALUE; e.g. local %ENV = (%ENV, $reader->environment)
#   $reader->run(@command)   runs a client with it, 30 s at most: ($status, $out, $err); a signal is a status of 128 and more
#   $reader->name            of the reader that holds the card; a second one beside it is always empty
#   $reader->control($line)  asks something of the card ("slow 500", "remove-at after VERIFY"); gives the value, dies of "error"
#   $reader->count($what)    how many of them the card saw: VERIFY, QUERY (VERIFY without a PIN), SIGN, READ, ...
#   $reader->tries($purpose) left, 'auth' or 'sign', from the card's memory: no command is sent
#   $reader->insert, $reader->remove   come back when pcscd has seen it (it looks every 0.4 s);
#                            control('remove') is the same at once, while clients still believe in the card
#   $reader->log             header and status of each command, no data
#   $reader->directory, $reader->stop
#
# Tries and PINs are kept as long as the object, from one client to the next, also when the card is out.
package Card;
use strict;
use warnings;
use Exporter qw(import);
use File::Copy qw(copy);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use FindBin;
use IO::Socket::UNIX;
use POSIX qw(WNOHANG _exit);
use Time::HiRes qw(sleep time);

our @EXPORT = qw(start_reader);

my $POLL = 0.4;    # seconds between two looks of pcscd into its reader

my $script = __FILE__ =~ s{[^/]*/[^/]*$}{reader}r;

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/;
    return scalar(<$in>) // '';
}

sub start_reader {
    my (%options) = (with => 'card', files => ($ENV{CARD_PKI} // '') . '/card', @_);
    my $dir  = tempdir('card-XXXXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$, with => $options{with} }, __PACKAGE__;
    chmod 0711, $dir;    # clients of other users come through
    return $self if $options{with} eq 'nothing';
    $self->make_card($options{files}, $options{settings} // {}) unless $options{with} eq 'service';
    $self->launch;
    $self->await(sub { -S "$dir/run/pcscd.comm" });
    $self->await(sub { -S "$dir/control" }) unless $options{with} eq 'service';
    $self->await_power(0) if $options{with} eq 'card';
    return $self;
}

sub make_card {
    my ($self, $files, $settings) = @_;
    mkdir "$self->{dir}/card", 0700 or die "$self->{dir}/card: $!";
    for my $name (map { ("$_.key", "$_.der", "$_-ca.der") } qw(auth sign)) {
        copy("$files/$name", "$self->{dir}/card/$name") or die "$files/$name: $!\n";
    }
    open my $state, '>', "$self->{dir}/card/state" or die $!;
    print $state "$_ $settings->{$_}\n" for sort keys %$settings;
    close $state or die $!;
}

sub launch {
    my ($self) = @_;
    my $variant = { card => undef, reader => '--out', service => '--no-reader' }->{ $self->{with} };
    $self->{pid} = fork // die "fork: $!";
    return if $self->{pid};
    exec $script, $self->{dir}, $variant // () or _exit(127);
}

sub await {
    my ($self, $condition) = @_;
    my $end = time + 10;
    until ($condition->()) {
        my $ended = waitpid($self->{pid}, WNOHANG) != 0;
        delete $self->{pid} if $ended;
        die "$script: no reader:\n" . $self->log if $ended || time > $end;
        sleep 0.01;
    }
}

# pcscd believes in a card as soon as it has given it power.
sub await_power {
    my ($self, $before) = @_;
    $self->await(sub { $self->count('POWER') > $before });
    sleep 0.02;
}

sub environment { my ($self) = @_; return (PCSCLITE_CSOCK_NAME => "$self->{dir}/run/pcscd.comm") }
sub directory   { my ($self) = @_; return $self->{dir} }
sub log         { my ($self) = @_; return slurp("$self->{dir}/log") }
sub name        { return 'Test Reader 00 00' }

sub run {
    my ($self, @command) = @_;
    my ($out, $err) = map { "$self->{dir}/$_" } qw(out err);
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        %ENV = (%ENV, $self->environment);
        open STDIN,  '<', '/dev/null' or _exit(127);
        open STDOUT, '>', $out        or _exit(127);
        open STDERR, '>', $err        or _exit(127);
        alarm 30;
        { exec @command };
        _exit(127);
    }
    waitpid $pid, 0;
    return ($? & 127 ? 128 + ($? & 127) : $? >> 8, slurp($out), slurp($err));
}

sub control {
    my ($self, $line) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => "$self->{dir}/control") or die "control: $!";
    print $socket "$line\n";
    my $answer = <$socket> // '';
    $answer =~ /^ok ?(.*)\n/ or die "control: $line: $answer\n";
    return $1;
}

sub count { my ($self, $what)    = @_; return $self->control("count $what") }
sub tries { my ($self, $purpose) = @_; return $self->control("get $purpose-tries") }

sub insert {
    my ($self) = @_;
    my $before = $self->count('POWER');
    $self->control('insert');
    $self->await_power($before);
}

sub remove {
    my ($self) = @_;
    $self->control('remove');
    sleep $POLL + 0.1;
}

sub stop {
    my ($self) = @_;
    local ($?, $@, $!);
    return if $self->{owner} != $$ || !defined $self->{dir};
    if (my $pid = delete $self->{pid}) {
        kill 'TERM', $pid;
        waitpid $pid, 0;
    }
    remove_tree(delete $self->{dir});
}

sub DESTROY { my ($self) = @_; $self->stop }

1;
