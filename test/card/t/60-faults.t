#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Everything that can be missing, wrong or in the way of the card helper: its code in the log, its exit status, its
# sentence for the person at the keyboard, and all of it within a bounded time. No PIN where none belongs.
use strict;
use warnings;
use utf8;
use Card;
use Encode qw(decode);
use File::Copy qw(copy);
use File::Path qw(make_path);
use POSIX qw(_exit mkfifo);
use Signer;
use Test::More;
use Time::HiRes qw(sleep time);

my $signer = Signer->new;
my $dir    = $signer->directory;
my $canary = 'QZX7KJ9WVB4';
my $other  = Signer->new;    # another server's keys
my %said;                    # code => what a person was told
my $everything = '';         # that the program ever wrote
my @fields = ([ 'name', '氏名', '川崎　太郎' ]);

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

sub slurp { my ($file) = @_; open my $in, '<:raw', $file or return ''; local $/; return scalar(<$in>) // '' }
sub put { my ($file, $text) = @_; open my $out, '>:raw', $file or die $!; print $out $text; close $out or die $! }

# One run that must end with this code, in less than so many seconds.
sub ends {
    my ($code, $name, $command, %with) = @_;
    my $limit = delete $with{within} // 3;
    my ($status, $out, $err) = map { decode('UTF-8', $_) } $signer->run($command, %with);
    $everything .= $out . $err;
    my $sentence = ($command eq 'info' ? $out : $err) =~ s/^kawasaki-signer: .*\n//mgr =~ s/^(?!.*。$).*\n//mgr;
    $said{$code} //= $sentence;
    my @wrong;
    push @wrong, "status $status, not " . exit_of($code) if $status != exit_of($code);
    push @wrong, 'no sentence' if $sentence !~ /。\n\z/;
    push @wrong, "took $signer->{took} s" if $signer->took > $limit;
    if ($command ne 'info') {
        push @wrong, 'not in the log' if $err !~ /^kawasaki-signer: KW-SIGNER-001: (?:auth|sign|a request): $code$/m;
        push @wrong, 'something came out' if $out ne '';
    }
    ok(!@wrong, "$code: $name") or diag(join(', ', @wrong), "\n", $out, $err);
}

sub auth {
    my ($code, $name, %with) = @_;
    return ends($code, $name, 'auth', request => $signer->request('auth'), pin => '1234', %with);
}

sub sign {
    my ($code, $name, %with) = @_;
    return ends($code, $name, 'sign', request => ($signer->sign_request(@fields))[0], pin => $canary, %with);
}

# A card whose files are those of CARD_PKI, but for some from $dir/pki.
sub odd_card {
    my (%replaced) = @_;
    my $files = "$dir/odd-" . join '-', sort keys %replaced;
    make_path($files);
    copy($_, $files) for glob "$ENV{CARD_PKI}/card/*";
    for my $name (keys %replaced) {
        copy("$dir/pki/$replaced{$name}.$_", "$files/$name.$_") or die "$name: $!" for qw(key der);
    }
    return $files;
}

subtest 'what may be missing' => sub {
    my %there = map { $_ => start_reader(with => $_) } qw(nothing service reader);
    ends('NO_SERVICE', 'info',    'info', reader => $there{nothing});
    auth('NO_SERVICE', 'a log-in', reader => $there{nothing});
    ends('NO_READER', 'info',    'info', reader => $there{service});
    sign('NO_READER', 'a form',   reader => $there{service});
    ends('NO_CARD', 'info',    'info', reader => $there{reader});
    auth('NO_CARD', 'a log-in', reader => $there{reader});
    auth('NO_READER', 'another one was named', reader => $there{reader}, options => [ '--reader', 'Other' ]);
    $there{reader}->control('set auth-certificate missing');
    $there{reader}->control('set presence 8F0000');
    $there{reader}->insert;
    auth('CERT_MISSING', 'a log-in', reader => $there{reader});
};

subtest 'wrong cards' => sub {
    my $reader = start_reader(settings => { label => 'SOMETHING ELSE' });
    ends('UNSUPPORTED_CARD', 'a card of another kind', 'info', reader => $reader);
    auth('UNSUPPORTED_CARD', 'a log-in with it', reader => $reader);
    $reader->control('set label JPKIAPICCTOKEN2');
    for my $garbage (qw(short noise)) {
        $reader->control("garbage $garbage");
        my ($status, undef, $err) = $signer->run('auth', reader => $reader, request => $signer->request('auth'), pin => '1234');
        isnt($status, 0, "garbage: $garbage");
        cmp_ok($signer->took, '<', 5, 'in a bounded time');
        $reader->control('garbage off');
        $reader->remove;
        $reader->insert;
    }
    is($reader->tries('auth'), 3, 'no try was spent');
};

subtest 'removed at each step' => sub {
    for my $step ('before SELECT 1', 'after SELECT 2', map { ("before $_", "after $_") } 'QUERY 1', 'VERIFY 1', 'READ 5', 'SIGN 1') {
        my $reader = start_reader(settings => { 'sign-pin' => $canary });
        $reader->control("remove-at $step");
        sign('CARD_REMOVED', $step, reader => $reader);
        cmp_ok($reader->count('VERIFY'), '<=', 1, 'VERIFY is not repeated');
        cmp_ok($reader->count('SIGN'),   '<=', 1, 'nor the signature');
    }
};

subtest 'PINs' => sub {
    my $reader = start_reader(settings => { 'sign-pin' => $canary });
    sign('PIN_WRONG', 'a wrong one', reader => $reader, pin => 'WRONG1');
    auth('PIN_FORM', $_ eq '' ? 'an empty line' : "'$_'", reader => $reader, pin => $_) for '', '123', '12345', '12a4', '１２３４';
    sign('PIN_FORM', length($_) . ' characters', reader => $reader, pin => $_) for 'ABC12', 'A' x 17, 'A' x 200;
    is($reader->count('VERIFY'), 1, 'what has no form costs no try');
    $reader->control('set sign-tries 1');
    sign('PIN_LOW', 'the last try', reader => $reader);
    $reader->control('set sign-tries 0');
    sign('PIN_BLOCKED', 'none is left', reader => $reader);
    like($said{PIN_WRONG}, qr/あと4回/, 'the sentence says how many are left');
};

subtest 'slow' => sub {
    my $reader = start_reader();
    $reader->control('slow 1300');
    auth('TIMEOUT', 'a card that hangs', reader => $reader, options => [ '--patience', 1 ], within => 3);
    $reader->control('slow 0');
    sleep 1.5;
    is(($signer->run('info', reader => $reader))[0], 0, 'it is there again');
};

subtest 'certificates out of their time' => sub {
    system("cp -R '$ENV{CARD_PKI}' '$dir/pki'") == 0 or die;
    my @old = qw(one old-auth profile=jpki-authentication issuer=ca/jpki-authentication-3 key=card/auth from=-7200 until=-3600);
    my @new = qw(one new-sign profile=jpki-signing issuer=ca/jpki-signing-3 key=card/sign from=+3600 until=+7200 p12=yes);
    system('test/card/certificates', "$dir/pki", @old, @new) == 0 or die;
    my $files  = odd_card(auth => 'old-auth', sign => 'new-sign');
    my $reader = start_reader(files => $files, settings => { 'sign-pin' => $canary });
    auth('CERT_EXPIRED', 'expired', reader => $reader);
    is($reader->count('VERIFY'), 0, 'before the PIN is asked for');
    sign('CERT_EXPIRED', 'not yet valid', reader => $reader);
    is($reader->count('SIGN'), 0, 'before anything is signed');
    my ($request) = $signer->sign_request({ source => 'file' }, @fields);
    sign('CERT_EXPIRED', 'in a file', request => $request, pin => 'kawasaki-p12', options => [ '--p12', "$dir/pki/new-sign.p12" ]);
};

subtest 'certificate files' => sub {
    my $good = "$ENV{CARD_PKI}/company/company.p12";
    my $file = sub {
        my ($code, $name, $path, %with) = @_;
        my %asked = (request => $signer->request('auth', source => 'file'), pin => 'kawasaki-p12');
        auth($code, $name, %asked, options => [ '--p12', $path ], %with);
    };
    my $make = sub {
        my ($name, @options) = @_;
        my @pair = map { "$ENV{CARD_PKI}/company/company.$_" } qw(crt key);
        system("openssl pkcs12 -export -in '$pair[0]' -inkey '$pair[1]' -passout pass:kawasaki-p12 -out '$dir/$name.p12' @options") == 0 or die;
        return "$dir/$name.p12";
    };
    $file->('PIN_WRONG', 'a wrong password', $good, pin => $canary);
    $file->('FILE_MISSING', 'none there', "$dir/nowhere.p12");
    $file->('FILE_MISSING', 'none given', undef, options => []);
    auth('NO_SERVICE', 'wanted is a card', reader => start_reader(with => 'nothing'), options => [ '--p12', $good ]);
    put("$dir/text.p12", 'no certificate');
    $file->('FILE_INVALID', 'something else', "$dir/text.p12");
    put("$dir/cut.p12", substr slurp($good), 0, 1000);
    $file->('FILE_INVALID', 'cut off', "$dir/cut.p12");
    put("$dir/large.p12", '');
    truncate "$dir/large.p12", 100_000_000 or die $!;
    $file->('FILE_INVALID', '100 MB', "$dir/large.p12", within => 1);
    mkfifo("$dir/pipe.p12", 0600);
    $file->('FILE_INVALID', 'a pipe', "$dir/pipe.p12", within => 1);
    $file->('FILE_INVALID', 'a directory', $dir);
    $file->('FILE_INVALID', 'absurd iteration counts', $make->('work', qw(-iter 1500000 -keypbe NONE -nomac)), within => 1);
    $file->('CERT_MISSING', 'without a key', $make->('keyless', '-nokeys'));
};

subtest 'requests' => sub {
    my $reader  = start_reader();
    my $now     = int time;
    my %with    = (pin => '1234', reader => $reader);
    my $request = $signer->request('auth');
    ends('REQUEST_INVALID', 'unsigned',       'auth', %with, request => $request =~ s/[^.]*$//r);
    ends('REQUEST_INVALID', 'a foreign key',  'auth', %with, request => $signer->request('auth', key => $other->directory . '/server.key'));
    ends('REQUEST_INVALID', 'one character',  'auth', %with, request => $request =~ s/(.{40}).(.*)/$1_$2/sr);
    ends('REQUEST_INVALID', 'expired',        'auth', %with, request => $signer->request('auth', iat => $now - 100, exp => $now - 1));
    ends('REQUEST_INVALID', 'a long life',    'auth', %with, request => $signer->request('auth', iat => $now, exp => $now + 301));
    ends('REQUEST_INVALID', 'of tomorrow',    'auth', %with, request => $signer->request('auth', iat => $now + 86400, exp => $now + 86500));
    ends('REQUEST_INVALID', 'another command', 'sign', %with, request => $request);
    ends('REQUEST_INVALID', 'no source',      'auth', %with, request => $signer->request('auth', source => undef));
    ends('REQUEST_INVALID', 'another source', 'auth', %with, request => $signer->request('auth', source => 'cloud'));
    ends('REQUEST_INVALID', 'no form',        'sign', %with, request => $signer->request('sign', manifest => 'yes'));
    ends('REQUEST_INVALID', 'nothing',        'auth', %with, request => '');
    ends('REQUEST_INVALID', '1 MB',           'auth', %with, request => 'x' x 1_000_000);
    ends('ORIGIN_DENIED',   'another origin', 'auth', %with, request => $signer->request('auth', origin => 'https://elsewhere.example'));
    is(($signer->run('auth', %with, request => $request))[0], 0, 'a good one');
    ends('REPLAY', 'again', 'auth', %with, request => $request);
    is($reader->count('VERIFY'), 1, 'only one of them has reached the card');
    chmod 0777, "$dir/state";
    ends('FAILED', 'a memory that others can write', 'auth', %with, request => $signer->request('auth'));
    chmod 0700, "$dir/state";
};

subtest 'pinentry' => sub {
    my $reader   = start_reader();
    my $pinentry = "$dir/fake-pinentry";
    copy('test/card/fake-pinentry', $pinentry) or die $!;
    chmod 0755, $pinentry;
    my $asks = sub {
        my ($code, $does, %changes) = @_;
        my $program = delete $changes{program} // $pinentry;
        put("$pinentry.does", $does);
        my %with = (reader => $reader, options => [ '--pinentry', $program ], within => 5);
        ends($code, $does, 'auth', %with, request => $signer->request('auth', %changes));
    };
    my @short = (iat => int(time), exp => int(time) + 2);
    $asks->('TIMEOUT', 'silent', @short);
    @short = (iat => int(time), exp => int(time) + 2);
    $asks->('TIMEOUT', 'mute', @short);
    $asks->('FAILED', $_) for 'die', 'rubbish', 'endless', 'chatter', 'pin 12%3', 'pin ' . '1' x 200;
    $asks->('CANCELLED', "refuse $_") for 83886179, 83886194, 83886278;
    $asks->('TIMEOUT', 'refuse 83886142');
    $asks->('FAILED', 'refuse 83886081');
    $asks->('PIN_FORM', 'pin');
    $asks->('NO_PINENTRY', 'not there', program => "$dir/nowhere");
    $asks->('NO_PINENTRY', 'not one', program => '/bin/true');
    for my $tty ('', 'not a tty', "$dir/nowhere", '/dev/null') {
        local $ENV{GPG_TTY} = $tty;
        $asks->('NO_PINENTRY', "flavor $_") for 'curses', 'tty', 'gnome3:curses';
    }
    $asks->('PIN_FORM', 'flavor gnome3');
    is($reader->tries('auth'), 3, 'no try was spent');
    is($reader->count('VERIFY'), 0, 'and no PIN shown');
};

subtest 'command lines' => sub {
    my @wrong = (
        [], ['fly'], [qw(auth --pin 1234)], [qw(auth 1234)], ['auth'], [qw(auth --request)], [qw(info --request x)],
        [qw(auth --request - --pin-fd 0)], [qw(auth --request x --pin-fd -1)], [qw(info --patience 0)],
        [qw(info --patience 1s)], [qw(info --reader a --p12 b)], [qw(auth --request x --pinentry pinentry)],
        [ 'serve', map { ('--peer', $_) } 1 .. 9 ]
    );
    for my $words (@wrong) {
        my $pid = fork // die;
        if (!$pid) {
            open STDERR, '>', "$dir/usage" or _exit(127);
            open STDIN,  '<', '/dev/null'  or _exit(127);
            alarm 5;
            { exec $signer->program, @$words };
            _exit(127);
        }
        waitpid $pid, 0;
        is($?, 2 << 8, "'@$words'");
        ok(-s "$dir/usage", 'is explained');
    }
    is(system($signer->program . " --version >'$dir/out'"), 0, '--version');
    is(system($signer->program . " $_ >'$dir/out'"), 0, "$_") for '--help', 'info --help', 'serve --help';
    isnt(system($signer->program . ' --help >/dev/full'), 0, 'a full disk');
    my @options = ('--request', '/dev/null', '--origins', "$dir/nowhere", '--state', "$dir/state");
    my ($status, undef, $err) = $signer->run('auth', options => \@options);
    is($status, exit_of('FAILED'), 'no keys of servers');
    like($err, qr{KW-SIGNER-030: \Q$dir\E/nowhere can't be read}, 'and where they were looked for');
};

# While it waits for its PIN, with the card in its hands.
subtest 'traces' => sub {
    my $reader = start_reader(settings => { 'sign-pin' => $canary });
    put("$dir/waiting", ($signer->sign_request(@fields))[0]);
    pipe my $from, my $to or die $!;
    my $pid = fork // die;
    if (!$pid) {
        close $to;
        %ENV = (%ENV, $reader->environment);
        open STDOUT, '>', "$dir/out" or _exit(127);
        open STDERR, '>', "$dir/err" or _exit(127);
        open STDIN,  '<&', $from     or _exit(127);
        { exec $signer->program, 'sign', '--request', "$dir/waiting", '--pin-fd', 0, $signer->pinned };
        _exit(127);
    }
    my $end = time + 5;
    sleep 0.05 until slurp("$dir/err") =~ /\[name\]/ || time > $end;
    auth('BUSY', 'another one has the card', reader => $reader, within => 6);
    my $status = slurp("/proc/$pid/status");
    my ($locked) = $status =~ /^VmLck:\s*(\d+)/m;
    # AddressSanitizer can't live with locked memory, and leaves it out.
    cmp_ok($locked, '>=', 4, 'the PIN has locked memory') unless slurp($signer->program) =~ /__asan_init/;
    like(slurp("/proc/$pid/limits"), qr/^Max core file size\s+0\s+0\s/m, 'no core file can be');
    unlike(slurp("/proc/$pid/$_"), qr/$canary/, "no PIN in its $_") for qw(cmdline environ);
    syswrite $to, "$canary\n";
    waitpid $pid, 0;
    is($?, 0, 'signed');
    unlike(slurp("$dir/out") . slurp("$dir/err") . $everything, qr/$canary/, 'the PIN was never written');
    my $state = slurp("$dir/state/seen");
    unlike($state, qr/kiosk|$canary/, 'nor is there anything to read in the memory of requests');
};

subtest 'programs that it starts' => sub {
    my $pinentry = "$dir/fake-pinentry";
    put("$pinentry.does", 'pin kawasaki-p12');
    put("$dir/asked", $signer->request('auth', source => 'file'));
    my @command = ($signer->program, 'auth', '--request', "$dir/asked", '--p12', "$ENV{CARD_PKI}/card/auth.p12", $signer->pinned);
    is(system("strace -f -qq -s 1000 -e trace=execve -e signal=none -o '$dir/strace' @command --pinentry '$pinentry' >'$dir/out' 2>&1"), 0, 'a token');
    my @started = slurp("$dir/strace") =~ /^\d+ +execve\("([^"]+)", \[([^\]]*)\].* = 0$/mg;
    is($started[2], $pinentry, 'pinentry');
    is($started[3], qq("$pinentry"), 'with no argument');
    is(@started, 4, 'and no other');
};

subtest 'killed with the card in its hands' => sub {
    my $reader = start_reader();
    $reader->control('slow 300');
    my $pid = fork // die;
    if (!$pid) { $signer->run('auth', request => $signer->request('auth'), reader => $reader, seconds => 1, pin => '1234'); _exit(0) }
    waitpid $pid, 0;
    $reader->control('slow 0');
    sleep 1;
    is(($signer->run('auth', request => $signer->request('auth'), reader => $reader, pin => '1234'))[0], 0, 'the next one can have it');
};

my %sentences = map { $said{$_} => $_ } keys %said;
is(keys %sentences, keys %said, 'each code has a sentence of its own');
note("$_: $said{$_}") for sort keys %said;
done_testing();
