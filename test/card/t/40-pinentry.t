#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The real pinentry-curses in a terminal: what the holder sees, types and gets.
use strict;
use warnings;
use utf8;
use Card;
use Frame;
use JSON::PP;
use POSIX qw(mkfifo);
use Signer;
use Terminal;
use Test::More;
use Time::HiRes qw(time);

my $signer = Signer->new;
my $dir    = $signer->directory;
my ($enter, $tab, $break) = ("\r", "\t", "\cC");
binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

$ENV{LANG} = 'C.UTF-8';
delete @ENV{qw(DISPLAY WAYLAND_DISPLAY GPG_TTY LC_ALL LC_CTYPE LC_MESSAGES XAUTHORITY HOME)};
delete @ENV{qw(XDG_SESSION_TYPE XDG_RUNTIME_DIR QT_QPA_PLATFORM DBUS_SESSION_BUS_ADDRESS)};

# The program in a terminal, asked by this request; its answer goes to $dir/answer.
sub start {
    my ($reader, $operation, $request) = @_;
    open my $out, '>', "$dir/request" or die $!;
    print $out $request;
    close $out or die $!;
    local %ENV = (%ENV, $reader->environment);
    my $command = join ' ', $signer->program, $operation, '--json', '--pinentry', '/usr/bin/pinentry-curses', '--request',
        "$dir/request", $signer->pinned;
    return Terminal->new('/bin/sh', '-c', "exec $command >$dir/answer");
}

sub slurp { my ($file) = @_; open my $in, '<', $file or die "$file: $!"; local $/; return scalar <$in> }
sub answer { return slurp("$dir/answer") }

sub shows {
    my ($terminal, $pattern, $name) = @_;
    ok($terminal->expect($pattern), $name) or diag($terminal->shown);
}

subtest 'the right PIN' => sub {
    my $reader   = start_reader();
    my $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr{https://kiosk\.example\.jp:8443.*利用者証明用電子証明書の暗証番号\(数字4文字\).*あと3回.*中止}s,
        'who asks, for what, and the tries left');
    $terminal->type("1234$enter");
    is($terminal->end, 0, 'a token');
    like(answer(), qr/"token"/, 'is the answer');
    unlike(answer() . $terminal->shown, qr/1234/, 'and the PIN is nowhere to be seen');
};

subtest 'the wrong PIN' => sub {
    my $reader   = start_reader();
    my $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    $terminal->type("0000$enter");
    is($terminal->end, exit_of('PIN_WRONG'), 'is wrong');
    like(answer(), qr/"tries":2/, 'two are left');
    is($reader->count('VERIFY'), 1, 'it was shown to the card once');
};

subtest 'cancelled' => sub {
    my $reader   = start_reader();
    my $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    $terminal->type("12$tab$tab$enter");
    is($terminal->end, exit_of('CANCELLED'), 'by the button');
    $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/あと3回.*中止/s, 'once more');
    $terminal->type($break);
    is($terminal->end, 130, 'by Ctrl-C');
    is($reader->tries('auth'), 3, 'no try was spent');
    is(($signer->run('info', reader => $reader))[0], 0, 'and the card is free');
};

subtest 'no answer' => sub {
    my $reader   = start_reader();
    my $now      = int time;
    my $terminal = start($reader, 'auth', $signer->request('auth', iat => $now, exp => $now + 2));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    my $began = time;
    is($terminal->end(8), exit_of('TIMEOUT'), "at the request's end");
    cmp_ok(time - $began, '<', 5, 'and not later');
    is($reader->tries('auth'), 3, 'no try was spent');
};

subtest 'a program that will not go' => sub {
    my $reader   = start_reader();
    my $now      = int time;
    my $terminal = start($reader, 'auth', $signer->request('auth', iat => $now, exp => $now + 2));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    my $pid = $terminal->pid;
    my ($child) = split ' ', `cat /proc/$pid/task/$pid/children`;
    kill 'STOP', $child;
    is($terminal->end(8), exit_of('TIMEOUT'), 'stopped in the middle');
    ok(!kill(0, $child), 'is ended by force');
};

