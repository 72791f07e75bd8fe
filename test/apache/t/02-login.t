# SPDX-License-Identifier: Apache-2.0
#
# Logging in and out: who gets in, where it leads, what a session's id is worth before and after.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

# --- In ---

my $browser = Browser->new->get('/card/edit');
is($browser->status, 303, 'without a log-in the edit page is closed');
is($browser->place, '/login?purpose=card-edit', 'it sends to the log-in');
is($browser->follow->title, 'ログイン｜ネット窓口かわさき 川崎市', 'the log-in page');
is($browser->banner, say('login-needed'), 'it says why');
is($browser->value('purpose'), 'card-edit', 'it keeps the purpose');

my $mark = mark();
$browser->set(number => '90000001', password => 'CanarySecret01')->press;
is($browser->status, 303,          'the right password: in');
is($browser->place,  '/card/edit', 'to where one wanted to go');
is($browser->header('Cache-Control'), 'no-store', 'the redirect is kept nowhere');
my @cookies = $browser->{answer}->header('Set-Cookie');
my ($cookie) = grep { /-session=/ } @cookies;
my ($name, $id, $attributes) = $cookie =~ /^([^=]+)=([^;]*); (.*)$/;
is($name, '__Host-kawasaki-session', 'the cookie is named after the city');
like($id, qr/^[A-Za-z0-9_-]{43}$/, 'its id: 256 bits');
is($attributes, 'Path=/; Secure; HttpOnly; SameSite=Lax', "the cookie's attributes");
$browser->follow;
is($browser->status, 200, 'the edit page');
like($browser->text, qr/鴉坂　花子01さんがログイン中です/, 'it knows who is there');
like($browser->text, qr/ログアウト/, 'it offers the way out');
unlike($browser->html, qr/\Q$id\E/, "the session's id is on no page");
is(sql("SELECT count(*) FROM session WHERE hash = '$id'"), 0, "the session's id isn't in the database");
is($browser->get('/login')->press->status, 422, 'an empty form is no log-in, even with a session');
is($browser->get('/login?purpose=card-edit')->place, '/card/edit', 'who is logged in already is sent on');

for ([ '９０００００02' => 'full-width digits' ], [ '9000-0002' => 'a hyphen' ], [ ' 9000－0002 ' => 'another hyphen, spaces' ],
    [ '９０００ ０００２' => 'a space inside' ])
{
    my ($number, $what) = @$_;
    is(Browser->new->login($number, 'CanarySecret02')->place, '/card/edit', "the number with $what");
}
is(Browser->new->login('90000002', 'CanarySecret02', '')->place, '/', 'without a purpose: to the top page');

# --- Not in ---

# Whatever differs from visit to visit.
sub masked {
    my ($page) = @_;
    return $page->html =~ s/(name="csrf" value=")[^"]*/$1/gr =~ s/(class="receipt">)[^<]*/$1/gr;
}
my %refused = map { $_->[0] => Browser->new->login(@$_[ 1, 2 ]) } (
    [ wrong   => '90000001', 'CanaryWrong99' ],
    [ unknown => '90009999', 'CanaryWrong99' ],
    [ case    => '90000001', 'canarysecret01' ],
    [ longer  => '90000001', 'CanarySecret011' ],
);
for my $what (sort keys %refused) {
    my $page = $refused{$what};
    is($page->status, 422, "$what: refused");
    is_deeply([ $page->errors ], ['number'], "$what: the summary leads to the number");
    like($page->text,  qr/\Q${\ say('login-refused')}\E/, "$what: in the city's words");
    like($page->title, qr/^エラー：ログイン｜/, "$what: the title");
    is($page->cookie('session'), undef, "$what: no session");
    unlike($page->html, qr/CanaryWrong99|canarysecret01|CanarySecret011/, "$what: the password isn't sent back");
}
is($refused{wrong}->value('number'), '90000001', 'the number stays');
is(masked($refused{wrong}) =~ s/90000001//gr, masked($refused{unknown}) =~ s/90009999//gr,
    'unknown number and wrong password: the same bytes');
is(scalar(() = logged($mark, qr/KW-ROUTE-002: refused by rule door\/secret/)), 4, 'a log line for each refusal, with its rule');
is(scalar(() = logged($mark, qr/9000000[12]|CanaryWrong|CanarySecret|鴉坂/)), 0, 'none names number, password or name');

my $empty = Browser->new->get('/login')->press;
is($empty->status, 422, 'an empty form');
is_deeply([ $empty->errors ], [qw(number password)], 'an empty form: both are asked for');
is(Browser->new->login('90000001x', 'CanarySecret01')->status, 422, 'a letter in the number');
is(Browser->new->login("90000001' OR '1'='1", 'x')->status, 422, 'SQL in the number');
is(Browser->new->login('90000001', "' OR 1=1 --")->status, 422, 'SQL in the password');
is(Browser->new->login('90000001', 'a' x 5000)->status, 422, 'a very long password');

# --- Where it leads ---

for my $purpose ('//evil.example', 'https://evil.example/', '/registration', 'card-edit ', 'nonsense', 'card-edit/../x') {
    my $page = Browser->new->get('/login?' . Browser::urlencoded(purpose => $purpose));
    is($page->status, 400, "purpose $purpose: refused");
    $page->get('/login')->set(number => '90000001', password => 'CanarySecret01', purpose => $purpose)->press;
    is($page->status, 400, "purpose $purpose in the form: refused");
    is($page->cookie('session'), undef, "purpose $purpose: no session");
}
my $foreign = Browser->new->get('/card/edit', Host => 'evil.example');
is($foreign->place, '/login?purpose=card-edit', 'a redirect goes to the origin of the configuration, never to Host');

# --- Another id at each log-in, none after log-out ---

my $old   = $browser->cookie('session');
my $thief = Browser->new->set_cookie(session => $old);
is($thief->get('/card/edit')->status, 200, 'a session is where its cookie is');
$browser->login('90000001', 'CanarySecret01');
isnt($browser->cookie('session'), $old, 'a new id at each log-in');
is($thief->get('/card/edit')->place, '/login?purpose=card-edit', 'the old id is dead');
my $planted = Browser->new->set_cookie(session => 'A' x 43)->login('90000001', 'CanarySecret01');
isnt($planted->cookie('session'), 'A' x 43, "an id from elsewhere isn't taken over");
for my $text ('', 'x', 'A' x 42, 'A' x 44, '%00' x 14, "' OR 1=1 --", 'A' x 4000) {
    is(Browser->new->set_cookie(session => $text)->get('/card/edit')->status, 303, 'no session: ' . substr($text, 0, 14));
}

$browser->get('/');
like($browser->text, qr/鴉坂　花子01さんがログイン中です/, 'the top page knows the visitor');
$old = $browser->cookie('session');
$browser->{form} = $browser->form('/logout');
$browser->press;
is($browser->place, '/logged-out', 'logged out');
like($browser->header('Set-Cookie'), qr/^__Host-kawasaki-session=; Path=\/; .*Max-Age=0$/, 'the cookie is dropped');
is($browser->follow->banner, say('logged-out'), 'it is said');
is(Browser->new->set_cookie(session => $old)->get('/card/edit')->status, 303, 'the session is dead');
is(Browser->new->login('90000001', 'CanarySecret01')->status, 303, 'and one may log in again');
done_testing;
