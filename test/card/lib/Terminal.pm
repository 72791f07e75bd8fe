# SPDX-License-Identifier: Apache-2.0
#
# A terminal for a test: a program in a pseudo-terminal of 80 columns, what it shows, and keys typed to it.
#
#   my $terminal = Terminal->new(@command)   starts it; the terminal controls it and is all its descriptors
#   $terminal->expect(qr/.../, $seconds)     waits until what was shown since the last expect matches, spaces left out
#                                            (curses moves over them); true, or false with what there is in ->shown
#   $terminal->type($keys)
#   $terminal->end($seconds)                 waits for the end; its status, or 'hung' after killing it
#   $terminal->shown, $terminal->pid
package Terminal;
use strict;
use warnings;
use Encode qw(decode encode FB_DEFAULT);
use Fcntl qw(O_RDWR O_NOCTTY);
use POSIX qw(_exit dup2 setsid WNOHANG);
use Time::HiRes qw(sleep time);

# ioctls of Linux (ioctl_tty(2))
my ($UNLOCK, $NUMBER, $CONTROL, $SIZE) = (0x40045431, 0x80045430, 0x540E, 0x5414);

sub new {
    my ($class, @command) = @_;
    sysopen my $terminal, '/dev/ptmx', O_RDWR | O_NOCTTY or die "/dev/ptmx: $!";
    my ($no, $number) = (pack('i', 0)) x 2;
    ioctl $terminal, $UNLOCK, $no     or die "unlock: $!";
    ioctl $terminal, $NUMBER, $number or die "number: $!";
    my $name = '/dev/pts/' . unpack 'i', $number;
    my $pid  = fork // die "fork: $!";
    if (!$pid) {
        setsid();
        sysopen my $own, $name, O_RDWR or _exit(127);
        ioctl $own, $CONTROL, 0;
        my $size = pack 'S4', 24, 80, 0, 0;
        ioctl $own, $SIZE, $size;
        dup2(fileno $own, $_) for 0 .. 2;
        $ENV{TERM} = 'xterm';
        { exec @command };
        _exit(127);
    }
    return bless { terminal => $terminal, pid => $pid, raw => '' }, $class;
}

sub read_more {
    my ($self, $seconds) = @_;
    my $ready = '';
    vec($ready, fileno $self->{terminal}, 1) = 1;
    return unless select $ready, undef, undef, $seconds;
    return sysread $self->{terminal}, $self->{raw}, 4096, length $self->{raw};    # an error: the other end is closed
}

sub shown {
    my ($self) = @_;
    my $text = decode('UTF-8', $self->{raw}, FB_DEFAULT);
    $text =~ s/\e\[[0-9;?]*[A-Za-z]|\e[()][0-9A-Z]|\e[=>78]|[\x0E\x0F\s]//g;
    return $text;
}

sub expect {
    my ($self, $pattern, $seconds) = @_;
    my $end = time + ($seconds // 5);
    until ($self->shown =~ $pattern) {
        return 0 if time > $end;
        $self->read_more(0.1);
    }
    $self->{raw} = '';
    return 1;
}

sub type { my ($self, $keys) = @_; syswrite $self->{terminal}, encode('UTF-8', $keys) }
sub pid  { my ($self) = @_; return $self->{pid} }

sub end {
    my ($self, $seconds) = @_;
    my $end = time + ($seconds // 5);
    while (waitpid($self->{pid}, WNOHANG) == 0) {
        if (time > $end) {
            kill 'KILL', $self->{pid};
            waitpid $self->{pid}, 0;
            return 'hung';
        }
        $self->read_more(0.05) // sleep 0.05;
    }
    return $? & 127 ? 128 + ($? & 127) : $? >> 8;
}

1;