subtest 'killed' => sub {
    my $reader   = start_reader();
    my $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    my $pid = $terminal->pid;
    my ($child) = split ' ', `cat /proc/$pid/task/$pid/children`;
    is(join(' ', sort map { s/=.*//r } split /\0/, slurp("/proc/$child/environ")), 'LANG TERM', 'its environment is clean');
    my %open = map { readlink($_) => 1 } glob "/proc/$child/fd/*";
    is(join(' ', map { s{^/dev/pts/\d+$}{terminal}r =~ s/:.*//r } sort keys %open), '/dev/null terminal socket', 'and so are its descriptors');
    kill 'KILL', $child;
    is($terminal->end, exit_of('FAILED'), 'is a failure');
};

# The terminal is where pinentry shows its question; the browser is at the other end of a pipe.
subtest 'a browser that goes away' => sub {
    my $reader = start_reader();
    local %ENV = (%ENV, $reader->environment);
    mkfifo("$dir/browser", 0600) or die $!;
    my $command = join ' ', $signer->program, 'stdio', '--pinentry', '/usr/bin/pinentry-curses', $signer->pinned;
    my $terminal = Terminal->new('/bin/sh', '-c', "exec $command <$dir/browser >$dir/answer");
    open my $browser, '>', "$dir/browser" or die $!;
    write_frame($browser, encode_json({ request => $signer->request('auth'), origin => $signer->origin }));
    shows($terminal, qr/あと3回.*中止/s, 'the question');
    my $pid = $terminal->pid;
    my ($child) = split ' ', `cat /proc/$pid/task/$pid/children`;
    $terminal->type('12');
    my $began = time;
    close $browser or die $!;
    is($terminal->end, 0, 'ends the helper');
    cmp_ok(time - $began, '<', 2, 'at once, and not with the request');
    like(answer(), qr/"error":"CANCELLED"/, 'as if it had said so');
    ok(!kill(0, $child), 'pinentry is gone');
    is($reader->tries('auth'), 3, 'no try was spent');
    is(($signer->run('info', reader => $reader))[0], 0, 'and the card is free');
};

subtest 'the last try' => sub {
    my $reader = start_reader(settings => { 'auth-tries' => 1 });
    my $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/あと1回です.*それでも続けますか.*続ける.*中止/s, 'a question of its own');
    $terminal->type("$tab$enter");
    is($terminal->end, exit_of('PIN_LOW'), 'no');
    is($reader->count('VERIFY'), 0, 'spends nothing');
    $terminal = start($reader, 'auth', $signer->request('auth'));
    shows($terminal, qr/それでも続けますか.*中止/s, 'asked again');
    $terminal->type($enter);
    shows($terminal, qr/利用者証明用電子証明書の暗証番号.*あと1回.*中止/s, 'yes: the PIN');
    $terminal->type("1234$enter");
    is($terminal->end, 0, 'a token');
    is($reader->tries('auth'), 3, 'and all tries are back');
};

subtest 'a long form' => sub {
    my $reader = start_reader();
    my @fields = map { [ "f$_", "項目$_", "川崎区旭町$_" ] } 1 .. 20;
    push @fields, [ 'note', '備考', "abc\x{202E}cba\x{200B} 50%41" ];
    my ($request) = $signer->sign_request(@fields);
    my $terminal = start($reader, 'sign', $request);
    shows($terminal, qr/\(1\/3\).*origin:https:.*項目1:川崎区旭町1\[f1\].*次へ.*中止/s, 'the first page');
    $terminal->type($enter);
    shows($terminal, qr/\(2\/3\).*項目4:.*項目15:/s, 'the second');
    $terminal->type($enter);
    shows($terminal, qr/\(3\/3\).*項目20:川崎区旭町20\[f20\].*備考:abc\\u\{202E\}cba\\u\{200B\}50%41\[note\]/s,
        'the third, with what would hide or turn round');
    $terminal->type($enter);
    shows($terminal, qr/署名用電子証明書の暗証番号\(英数字6〜16文字\).*あと5回.*署名する/s, 'then the PIN');
    $terminal->type("abc123$enter");
    is($terminal->end, 0, 'signed');
    like(answer(), qr/"cms"/, 'with an answer');
    $terminal = start($reader, 'sign', ($signer->sign_request(@fields))[0]);
    shows($terminal, qr/\(1\/3\).*中止/s, 'the first page');
    $terminal->type($enter);
    shows($terminal, qr/\(2\/3\)/, 'the second');
    $terminal->type("$tab$enter");
    is($terminal->end, exit_of('CANCELLED'), 'stopped between pages');
    is($reader->count('VERIFY'), 1, 'without a try');
};

done_testing();
