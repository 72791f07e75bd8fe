# SPDX-License-Identifier: Apache-2.0
#
# At a kiosk a session lives as long as its card stays in the reader, and nowhere else. What was typed outlives it.
# Sessions that began without a card are not touched by it.
use strict;
use warnings;
use utf8;
use Resident;
use Site qw(await say sql);
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $place = open_place(make => [
    one => 'other/sign', 'key=card/sign', 'name=多摩　花子', one => 'other/auth', 'profile=jpki-authentication', 'key=card/auth',
]);
my $reader = $place->{reader};
my $gone   = '/logged-out/card';

sub enter {
    my $who = Resident->new($place)->enter('jpki');
    die $who->text if $who->status != 200;
    $who->{kept} = $who->cookie('session');
    return $who;
}

sub has_ended {
    my ($who, $what) = @_;
    is($who->row_of($who->{kept}), '', "$what: the session is gone");
    is($who->cookie('session') || '', '', "$what: the cookie, too");
}

# --- Registering ---

my $who = Resident->new($place)->apply('jpki');
$who->fill('jpki', kana => 'ノコシタ');
$reader->remove;
is($who->press('next')->place, $gone, 'registering, card out: logged out');
is($who->follow->status, 200, 'with a page');
like($who->text, qr/\Q${\ say('card-gone')}\E/, 'that says why');
$reader->insert;
is($who->get('/jpki/register')->place, '/jpki/register/terms', 'the card back: a new start');
is($who->apply('jpki')->value('kana'), 'ノコシタ', 'where what was typed is there again');
my $before = sql('SELECT count(*) FROM evidence');
for my $when (qw(VERIFY SIGN)) {
    my $at = Resident->new($place)->to_confirm('jpki')->type_secrets;
    $reader->control("remove-at after $when");
    is($at->press('commit')->status, 422, "taken out in the midst of [登録], after $when: refused");
    like($at->text, qr/\Q${\ say('card-removed')}\E/, "after $when: and said");
    is($at->get('/jpki/register/confirm')->place, $gone, "after $when: the session is over");
    $reader->insert;
}
is(sql('SELECT count(*) FROM evidence'), $before, 'nothing was registered');
$who = Resident->new($place)->to_confirm('jpki');
is($who->by_card('commit')->status, 303, 'once more, and it is');
$reader->remove;
is($who->follow->place, $gone, 'card out before the receipt is read');
$reader->insert;

# --- Any page ---

my @pages = qw(/jpki/edit /jpki/delete /account/ledger / /registration /login /certificate/check /post-code/2100808);
my %at = map { $_ => enter() } @pages;
is($at{$_}->get($_)->status, 200, "$_: with the card") for @pages;
is($at{$pages[0]}->get('/session/card')->status, 204, 'the card is there');
$reader->remove;
for my $path (@pages) {
    my $who    = $at{$path}->get($path);
    my $inside = $path =~ m{^/(?:jpki|account)};
    is($who->place, $inside ? $gone : '', "$path: without, " . ($inside ? 'led out' : 'as a stranger'));
    unlike($who->html, qr/さんがログイン中です/, "$path: nobody is greeted");
    has_ended($who, $path);
}
$reader->insert;
is($at{$_}->set_cookie(session => $at{$_}{kept})->get('/jpki/edit')->place, '/login?purpose=jpki-edit', "$_: the card back: still over")
    for @pages;

# --- What the page's script asks, and what was typed ---

$who = enter();
$reader->remove;
is($who->tab->get('/session/card')->status, 403, 'the script is told that the card has left');
isnt($who->row_of($who->{kept}), '', 'and that is all: what was typed can still be sent');
is($who->get('/jpki/edit')->place, $gone, 'the next page ends the session');
is($who->set_cookie(session => $who->{kept})->get('/jpki/edit')->place, '/login?purpose=jpki-edit', 'for good');
$reader->insert;
$who = enter();
$who->set(kana => 'ツヅキ');
$reader->remove;
is($who->press('next')->place, $gone, 'a form that comes when the card is out');
$reader->insert;
$who = enter();
is($who->value('kana'), 'ツヅキ', 'is there after the next log-in');
is($who->press('reset')->status, 303, 'and can be taken back');

# --- Another card, another place, another helper ---

$who = enter();
load_card($place, 'other/sign', 'other/auth');
is($who->get('/jpki/edit')->place, $gone, 'another card: over');
has_ended($who, 'another card');
load_card($place, 'card/sign', 'card/auth');
$who = enter();
my $elsewhere = Resident->at_home($place)->set_cookie(session => $who->{kept});
is($elsewhere->get('/jpki/edit')->place, $gone, 'the cookie, from elsewhere: over');
is($who->row_of($who->{kept}), '', 'at the kiosk as well');
is($who->get('/jpki/edit')->status, 303, 'whoever asks');

my $home = Resident->at_home($place)->enter('jpki');
is($home->status, 200, 'who logs in at home');
$reader->remove;
is($home->get('/jpki/edit')->status, 200, 'has no card in the kiosk');
$reader->insert;
is($home->get('/jpki/edit')->status, 200, 'and needs none');

$who = enter();
my $helper = $place->helper;
kill KILL => $helper;
ok(await(sub { my $next = $place->helper(0); $next && $next != $helper }, 8), 'the helper dies, another one starts');
is($who->get('/jpki/edit')->place, $gone, 'which knows nothing of that card: over');
is($who->follow->status, 200, 'with a page that says so');
like($who->text, qr/\Q${\ say('card-gone')}\E/, 'and what to do');
is(enter()->status, 200, 'and one can log in again');

# --- Who has no card ---

my $company = Resident->new($place);
ok($company->register('corporate'), 'a company, by its file');
my $citizen = Resident->new($place)->login('90000010', 'CanarySecret10');
is($citizen->follow->status, 200, 'somebody with number and password');
for my $how (qw(remove insert)) {
    $reader->$how;
    is($company->get('/corporate/edit')->status, 200, "$how: the company stays");
    is($citizen->get('/card/edit')->status,      200, "$how: number and password stay");
    is($company->get('/session/card')->status,   404, "$how: there is no card to ask about");
}
done_testing;
