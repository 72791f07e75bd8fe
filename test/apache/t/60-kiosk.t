# SPDX-License-Identifier: Apache-2.0
#
# The kiosk's card helper: started, watched and ended by httpd, clean and without rights; whatever it does, the page
# answers in time and shows a way on.
use strict;
use warnings;
use utf8;
use Kiosk;
use POSIX ();
use Site;
use Socket;
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $kiosk = Kiosk->new;
my $dir   = $kiosk->dir;
my $page  = '/certificate/check/file';
my $real  = "kawasaki-signer --origins $dir/origins --p12 $dir/made/auth.p12";
my $root  = $> == 0;

# --- Its process ---

$kiosk->configure($real);
ok($kiosk->start, 'a server with a card helper starts');
my $helper = $kiosk->helper // BAIL_OUT('no helper: ' . slurp(Kiosk::log_file()));
my %status = slurp("/proc/$helper/status") =~ /^(\w+):\s*(.*)$/mg;
my $nobody = getpwnam 'nobody';
my $user   = $root ? $nobody : $>;
is($status{Uid}, join("\t", ($user) x 4), 'the helper runs as its own user, whichever way one looks');
is($status{NoNewPrivs}, 1, 'and can get no other rights');
is(hex $status{CapEff}, 0, 'it has no capabilities') if $root;
is((stat "/proc/$helper/mem")[4], 0, 'not even its own user may look into its memory') if $root;
is($status{Groups} =~ s/\s+$//r, (getpwnam 'nobody')[3], 'nor groups of httpd') if $root;
is(hex($status{SigIgn}) & ~(1 << POSIX::SIGPIPE() - 1), 0, 'signals are as new, but for its own wish');
is(hex($status{SigBlk}) & ~(1 << POSIX::SIGTERM() - 1 | 1 << POSIX::SIGINT() - 1), 0, 'here, too');

my %open = map { m{/(\d+)$} ? ($1, readlink $_) : () } glob "/proc/$helper/fd/*";
is($open{0}, '/dev/null', 'standard input is empty');
is($open{1}, '/dev/null', 'standard output goes nowhere');
is($open{2}, Kiosk::log_file(), 'standard error is the log');
like($open{3}, qr/^socket:/, 'descriptor 3 is the socket');
is_deeply([ grep { $_ > 3 && $open{$_} !~ /signalfd|^anon_inode/ } keys %open ], [], 'nothing else of httpd is open');
my @environment = sort map { s/=.*//r } split /\0/, slurp("/proc/$helper/environ");
is_deeply([ grep { $_ ne 'PCSCLITE_CSOCK_NAME' } @environment ], [qw(LANG LISTEN_FDS PATH)], 'the environment is clean');
is(readlink "/proc/$helper/cwd", '/', 'it stands in /');
is(scalar($kiosk->logged('KW-KIOSK-003')), $root ? 0 : 1, 'without root, a line says that it is the same user');

# --- Its socket ---

my $socket = "$dir/run/kawasaki-kiosk/socket";
my $httpd  = getpwnam var('user');
my @place  = stat "$dir/run/kawasaki-kiosk";
is_deeply([ $place[2] & 07777, $place[4] ], [ 0700, $httpd ], "the socket's directory is the children's alone");
ok(-S $socket, 'there is the socket');
is_deeply([ (stat "$dir/run/kawasaki-helper")[ 2, 4 ] ], [ 040700, $user ], "the helper's memory is the helper's alone");

sub connects_as {
    my ($uid) = @_;
    my $pid = fork // die $!;
    if (!$pid) {
        $) = "$uid $uid";
        $> = $< = $uid;
        socket my $try, PF_UNIX, SOCK_STREAM, 0;
        POSIX::_exit(connect($try, sockaddr_un($socket)) ? 0 : 1);
    }
    waitpid $pid, 0;
    return $? == 0;
}
if ($root) {
    ok(connects_as($httpd), "httpd's user may connect");
    ok(!connects_as($nobody), 'the helper itself may not');
    ok(!connects_as(12345), 'nor any other');
}

# Somebody else's socket in the place of ours.
sub listens_as {
    my ($uid, $path, $code) = @_;
    pipe my $ready, my $write or die $!;
    my $pid = fork // die $!;
    if (!$pid) {
        $) = "$uid $uid";
        $> = $< = $uid;
        socket my $other, PF_UNIX, SOCK_STREAM, 0;
        POSIX::_exit(1) unless bind($other, sockaddr_un($path)) && listen($other, 5);
        chmod 0777, $path;
        close $write;
        sleep 30;
        POSIX::_exit(0);
    }
    close $write;
    readline $ready;
    $code->();
    kill KILL => $pid;
    waitpid $pid, 0;
}
if ($root) {
    mkdir "$dir/foreign" or die $!;
    chmod 0777, "$dir/foreign";
    listens_as(12345, "$dir/foreign/socket", sub {
        rename $socket, "$dir/run/kept" or die $!;
        rename "$dir/foreign/socket", $socket or die $!;
        my $at = $kiosk->browser->get($page);
        rename "$dir/run/kept", $socket or die $!;
        like($at->text, qr/\Q${\ say('file-failed')}\E/, 'a socket that another user listens at is not asked');
        ok(scalar($kiosk->logged(qr/Permission denied: KW-HELPER-001: the card helper: it can't be reached/)), 'and named');
    });
}

# --- What it is for ---

my $browser = $kiosk->browser->get($page);
is($browser->status, 200, 'the page asks the helper');
$browser->set(pin => '7391')->press('check');
is($browser->status, 200, 'a token is made and verified');
like($browser->text, qr/利用者証明用電子証明書/, 'and the page says of what');
$browser->get($page)->set(pin => '1111')->press('check');
is($browser->status, 422, 'a wrong PIN');
like($browser->text, qr/\Q${\ say('card-password-wrong')}\E/, 'is said to be wrong');

$kiosk->configure($real, sub { s{KawasakiKiosk 127.0.0.1}{KawasakiKiosk 192.0.2.7 198.51.100.0/24} });
$kiosk->graceful;
ok(await(sub { $kiosk->browser->get($page, 'X-Forwarded-For' => '192.0.2.7')->text =~ /専用の端末で行います/ }),
    'elsewhere than at the kiosk the page says where to go, whatever a header claims');

# --- It dies, is replaced, and the server lives ---

$kiosk->configure($real);
$kiosk->graceful;
ok(await(sub { $kiosk->browser->get($page)->text !~ /専用の端末で行います/ }), 'the kiosk again');
my $inode = (stat $socket)[1];
$helper = $kiosk->helper;
kill KILL => $helper;
ok(await(sub { my $next = $kiosk->helper(0); $next && $next != $helper }, 5), 'a killed helper is replaced');
like(join("\n", $kiosk->logged('KW-KIOSK-001')), qr/signal 9\); the next one starts in 1 s/, 'and its end is in the log');
is($kiosk->browser->get($page)->set(pin => '7391')->press('check')->status, 200, 'the page goes on');
kill KILL => $kiosk->helper;
my $began = time;
is($kiosk->browser->get($page)->status, 200, 'who comes in between waits for the next one');
cmp_ok(time - $began, '<', 3, 'within the deadline');

my ($keeper) = $kiosk->keepers;
$helper = $kiosk->helper;
kill KILL => $keeper;
ok(await(sub { Kiosk::command($helper) eq '' }), 'with its keeper a helper goes');
ok(await(sub { my $next = $kiosk->helper(0); $next && $next != $helper }, 10), 'and both are replaced');

# --- A graceful restart ---

$helper = $kiosk->helper;
$kiosk->graceful;
ok(await(sub { my $next = $kiosk->helper(0); $next && $next != $helper }), 'a new one after a graceful restart');
ok(await(sub { !-d "/proc/$helper" }, 4), 'in the place of the old one');
is((stat $socket)[1], $inode, 'at the same socket');
is(scalar($kiosk->keepers), 1, 'one keeper');
is($kiosk->browser->get($page)->status, 200, 'the page is there');
is(scalar($kiosk->logged('long lost child')), 0, 'httpd knows all its processes');

# --- Another user for it ---

if ($root) {
    my $state = "$dir/run/kawasaki-helper";
    my $daemon = getpwnam 'daemon';
    my $as_daemon = sub { s{^(KawasakiHelper .*)}{$1\nKawasakiHelperUser daemon}m };
    put("$state/of-root", '');
    symlink '/etc/hostname', "$state/link" or die $!;
    system('chown', '-h', 'nobody', "$state/link") == 0 or die 'chown';
    my $target = (stat '/etc/hostname')[4];

    $kiosk->configure($real, $as_daemon);
    chmod 0777, "$dir/run" or die $!;
    my ($status, $said) = run_httpd($kiosk->{conf}, '-t');
    isnt($status, 0, 'where others may write, the directory of another user is refused');
    like($said, qr{\Q$state\E is no directory that can be given to user $daemon: it belongs to user $nobody}, 'by name');
    chmod 0755, "$dir/run" or die $!;
    $kiosk->graceful;
    ok(await(sub { my $next = $kiosk->helper(0); $next && slurp("/proc/$next/status") =~ /^Uid:\t$daemon\t/m }), 'another user for the helper');
    is((stat $state)[4], $daemon, 'its memory is handed over');
    is((stat "$state/seen")[4], $daemon, 'with what it remembers');
    is((stat "$state/of-root")[4], 0, 'not what belonged to others');
    is((stat '/etc/hostname')[4], $target, 'nor what a link leads to');
    is($kiosk->browser->get($page)->set(pin => '7391')->press('check')->status, 200, 'the page goes on');
    $kiosk->configure($real);
    $kiosk->graceful;
    ok(await(sub { my $next = $kiosk->helper(0); $next && slurp("/proc/$next/status") =~ /^Uid:\t$nobody\t/m }), 'and back');
    unlink "$state/link", "$state/of-root";
}

# --- Faults ---

# Answered in time, with a sentence, a way on, and a line in the log.
sub fault {
    my ($fault, $sentence, $line) = @_;
    $kiosk->configure("odd-helper $fault");
    $kiosk->graceful;
    await(sub { my ($one) = $kiosk->helpers; $one && Kiosk::command($one) =~ /\0\Q$fault\E\0/ });
    my $lines = $kiosk->logged($line);
    my $began = time;
    my $at    = $kiosk->browser->get($page);
    cmp_ok(time - $began, '<', 4, "$fault: answered in time");
    is($at->status, 200, "$fault: with a page");
    like($at->text, qr/\Q${\ say($sentence)}\E/, "$fault: that says so");
    like($at->html, qr{href="$page"}, "$fault: and how to go on");
    ok(await(sub { $kiosk->logged($line) > $lines }, 5), "$fault: in the log");
}
fault('hangs',    'file-timeout', qr/KW-HELPER-001: the card helper: it does not answer/);
fault('garbage',  'file-failed',  qr/KW-HELPER-001: the card helper: its answer can't be read/);
fault('broken',   'file-failed',  qr/KW-HELPER-001: the card helper: its answer can't be read/);
fault('giant',    'file-failed',  qr/KW-HELPER-001: the card helper: it does not answer/);
fault('short',    'file-failed',  qr/KW-HELPER-001: the card helper: it does not answer/);
fault('dies',     'file-failed',  qr/KW-KIOSK-001: the card helper has ended \(exit status 1\)/);
fault('foreign',  'file-failed',  qr/KW-ASK-001/);

# It says what is there, and hangs when it has the PIN.
$kiosk->configure('odd-helper late');
$kiosk->graceful;
await(sub { my ($one) = $kiosk->helpers; $one && Kiosk::command($one) =~ /\0late\0/ });
$browser = $kiosk->browser->get($page)->set(pin => '7391');
$began   = time;
is($browser->press('check')->status, 422, 'late: a PIN is refused');
cmp_ok(time - $began, '<', 4, 'late: in time');
like($browser->text, qr/\Q${\ say('file-timeout')}\E/, 'late: the page says so');
ok($browser->form($page), 'late: and one can try again');

$kiosk->configure('odd-helper fatal');
$kiosk->graceful;
ok(await(sub { $kiosk->logged(qr/exit status 15\); the next one starts in 2 s/) }, 10), 'it fails again and again');
my @failed = $kiosk->logged(qr/exit status 15\)/);
cmp_ok(scalar(@failed), '<=', 3, 'and is tried ever more seldom');
ok($kiosk->answers, "its exit status doesn't end the server");
like($kiosk->browser->get($page)->text, qr/\Q${\ say('file-timeout')}\E/, 'and the page says that nobody answers');

# --- The end ---

$kiosk->configure('odd-helper stubborn');
$kiosk->graceful;
await(sub { my ($one) = $kiosk->helpers; $one && Kiosk::command($one) =~ /stubborn/ });
$helper = ($kiosk->helpers)[0];
$began  = time;
$kiosk->configure($real);
$kiosk->graceful;
ok(await(sub { grep { Kiosk::command($_) =~ /kawasaki-signer\0serve\0/ } $kiosk->helpers }), 'the next helper starts');
cmp_ok(time - $began, '<', 1.8, 'a helper that will not end does not keep it waiting');
ok(await(sub { !-d "/proc/$helper" }, 5), 'it is killed');
$kiosk->configure('odd-helper stubborn');
$kiosk->graceful;
await(sub { my ($one) = $kiosk->helpers; $one && Kiosk::command($one) =~ /stubborn/ });
$helper = ($kiosk->helpers)[0];
$kiosk->stop;
ok(await(sub { !-d "/proc/$helper" }, 5), 'also at the end');

my $expected = qr/KW-(?:KIOSK-001|HELPER-001|ASK-001): |KW-SIGNER-/;
my $serious  = qr/\[\w*:(?:emerg|alert|crit|error|warn)\]|Sanitizer|runtime error:/;
is_deeply([ grep { /$serious/ && !/$expected/ } $kiosk->logged('.') ], [], 'nothing else went wrong meanwhile');

$kiosk->configure($real);
ok($kiosk->start, 'a start over the socket that was left');
$helper = $kiosk->helper;
($keeper) = $kiosk->keepers;
ok($helper, 'with a helper');
# The children of a killed parent go when their next request comes; the card helper goes at once.
my @children = Kiosk::children_of($kiosk->{pid});
$kiosk->stop('KILL');
ok(await(sub { !-d "/proc/$helper" && !-d "/proc/$keeper" }, 5), 'when httpd is killed the helper ends');
kill KILL => @children;
await(sub { !grep { -d "/proc/$_" } @children }, 5);

# --- The configuration ---

my $long = "$dir/" . 'x' x 90;
mkdir $_ or die $! for map({ "$dir/$_" } qw(bad bad/registry few-keys)), $long;
my @refused = (
    [ 'no program there', sub { s{(KawasakiHelper) .*}{$1 $dir/nothing} },       qr{nothing is no program} ],
    [ 'a program that may not run', sub { s{(KawasakiHelper) .*}{$1 $dir/origins} }, qr{origins is no program} ],
    [ 'no helper',        sub { s{^KawasakiHelper .*\n}{}m },                    qr/KawasakiHelper is missing/ ],
    [ 'no authorities',   sub { s{^\s*KawasakiAuthorities.*\n}{}m },             qr/KawasakiAuthorities is missing/ ],
    [ 'a broken authority', sub { s{(KawasakiAuthorities) .*}{$1 $dir/bad} },     qr{bad/registry/a\.pem} ],
    [ 'no authorities there', sub { s{(KawasakiAuthorities) .*}{$1 $dir/none} },  qr{\Q$dir\E/none: there is no such directory} ],
    [ 'no lists there',   sub { s{(KawasakiRevocationLists) .*}{$1 $dir/none} }, qr{KawasakiRevocationLists: \Q$dir\E/none} ],
    [ 'a kiosk by name',  sub { s{(KawasakiKiosk) .*}{$1 localhost} },           qr/KawasakiKiosk: 'localhost'/ ],
    [ 'too wide a mask',  sub { s{(KawasakiKiosk) .*}{$1 192.0.2.0/33} },        qr{KawasakiKiosk: '192\.0\.2\.0/33'} ],
    [ 'no deadline',      sub { s{(KawasakiHelperDeadline) .*}{$1 0} },          qr/KawasakiHelperDeadline: '0'/ ],
    [ 'a long deadline',  sub { s{(KawasakiHelperDeadline) .*}{$1 121} },        qr/KawasakiHelperDeadline: '121'/ ],
    [ 'a responder with TLS', sub { s{^(\s*)(KawasakiKiosk)}{$1KawasakiResponder https://a.example.jp/\n$1$2}m }, qr/KawasakiResponder: 'https/ ],
    [ 'its certificate',  sub { s{^(\s*)(KawasakiKiosk)}{$1KawasakiResponder http://a.example.jp/ none.pem\n$1$2}m }, qr/KawasakiResponder: .*none\.pem/ ],
    [ 'a helper for one host', sub { s{^(\s*)(KawasakiKiosk)}{$1KawasakiHelper /bin/true\n$1$2}m }, qr/KawasakiHelper/ ],
    [ 'a long name',      sub { s{(DefaultRuntimeDir) .*}{$1 $long} }, qr/DefaultRuntimeDir is too long/ ],
    [ 'no key',           sub { s{(KawasakiKeys) .*}{$1 $dir/few-keys} },        qr{few-keys/request\.key: .*can't be read} ],
    $root ? (
        [ 'an unknown user',  sub { s{^(KawasakiHelper .*)}{$1\nKawasakiHelperUser nosuchuser}m }, qr/no user nosuchuser/ ],
        [ 'root as its user', sub { s{^(KawasakiHelper .*)}{$1\nKawasakiHelperUser root}m },       qr/never runs as root/ ],
    ) : (),
);
put("$dir/bad/registry/a.pem", "no certificate\n");
for my $key (qw(session limiter)) {
    put("$dir/few-keys/$key.key", slurp(root() . "/keys/$key.key"));
    chmod 0600, "$dir/few-keys/$key.key";
}
for (@refused) {
    my ($what, $code, $reason) = @$_;
    my ($status, $said) = run_httpd($kiosk->configure($real, $code)->{conf}, '-t');
    isnt($status, 0, "$what: refused");
    like($said, $reason, "$what: the reason");
}
my ($status, $said) = run_httpd($kiosk->configure($real)->{conf}, '-t');
is($status, 0, 'and the whole is good') or diag($said);
is(scalar(grep { /\b(?:7391|1111)\b/ } $kiosk->said), 0, 'no PIN in the log');
unlike(slurp(root() . '/logs/kiosk-access_log'), qr/pin=|\?/, 'nor in an address');
done_testing;
