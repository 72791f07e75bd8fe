# SPDX-License-Identifier: Apache-2.0
#
# A session ends when nobody does anything, and after its whole length in any case; drafts outlive it.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;
use Time::HiRes qw(sleep time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my ($idle, $lasts) = (90, 600);    # seconds, in the rules of this test

# As if the sessions had begun, and been touched, earlier by this much. The cache does not know of it: a graceful restart
# empties it.
sub age {
    my ($number, $touched, $begun) = @_;
    sql("UPDATE session SET touched_at = touched_at - $touched * 1000000, created_at = created_at - $begun * 1000000 "
            . "WHERE account = ${\ account($number)}");
    graceful();
}

my $mark = mark();
edit_rules(sub {
    s/idle    30 minutes/idle    90 seconds/;
    s/lasts   8 hours/lasts   10 minutes/;
    s/warn    5 minutes/warn    30 seconds/;
});
ok(await(sub { logged($mark, qr/KW-PUBLISH-004/) }, 5), 'shorter limits are in force');

my $number = '90000017';
sub resident { return Browser->resident($number, 'CanarySecret17') }

my $browser;
ok(await(sub { $browser = resident(); $browser->html =~ /data-idle="(\d+)"/ && $1 <= $idle }, 5), 'the page knows the limit');
like($browser->html, qr/data-warn="30"/, 'and when to warn');
$browser->set(kana => 'トチュウマデ')->press('save');

my ($almost, $idled, $lasting, $over) = map { resident() } 1 .. 4;
my %cookies = map { $_ => 1 } map { $_->cookie('session') } $almost, $idled, $lasting, $over;
is(scalar keys %cookies, 4, 'four sessions of one account');
age($number, $idle - 20, $idle - 20);
is($_->get('/card/edit')->status, 200, 'just inside the idle limit') for $almost, $lasting, $over;
age($number, 25, 25);
is($almost->get('/card/edit')->status, 200, 'what was done meanwhile counts');
$idled->get('/card/edit');
is($idled->status, 303, 'nothing done: ended');
is($idled->follow->banner, say('session-ended'), 'it is said');
is($idled->set(number => $number, password => 'CanarySecret17')->press->place, '/card/edit', 'a new log-in');
is($idled->follow->value('kana'), 'トチュウマデ', 'what was saved is there again');
is($idled->set(kana => 'ツヅキ')->press('next')->status, 303, 'and goes on');

# Always busy, but begun too long ago.
sql("UPDATE session SET created_at = created_at - 1000000 * $lasts WHERE account = ${\ account($number)} "
        . 'AND created_at < (SELECT max(created_at) FROM session)');
graceful();
is($over->get('/card/edit')->status, 303, 'after the whole length: ended');
is($idled->get('/card/edit')->status, 200, 'a younger one lives');

# A form sent too late is not lost, if it is its owner's: after the log-in it is there again.
my ($late, $forged) = map { resident() } 1 .. 2;
age($number, $idle, $idle);
$forged->set(kana => 'ニセモノ', csrf => $late->value('csrf'))->press('next');
isnt($forged->status, 200, "with another session's token");
$late->set(kana => 'オソイ')->press('next');
is($late->place, '/login?purpose=card-edit', 'sent too late: to the log-in');
is(resident()->value('kana'), 'オソイ', 'what was typed is there again; what was forged is not');
is(field($number, 'kana'), 'カラスザカハナコ', 'nothing is registered');

# A clock that is set back ends nothing.
my $future = resident();
age($number, -7200, -7200);
is($future->get('/card/edit')->status, 200, 'a session from the future lives');

$mark = mark();
restore_rules();
ok(await(sub { logged($mark, qr/KW-PUBLISH-004/) }, 5), 'the first limits again');
done_testing;
