#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The helper's front ends for programs: a kiosk's socket (serve) and a browser's pipes (stdio).
use strict;
use warnings;
use utf8;
use Card;
use Digest::SHA qw(sha256_hex);
use Fcntl qw(F_SETFD);
use File::Copy qw(copy);
use Frame;
use IO::Socket::UNIX;
use IPC::Open2 qw(open2);
use JSON::PP;
use POSIX qw(_exit dup2 WNOHANG);
use Signer;
use Test::More;
use Time::HiRes qw(sleep time);

my $signer = Signer->new;
my $dir    = $signer->directory;
my $socket = "$dir/kiosk/socket";
mkdir "$dir/kiosk", 0700;
my @fields = ([ 'name', '氏名', '川崎　太郎' ]);
my $canary = 'QZX7KJ9WVB4';
my $true   = JSON::PP::true;
my %running;    # what is left when a test dies
END { local $?; kill 'TERM', keys %running }

$SIG{PIPE} = 'IGNORE';
binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

sub slurp { my ($file) = @_; open my $in, '<:raw', $file or return ''; local $/; return scalar(<$in>) // '' }

# serve, listening when this returns; its standard error goes to $dir/log.
sub start {
    my ($reader, @options) = @_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        %ENV = (%ENV, $reader->environment);
        open STDIN,  '<',  '/dev/null' or _exit(127);
        open STDOUT, '>',  '/dev/null' or _exit(127);
        open STDERR, '>>', "$dir/log"  or _exit(127);
        { exec $signer->program, 'serve', $signer->pinned, '--socket', $socket, @options };
        _exit(127);
    }
    $running{$pid} = 1;
    my $end = time + 5;
    sleep 0.01 until -S $socket || time > $end;
    return $pid;
}

sub stop {
    my ($pid) = @_;
    kill 'TERM', $pid;
    delete $running{$pid};
    my $end = time + 3;
    sleep 0.01 until waitpid($pid, WNOHANG) || time > $end;
    return $? >> 8;
}

