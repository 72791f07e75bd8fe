# SPDX-License-Identifier: Apache-2.0
#
# The card helper for a test: a server's key that it believes, requests signed with it, and runs of the program.
#
#   my $signer = Signer->new                a directory with key, origins and state; SIGNER: the program to try
#   $signer->request($operation, %changes)  a signed request (auth, sign, info), to the card; %changes replace fields of
#                                           its payload, undef leaves one out; key => a file of another Ed25519 key
#   $signer->manifest($nonce, [NAME, LABEL, VALUE]...)   the bytes of a form for $signer->origin
#   $signer->sign_request({ %changes }, [NAME, LABEL, VALUE]...)   a request for such a form: (request, manifest);
#                                           the changes may be left out
#   $signer->run($command, %with)           one run; ($status, $out, $err), a signal is a status of 128 and more
#       request => JWS, pin => TEXT (undef: no --pin-fd), options => [...], reader => Card, seconds => 20
#   $signer->pinned                         the options that name origins and state
#   $signer->directory, $signer->took       seconds of the last run
#   nonce()                                 a new one
#   exit_of('NO_CARD')                      what the program exits with, read from wire/code.h
package Signer;
use strict;
use warnings;
use Encode qw(encode);
use Exporter qw(import);
use Fcntl qw(F_SETFD);
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(encode_base64 encode_base64url);
use POSIX qw(_exit dup2);
use Time::HiRes qw(time);

our @EXPORT = qw(nonce exit_of);

my $json   = JSON::PP->new->canonical->utf8;
my $root   = __FILE__ =~ s{test/card/lib/[^/]*$}{}r || './';
my $ORIGIN = 'https://kiosk.example.jp:8443';

sub slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or return '';
    local $/;
    return scalar(<$in>) // '';
}

sub put {
    my ($file, $bytes) = @_;
    open my $out, '>:raw', $file or die "$file: $!";
    print $out $bytes;
    close $out or die "$file: $!";
}

sub nonce {
    open my $random, '<:raw', '/dev/urandom' or die $!;
    read $random, my $bytes, 32;
    return encode_base64($bytes, '');
}

sub exit_of {
    my ($name) = @_;
    my @codes = slurp("${root}mod_kawasaki/wire/code.h") =~ /^    WIRE_(\w+)/mg;
    my ($place) = grep { $codes[$_] eq $name } 0 .. $#codes;
    return defined $place ? $place ? 10 + $place : 0 : die "no code $name\n";
}

sub new {
    my ($class) = @_;
    my $self = bless { dir => tempdir('signer-XXXXXXXX', TMPDIR => 1, CLEANUP => 1), number => 0 }, $class;
    $self->{program} = $ENV{SIGNER} || "${root}build/kawasaki-signer";
    my $public = encode_base64url($self->make_key('server'));
    put("$self->{dir}/origins", "# a kiosk\n$ORIGIN $public\n");
    mkdir "$self->{dir}/state", 0700;
    return $self;
}

# The public half's 32 bytes; the key is in $dir/$name.key.
sub make_key {
    my ($self, $name) = @_;
    my $key = "$self->{dir}/$name.key";
    system("openssl genpkey -algorithm ed25519 -out '$key'") == 0 or die "openssl\n";
    return substr `openssl pkey -in '$key' -pubout -outform DER`, -32;
}

sub request {
    my ($self, $operation, %changes) = @_;
    my $key = delete $changes{key} // "$self->{dir}/server.key";
    my $now = int time;
    my %payload = (
        id        => sprintf('r%d-%d', $$, ++$self->{number}),
        operation => $operation,
        source    => 'card',
        origin    => $ORIGIN,
        nonce     => nonce(),
        iat       => $now,
        exp       => $now + 120,
        %changes
    );
    delete $payload{$_} for grep { !defined $payload{$_} } keys %payload;
    my $text = encode_base64url('{"alg":"EdDSA"}') . '.' . encode_base64url($json->encode(\%payload));
    put("$self->{dir}/text", $text);
    my $signature = `openssl pkeyutl -sign -rawin -inkey '$key' -in '$self->{dir}/text'`;
    return $text . '.' . encode_base64url($signature);
}

sub manifest {
    my ($self, $nonce, @fields) = @_;
    my @time   = gmtime;
    my @values = (
        [ rules   => 'ab' x 32 ],
        [ city    => 'kawasaki' ],
        [ flow    => 'jpki.register' ],
        [ account => '' ],
        [ origin  => $ORIGIN ],
        [ nonce   => $nonce ],
        [ time    => POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', @time) ]
    );
    return join '', map { "$_\n" } 'kawasaki-manifest 1', (map { "$_->[0]\t$_->[1]" } @values), '',
        map { join "\t", @$_ } @fields;
}

# Fields are characters, the manifest comes as bytes.
sub sign_request {
    my ($self, @fields) = @_;
    my %changes  = ref $fields[0] eq 'HASH' ? %{ shift @fields } : ();
    my $nonce    = nonce();
    my $manifest = $self->manifest($nonce, @fields);
    return ($self->request('sign', nonce => $nonce, manifest => $manifest, %changes), encode('UTF-8', $manifest));
}

sub origin    { return $ORIGIN }
sub directory { my ($self) = @_; return $self->{dir} }
sub took      { my ($self) = @_; return $self->{took} }
sub program   { my ($self) = @_; return $self->{program} }
sub pinned    { my ($self) = @_; return ('--origins', "$self->{dir}/origins", '--state', "$self->{dir}/state") }

# In the child: the descriptors, and the time it has.
sub become {
    my ($self, $reader, $pin, $seconds, @command) = @_;
    %ENV = (%ENV, $reader->environment) if $reader;
    open STDIN,  '<', '/dev/null'       or _exit(127);
    open STDOUT, '>', "$self->{dir}/out" or _exit(127);
    open STDERR, '>', "$self->{dir}/err" or _exit(127);
    fcntl $pin, F_SETFD, 0 if $pin;
    alarm $seconds;
    { exec @command };
    _exit(127);
}

sub run {
    my ($self, $command, %with) = @_;
    my @command = ($self->{program}, $command, @{ $with{options} // [] });
    my $pin;
    if (defined $with{request}) {
        put("$self->{dir}/request", $with{request});
        push @command, '--request', "$self->{dir}/request", $self->pinned;
    }
    if (defined $with{pin}) {
        put("$self->{dir}/pin", encode('UTF-8', $with{pin}) . "\n");
        open $pin, '<:raw', "$self->{dir}/pin" or die $!;
        unlink "$self->{dir}/pin";
        push @command, '--pin-fd', fileno $pin;
    }
    my $began = time;
    my $pid   = fork // die "fork: $!";
    $self->become($with{reader}, $pin, $with{seconds} // 20, @command) if !$pid;
    waitpid $pid, 0;
    $self->{took} = time - $began;
    return ($? & 127 ? 128 + ($? & 127) : $? >> 8, slurp("$self->{dir}/out"), slurp("$self->{dir}/err"));
}

1;
