# SPDX-License-Identifier: Apache-2.0
#
# A second server with a card helper, beside the one under test: its configuration, its processes, its life. In a
# directory of its own that others may enter, since the helper is another user.
package Kiosk;
use strict;
use warnings;
use utf8;
use Browser;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Temp ();
use IO::Socket::INET;
use POSIX ();
use Site qw(await put root slurp var variant);

our $odd = abs_path(dirname(__FILE__) . '/../odd-helper');
my $certificates = abs_path(dirname(__FILE__) . '/../../card/certificates');

sub new {
    my ($class) = @_;
    my $self = bless { dir => File::Temp->newdir('/tmp/kawasaki-kiosk.XXXXXXXX') }, $class;
    chmod 0755, "$self->{dir}" or die $!;
    for my $folder (qw(run made)) { mkdir "$self->{dir}/$folder", 0755 or die $! }
    copy($_, "$self->{dir}/") or die "$_: $!" for root() . '/bin/kawasaki-signer', $odd;
    chmod 0755, "$self->{dir}/kawasaki-signer", "$self->{dir}/odd-helper";
    $self->make_certificates;
    return $self;
}

sub dir { my ($self) = @_; return "$self->{dir}" }
sub run { my (@command) = @_; system(@command) == 0 or die "@command" }

# A card's PIN is four digits; a file's password may be.
sub make_certificates {
    my ($self) = @_;
    my $made = $self->dir . '/made';
    run($certificates, $made);
    run('openssl', 'pkcs12', '-export', '-in', "$made/card/auth.crt", '-inkey', "$made/card/auth.key", '-out',
        "$made/auth.p12", '-passout', 'pass:7391');
    run('chmod', '-R', 'a+rX', $made);
}

# More of them, by the words of test/card/certificates.
sub make {
    my ($self, @words) = @_;
    my $made = $self->dir . '/made';
    run($certificates, $made, @words);
    run('chmod', '-R', 'a+rX', $made);
}

# The configuration with this line for the helper; more changes by the code, in $_.
sub configure {
    my ($self, $helper, $code) = @_;
    my $dir = $self->dir;
    my $directives = "KawasakiHelper $dir/$helper\nKawasakiHelperDeadline 2\n";
    my %lines      = (KawasakiAuthorities => "$dir/made/trust", KawasakiRevocationLists => "$dir/made/crl");
    $self->{conf} = variant('kiosk', sub {
        s{^\s*<IfDefine KIOSK>.*?</IfDefine>\n}{}msg;
        s{^DefaultRuntimeDir .*}{DefaultRuntimeDir $dir/run}m;
        s{^(<VirtualHost)}{$directives$1}m;
        s{^(\s*)(KawasakiOrigin .*)}{join "\n$1", $1 . $2, 'KawasakiKiosk 127.0.0.1', map { "$_ $lines{$_}" } sort keys %lines}me;
        if ($self->{listen}) {
            my @new = /^Listen 127\.0\.0\.1:(\d+)/mg;
            for my $i (0 .. $#new) { s/:$new[$i]\b/:$self->{listen}[$i]/g }
        } else {
            $self->{listen} = [ /^Listen 127\.0\.0\.1:(\d+)/mg ];
        }
        ($self->{origin}) = /^\s*KawasakiOrigin (\S+)/m;
        $code->() if $code;
    });
    put("$dir/origins", qx{'${\ root()}/bin/kawasaki' key show --keys '${\ root()}/keys' --origin $self->{origin}});
    chmod 0644, "$dir/origins" or die $!;
    return $self;
}

sub log_file { return root() . '/logs/kiosk-error_log' }
sub logged { my ($self, $pattern) = @_; return grep { /$pattern/ } split /\n/, -e log_file() ? slurp(log_file()) : '' }

# All of it, without the numbers of processes: one of them might look like a PIN.
sub said { my ($self) = @_; return map { s/\[pid \d+(?::tid \d+)?\]//r } $self->logged('.') }

sub start {
    my ($self) = @_;
    unlink log_file(), root() . '/logs/kiosk-httpd.pid';
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        POSIX::setsid(); # prefork signals its whole process group
        open STDOUT, '>&', \*STDERR or die $!;
        exec var('httpd'), '-f', $self->{conf}, '-DFOREGROUND' or die $!;
    }
    $self->{pid} = $pid;
    return await(sub { $self->answers });
}

sub answers {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{origin} =~ s/.*://r);
}

sub stop {
    my ($self, $signal) = @_;
    my $pid = delete $self->{pid} or return 0;
    kill $signal // 'TERM', $pid;
    waitpid $pid, 0;
    return 1;
}

sub DESTROY { my ($self) = @_; local ($?, $!); $self->stop }

sub graceful { my ($self) = @_; return kill USR1 => $self->{pid} }

# --- Processes ---

# The living children of a process, all or those of a name.
sub children_of {
    my ($pid, $name) = @_;
    my @found;
    for my $stat (glob '/proc/[0-9]*/stat') {
        my ($child, $comm, $parent) = (eval { slurp($stat) } // '') =~ /^(\d+) \((.*)\) [^Z] (\d+) / or next;
        push @found, $child if $parent == $pid && (!defined $name || $comm eq $name);
    }
    return @found;
}

# Its arguments, each with a NUL behind it; empty when it has gone meanwhile.
sub command { my ($pid) = @_; return eval { slurp("/proc/$pid/cmdline") } // '' }

# httpd's own process is but a stand-in for the keeper.
sub keepers {
    my ($self) = @_;
    return map { children_of($_, 'kawasaki-keeper') } $self->{pid} ? children_of($self->{pid}, 'kawasaki-keeper') : ();
}
sub helpers { my ($self) = @_; return map { children_of($_) } $self->keepers }

# The one helper, once it has become its program.
sub helper {
    my ($self, $seconds) = @_;
    my @all;
    my $found = await(sub { @all = $self->helpers; @all == 1 && command($all[0]) =~ /\0serve\0/ }, $seconds);
    return $found ? $all[0] : undef;
}

# --- The page ---

sub browser {
    my ($self) = @_;
    my $browser = Browser->new;
    $browser->{origin} = $self->{origin};
    return $browser;
}

1;