sub connection { return IO::Socket::UNIX->new(Peer => $socket) // die "$socket: $!" }
sub native { my ($to, $from, $message) = @_; write_frame($to, encode_json($message)); return decode_json(read_frame($from)) }
sub kiosk { my ($message, $pin) = @_; return ask(connection(), $message, $pin) }

# Is a text anywhere in the process's memory?
sub remembers {
    my ($pid, $text) = @_;
    open my $memory, '<:raw', "/proc/$pid/mem" or return "closed: $!";
    for (split /\n/, slurp("/proc/$pid/maps")) {
        my ($from, $to, $rest) = /^(\w+)-(\w+) r(.*)/ or next;
        no warnings 'portable';
        my ($at, $size) = (hex $from, hex($to) - hex $from);
        next if $rest =~ /\[v/ || $size > 1 << 28;    # the kernel's; AddressSanitizer's own
        sysseek $memory, $at, 0;
        sysread($memory, my $bytes, $size);
        return "in $_" if defined $bytes && index($bytes, $text) >= 0;
    }
    return 'nowhere';
}

# A factor of an RSA key; in the memory of who computes with it its low bytes come first.
sub private_number {
    my ($file) = @_;
    my ($digits) = `openssl pkey -in '$file' -noout -text` =~ /^prime1:\n((?: .*\n)+)/m or die "$file: no key\n";
    return substr pack('H*', $digits =~ s/[\s:]//gr), -128;
}

subtest 'a kiosk' => sub {
    my $reader = start_reader(settings => { 'sign-pin' => $canary });
    my $pid    = start($reader);
    my $answer = kiosk({ request => $signer->request('info', id => 'first') });
    is("$answer->{id} $answer->{info}{code} $answer->{info}{signing_tries}", 'first OK 5', 'what is there');
    is(kiosk({ request => $signer->request('info') })->{insertion}, $answer->{insertion}, 'the same card');
    my $token = kiosk({ request => $signer->request('auth') }, '1234');
    ok($token->{token}, 'a token');
    is($token->{insertion}, $answer->{insertion}, 'by the card that was seen');
    ok(kiosk({ request => ($signer->sign_request(@fields))[0] }, $canary)->{cms}, 'a signed form');
    is($reader->count('VERIFY'), 2, 'each with one PIN entry');
    like(remembers($pid, 'kiosk.example.jp'), qr/^in/, 'its memory can be searched') if $> == 0;
    is(remembers($pid, $canary), 'nowhere', 'and holds no PIN any more') if $> == 0;
    is(kiosk({ request => $signer->request('auth') })->{error}, 'PIN_FORM', 'without a PIN: no try is spent');
    is_deeply([ @{ kiosk({ request => $signer->request('auth') }, '0000') }{qw(error tries)} ], [ 'PIN_WRONG', 2 ], 'a wrong one');
    my $before = $reader->count('VERIFY');
    kill 'STOP', $pid;
    my $late = connection();
    write_frame($late, encode_json({ request => $signer->request('auth'), pin => $true }));
    write_frame($late, '0000');
    close $late;
    kill 'CONT', $pid;
    ok(kiosk({ request => $signer->request('info') }), 'who has left the queue');
    is($reader->count('VERIFY'), $before, 'has his PIN shown to no card');
    $reader->control('set auth-tries 1');
    is(kiosk({ request => $signer->request('auth') }, '1234')->{error}, 'PIN_LOW', 'the last try is not spent');
    ok(kiosk({ request => $signer->request('auth'), last_try => $true }, '1234')->{token}, 'but after a yes');
    $reader->remove;
    is(kiosk({ request => $signer->request('info') })->{info}{code}, 'NO_CARD', 'the card is out');
    is(kiosk({ request => $signer->request('auth') }, '1234')->{error}, 'NO_CARD', 'and can sign nothing');
    $reader->insert;
    my $again = kiosk({ request => $signer->request('info') });
    is($again->{info}{code}, 'OK', 'it is back');
    isnt($again->{insertion}, $answer->{insertion}, 'which is another insertion');
    is(stop($pid), 0, 'TERM ends it');
    ok(!-e $socket, 'and takes the socket away');
    unlike(slurp("$dir/log"), qr/$canary|川崎/, 'neither PIN nor name is in its log');
};

# By what the server counts wrong PINs.
subtest 'whose card it is' => sub {
    my $reader = start_reader();
    my $pid    = start($reader);
    my $holder = sha256_hex(slurp("$ENV{CARD_PKI}/card/auth.der"));
    my $first  = kiosk({ request => $signer->request('info') });
    is($first->{holder},       $holder, 'its authentication certificate tells, without a PIN');
    is($first->{info}{holder}, $holder, 'wherever it is looked for');
    my $before = $reader->count('READ');
    kiosk({ request => $signer->request('info') });
    is($reader->count('READ') - $before, 2, 'and is read once, not at each question: label and presence are');
    is_deeply([ @{ kiosk({ request => $signer->request('auth') }, '0000') }{qw(error holder)} ], [ 'PIN_WRONG', $holder ], 'a wrong one');
    is(kiosk({ request => ($signer->sign_request(@fields))[0] }, 'ABC123')->{holder}, $holder, 'also of the signing key');
    $reader->remove;
    $reader->insert;
    my $second = kiosk({ request => $signer->request('info') });
    isnt($second->{insertion}, $first->{insertion}, 'out and in, while nobody asked: another insertion');
    is($second->{holder}, $holder, 'of the same card');
    $reader->control('remove');
    $reader->control('set auth-certificate missing');
    $reader->insert;
    my $third = kiosk({ request => $signer->request('info') });
    like($third->{holder}, qr/^[0-9a-f]{64}$/, 'without that certificate there is a holder, too');
    isnt($third->{holder}, $holder, 'and another');
    $reader->remove;
    is(kiosk({ request => $signer->request('info') })->{holder}, undef, 'without a card there is none');
    stop($pid);
};

subtest 'a card and a file' => sub {
    my $reader = start_reader();
    my $file   = "$ENV{CARD_PKI}/company/company.p12";
    my $pid    = start($reader, '--reader', 'Test Reader', '--p12', $file);
    my $ask    = sub { my ($operation, $source, @pin) = @_; return kiosk({ request => $signer->request($operation, source => $source) }, @pin) };
    is($ask->('info', $_)->{info}{source}, $_, "what is there: $_") for qw(card file);
    is($ask->('info', 'file')->{holder}, sha256_hex(slurp($file)), 'the file is known by its bytes');
    my $powered = $reader->count('POWER');
    ok($ask->('auth', 'file', 'kawasaki-p12')->{token}, 'a token of the file');
    is_deeply([ @{ $ask->('auth', 'file', 'wrong') }{qw(error holder)} ], [ 'PIN_WRONG', sha256_hex(slurp($file)) ], 'a wrong password');
    ok(kiosk({ request => ($signer->sign_request({ source => 'file' }, @fields))[0] }, 'kawasaki-p12')->{cms}, 'a form');
    is($reader->count('POWER'), $powered, 'for which the card got no power');
    ok($ask->('auth', 'card', '1234')->{token}, 'a token of the card');
    $reader->remove;
    is($ask->('auth', 'card', '1234')->{error}, 'NO_CARD', 'no card, no token: the file is not taken for it');
    is($ask->('auth', $_, '1234')->{error}, 'REQUEST_INVALID', $_ // 'none said') for undef, 'any', 'p12';
    stop($pid);
    $pid = start($reader);
    is($ask->('auth', 'file', 'kawasaki-p12')->{error},   'FILE_MISSING', 'who was given no file has none');
    is($ask->('info', 'file')->{info}{code}, 'FILE_MISSING', 'and says so');
    stop($pid);
};

subtest 'a kiosk with a file' => sub {
    my $reader = start_reader(with => 'nothing');
    my @pair   = map { "$ENV{CARD_PKI}/company/company.$_" } qw(crt key);
    system("openssl pkcs12 -export -in '$pair[0]' -inkey '$pair[1]' -passout 'pass:$canary' -out '$dir/company.p12'") == 0 or die;
    my $pid = start($reader, '--p12', "$dir/company.p12");
    my $log_in = sub { return kiosk({ request => $signer->request('auth', source => 'file') }, @_) };
    ok($log_in->($canary)->{token}, 'a token');
    is($log_in->("${canary}X")->{error}, 'PIN_WRONG', 'another password');
    is(remembers($pid, $canary), 'nowhere', 'and none is left in its memory') if $> == 0;
    is(remembers($pid, $canary =~ s/(.)/\0$1/gr), 'nowhere', 'nor as the file has it, two bytes a character') if $> == 0;
    my $prime = private_number($pair[1]);
    is(remembers($pid, $_), 'nowhere', 'nor the private key') for $> == 0 ? ($prime, scalar reverse $prime) : ();
    stop($pid);
    unlike(slurp("$dir/log"), qr/$canary/, 'nor in its log');
};

subtest 'who may connect' => sub {
    my $reader = start_reader(with => 'nothing');
    my $pid    = start($reader, '--peer', 65533, '--peer', 65532);
    is(kiosk({ request => $signer->request('info') }), undef, 'others than these are sent away');
    like(slurp("$dir/log"), qr/KW-SIGNER-010: user $> may not connect/, 'with a line in the log');
    stop($pid);
    $pid = start($reader, '--peer', 65533, '--peer', $>);
    is(kiosk({ request => $signer->request('info') })->{info}{code}, 'NO_SERVICE', 'these are not');
    stop($pid);
};

subtest 'bad company' => sub {
    my $reader = start_reader(with => 'nothing');
    open my $other_file, '<', '/dev/zero' or die $!;
    fcntl $other_file, F_SETFD, 0;    # inherited
    my $pid   = start($reader);
    my @files  = map { readlink =~ s/:.*//r } sort glob "/proc/$pid/fd/*";
    is("@files", "/dev/null /dev/null $dir/log socket anon_inode", 'descriptors: nothing but what it needs');
    my %said = (
        'not JSON'        => sub { write_frame($_[0], 'PIN please') },
        'an unknown word' => sub { write_frame($_[0], '{"request":"x","extra":1}') },
        'a gigabyte'      => sub { syswrite $_[0], pack('L', 1 << 30) . 'x' x 100 },
        'half a frame'    => sub { syswrite $_[0], pack('L', 100) . '{"requ'; shutdown $_[0], 1 },
        'a long PIN'      => sub { write_frame($_[0], $_) for encode_json({ request => 'x.y.z', pin => $true }), 'x' x 200 },
        'nothing'         => sub { shutdown $_[0], 1 },
    );
    for my $what (sort keys %said) {
        my $began      = time;
        my $connection = connection();
        $said{$what}->($connection);
        is(read_frame($connection, 3), undef, "$what: no answer");
        cmp_ok(time - $began, '<', 2, 'at once');
    }
    is(kiosk({ request => 'x.y.z' })->{error}, 'REQUEST_INVALID', 'an unsigned request has one');
    my $size = () = slurp("$dir/log") =~ /KW-SIGNER-011/g;
    cmp_ok($size, '>=', 5, 'each dropped connection is in the log');
    my $began = time;
    my $slow  = connection();
    syswrite $slow, pack('L', 1000) . '{';
    my $other = connection();
    ok(ask($other, { request => $signer->request('info') })->{info}, 'who waits behind a slow one is served');
    cmp_ok(time - $began, '<', 7, 'after its deadline');
    my $deaf = connection();
    write_frame($deaf, encode_json({ request => $signer->request('info') }));
    close $deaf;
    ok(kiosk({ request => $signer->request('info') })->{info}, 'who goes away without an answer harms nobody');
    is(stop($pid), 0, 'it ends as it should');
};

subtest 'a socket handed over' => sub {
    my $listener = IO::Socket::UNIX->new(Local => "$dir/kiosk/given", Listen => 5) or die $!;
    my $run = sub {
        my ($handle, %environment) = @_;
        my $pid = fork // die "fork: $!";
        if (!$pid) {
            open STDERR, '>>', "$dir/log" or _exit(127);
            $handle && fileno $handle == 3 ? fcntl $handle, F_SETFD, 0 : $handle ? dup2(fileno $handle, 3) : POSIX::close(3);
            %ENV = (%ENV, PCSCLITE_CSOCK_NAME => "$dir/nowhere", %environment);
            { exec $signer->program, 'serve', $signer->pinned };
            _exit(127);
        }
        return $pid;
    };
    my $pid    = $run->($listener, LISTEN_FDS => 1);
    my $client = IO::Socket::UNIX->new(Peer => "$dir/kiosk/given") or die $!;
    ok(ask($client, { request => $signer->request('info') })->{info}, 'is served');
    is(stop($pid), 0, 'until TERM');
    ok(-S "$dir/kiosk/given", 'and stays: it is not ours');
    open my $file, '<', '/dev/null' or die $!;
    my @refused = (
        [ 'nothing is handed over', undef ],
        [ 'it is meant for another process', $listener, LISTEN_FDS => 1, LISTEN_PID => 1 ],
        [ 'it is a file', $file, LISTEN_FDS => 1 ],
    );
    for (@refused) {
        my ($name, @how) = @$_;
        waitpid $run->(@how), 0;
        is($? >> 8, exit_of('FAILED'), $name);
    }
    chmod 0755, "$dir/kiosk";
    my $refused = start(start_reader(with => 'nothing'));
    waitpid $refused, 0;
    is($? >> 8, exit_of('FAILED'), 'no socket is made where others can look');
    delete $running{$refused};
    chmod 0700, "$dir/kiosk";
};

# A browser adds its own words to the program's name and nothing else, so options stand in a script.
subtest 'a wrapper for a browser' => sub {
    my $reader = start_reader();
    my ($pinentry, $wrapper) = ("$dir/fake-pinentry", "$dir/wrapper");
    copy('test/card/fake-pinentry', $pinentry) or die $!;
    my $put = sub { my ($name, $text) = @_; open my $out, '>', $name or die $!; print $out $text; close $out };
    $put->("$pinentry.does", 'pin kawasaki-p12');
    $put->($wrapper, "#!/bin/sh\nexec '" . join("' '", $signer->program, 'stdio', $signer->pinned, '--pinentry', $pinentry,
            '--p12', "$ENV{CARD_PKI}/company/company.p12") . "' \"\$@\" 2>>'$dir/log'\n");
    chmod 0755, $pinentry, $wrapper;
    local %ENV = (%ENV, $reader->environment);
    my %words = (Chrome => ['chrome-extension://abcdefghijklmnop/'], Firefox => [ '/home/a b/kawasaki.json', 'kawasaki@example.jp' ]);
    for my $browser (sort keys %words) {
        my $pid = open2(my $from, my $to, $wrapper, @{ $words{$browser} });
        my $send = sub { return native($to, $from, { request => $signer->request(@_), origin => $signer->origin }) };
        is($send->('info', source => 'file')->{info}{code}, 'OK', "$browser: the file");
        is($send->('info')->{info}{card}, 'my-number-card', 'and the card');
        ok($send->('auth', source => 'file')->{token}, 'a token, with a password from this pinentry') for 1, 2;
        close $to;
        my $began = time;
        waitpid $pid, 0;
        is($?, 0, 'it ends with its input');
        cmp_ok(time - $began, '<', 1, 'at once');
        $pid = open2($from, $to, $wrapper, @{ $words{$browser} });
        close $to;
        waitpid $pid, 0;
        is($?, 0, 'also when nothing was asked');
    }
};

# A desktop's pinentry asks on a display that it finds through these; what else there is may change what it does.
subtest 'what pinentry is told of the desktop' => sub {
    my $pinentry = "$dir/fake-pinentry";
    my @names    = qw(DBUS_SESSION_BUS_ADDRESS DISPLAY GPG_TTY HOME LANG LC_ALL LC_CTYPE LC_MESSAGES QT_QPA_PLATFORM TERM
        WAYLAND_DISPLAY XAUTHORITY XDG_RUNTIME_DIR XDG_SESSION_TYPE);
    copy('test/card/fake-pinentry', $pinentry) or die $!;
    chmod 0755, $pinentry;
    open my $does, '>', "$pinentry.does" or die $!;
    print $does 'pin kawasaki-p12';
    close $does or die $!;
    my @command = ($signer->program, 'stdio', $signer->pinned, '--pinentry', $pinentry, '--p12', "$ENV{CARD_PKI}/company/company.p12");
    local %ENV = (PATH => $ENV{PATH}, LD_LIBRARY_PATH => '/nowhere', GTK_MODULES => 'any', map { $_ => $dir } @names);
    my $ask     = sub {
        my $pid    = open2(my $from, my $to, @command);
        my $answer = native($to, $from, { request => $signer->request('auth', source => 'file'), origin => $signer->origin });
        close $to;
        waitpid $pid, 0;
        return $answer;
    };
    ok($ask->()->{token}, 'a token');
    is(slurp("$pinentry.environment"), join(' ', @names), 'with these names, and no others');
    delete @ENV{qw(DISPLAY GPG_TTY HOME)};
    ok($ask->()->{token}, 'another');
    is(slurp("$pinentry.environment"), join(' ', grep { !/^(?:DISPLAY|GPG_TTY|HOME)$/ } @names), 'what is not there is not made up');
};

subtest 'a browser without a pinentry' => sub {
    my $reader   = start_reader();
    my $pinentry = "$dir/fake-pinentry";
    copy('test/card/fake-pinentry', $pinentry) or die $!;
    chmod 0755, $pinentry;
    local %ENV = (%ENV, $reader->environment);
    delete $ENV{GPG_TTY};
    my $asks = sub {
        my ($program, $does) = @_;
        open my $out, '>', "$pinentry.does" or die $!;
        print $out $does;
        close $out or die $!;
        my $pid = open2(my $from, my $to,
            '/bin/sh', '-c', "exec \"\$0\" \"\$@\" 2>>'$dir/log'", $signer->program, 'stdio', $signer->pinned, '--pinentry', $program);
        my @answers = map { native($to, $from, { request => $signer->request($_), origin => $signer->origin }) } 'info', 'auth';
        close $to;
        waitpid $pid, 0;
        return $answers[0]{info}{code} . ', ' . ($answers[1]{error} // 'token');
    };
    is($asks->("$dir/nowhere", ''),             'NO_PINENTRY, NO_PINENTRY', 'none there: said at once, and when it is wanted');
    is($asks->($pinentry, 'flavor qt:curses'),  'NO_PINENTRY, NO_PINENTRY', 'one that finds no desktop');
    is($asks->($pinentry, 'flavor qt'),         'OK, PIN_FORM',             'one that does');
    is($asks->($pinentry, 'pin 1234'),          'OK, token',                'one that does not say');
    is($reader->count('VERIFY'), 1, 'the card saw one PIN');
    $reader->remove;
    is($asks->("$dir/nowhere", ''), 'NO_CARD, NO_CARD', 'what else is missing comes first');
};

subtest 'a browser' => sub {
    my $reader = start_reader(settings => { 'sign-pin' => $canary });
    my $pinentry = "$dir/fake-pinentry";
    copy('test/card/fake-pinentry', $pinentry) or die $!;
    chmod 0755, $pinentry;
    my $does = sub { open my $out, '>', "$pinentry.does" or die $!; print $out $_[0]; close $out };
    local %ENV = (%ENV, $reader->environment);
    my $pid = open2(my $from, my $to,
        '/bin/sh', '-c', "exec \"\$0\" \"\$@\" 2>>'$dir/log'", $signer->program, 'stdio', $signer->pinned,
        '--pinentry', $pinentry, 'chrome-extension://abc/');
    my $send = sub { return native($to, $from, @_) };
    $does->('pin 12%334');
    my %voucher = (origin => $signer->origin);
    ok($send->({ request => $signer->request('auth'), %voucher })->{token}, 'a token, with a PIN from pinentry');
    like(slurp("$pinentry.heard"), qr{^SETDESC https://kiosk\.example\.jp:8443%0A}m, 'which names the page');
    is($send->({ request => $signer->request('auth') })->{error}, 'REQUEST_INVALID', 'nobody vouches');
    my %page = (origin => 'https://elsewhere.example');
    is($send->({ request => $signer->request('auth'), %page })->{error}, 'ORIGIN_DENIED', 'for another page');
    is($send->({ request => $signer->request('auth'), %voucher, pin => $true })->{error}, 'REQUEST_INVALID',
        'an extension has no PIN to give');
    is($send->({ nonsense => 1 })->{error}, 'REQUEST_INVALID', 'no message');
    $does->('refuse 83886179');
    is($send->({ request => $signer->request('auth'), %voucher })->{error}, 'CANCELLED', 'cancelled');
    my $request = $signer->request('info');
    is($send->({ request => $request, %voucher })->{info}{code}, 'OK', 'what is there');
    is($send->({ request => $request, %voucher })->{error}, 'REPLAY', 'once');
    is($reader->count('VERIFY'), 1, 'the card saw one PIN');
    $does->("pin $canary");
    ok($send->({ request => ($signer->sign_request(@fields))[0], %voucher })->{cms}, 'a signed form');
    is(remembers($pid, $canary), 'nowhere', 'and nothing of its PIN is kept') if $> == 0;
    close $to;
    waitpid $pid, 0;
    is($?, 0, 'it ends with its input');
};

done_testing();
