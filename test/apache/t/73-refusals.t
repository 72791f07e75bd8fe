# SPDX-License-Identifier: Apache-2.0
#
# Whoever can't go on is told why, and where to go: certificates that don't count, the wrong door, PINs that are wrong,
# low or blocked, a frozen account, and certificates that are new since the registration.
use strict;
use warnings;
use utf8;
use Forger;
use Resident;
use Site qw(await say sql);
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my @ca   = ('profile=authority', 'key=p256');
my @auth = ('profile=jpki-authentication', 'key=card/auth');
my @sign = ('key=card/sign');
my @cards = qw(revoked moved expired unknown wrong low blocked limit frozen);
my $place = open_place(make => [
    one => 'odd/ca', @ca, 'dn=jpki-signing',
    (map { (one => "$_/auth", @auth) } @cards),
    (map { (one => "$_/sign", @sign) } grep { !/^(?:revoked|moved|expired|unknown)$/ } @cards),
    one => 'revoked/sign', @sign, 'serial=0ABCDEF1',
    one => 'moved/sign',   @sign, 'serial=0ABCDEF3',
    one => 'expired/sign', @sign, 'from=-7200', 'until=-1',
    one => 'unknown/sign', @sign, 'issuer=odd/ca',
    one => 'new/renewed',  @sign,
    one => 'new/auth',     @auth,
    one => 'new/moved',    @sign, 'address=神奈川県川崎市高津区下作延２丁目８番１号',
    one => 'new/renamed',  @sign, 'name=多摩　太郎',
    crl => 'crl/jpki-signing-3', 'number=2', 'revoked=0ABCDEF1:-60:1,0ABCDEF3:-60:3',
]);
my $reader = $place->{reader};
sub card { my ($name, $auth) = @_; load_card($place, "$name/sign", ($auth // $name) . '/auth') }

# A page that says why, and writes nothing. The code goes there.
sub refused {
    my ($what, $sentence, $code) = @_;
    my $before = counts();
    my $at     = $code->();
    is($at->status, 422, "$what: refused");
    like($at->text, sentence($sentence), "$what: $sentence");
    is(counts(), $before, "$what: nothing is written");
    return $at;
}
sub registration { my (%secrets) = @_; return Resident->new($place)->apply('jpki', %secrets) }

# --- Certificates that don't count ---

for my $case (['revoked', 'cert-revoked'], ['moved', 'cert-moved'], ['expired', 'card-cert-expired'], ['unknown', 'cert-unknown-ca']) {
    my ($name, $sentence) = @$case;
    card($name);
    my $at = refused($name, $sentence, \&registration);
    is($at->form('/jpki/register/start'), undef, "$name: no PIN is asked for again");
    like($at->html, qr{href="/jpki/register/start}, "$name: and there is a way on");
    like($at->text, qr/カードを忘れずにお取りください/, "$name: who leaves takes the card along");
}
my $at = Resident->at_home($place)->agree('jpki')->follow->press('yes');
my ($token, $answer) = map { $_->{request} } $at->asked;
refused('expired, whatever signs', 'cert-expired', sub {
    $at->set(token => forged_token($place, $token, 'expired/auth'), answer => forged_cms($place, $answer, 'expired/sign'));
    return $at->press('signed');
});
card('wrong');
$place->make(crl => 'crl/jpki-signing-3', 'number=3', 'from=-7200', 'until=-1');
refused('an outdated list', 'cert-list-stale', \&registration);
$place->make(crl => 'crl/jpki-signing-3', 'number=4', 'revoked=0ABCDEF1:-60:1');

# --- The wrong door: with answers for the right page ---

sub at_door {
    my ($kind, $path, $auth, $sign) = @_;
    my $at = Resident->at_home($place);
    $path ? $at->get($path) : $at->agree($kind)->follow;
    my ($token, $answer) = map { $_->{request} } $at->press('yes')->asked;
    $at->set(token  => forged_token($place, $token, $auth));
    $at->set(answer => forged_cms($place, $answer, $sign)) if $answer;
    return $at->press('signed');
}
my ($company, @person) = ('company/company', 'wrong/auth', 'wrong/sign');
$at = refused('a company registers as a person', 'cert-of-company', sub { at_door('jpki', undef, $company, $company) });
like($at->html, qr{href="/corporate/register/terms"}, 'and is led to its own door');
$at = refused('a person registers as a company', 'cert-of-person', sub { at_door('corporate', undef, @person) });
like($at->html, qr{href="/jpki/register/terms"}, 'and is led to theirs');
refused('a company and a person in one', 'cert-of-company', sub { at_door('jpki', undef, $person[0], $company) });
refused('a company logs in as a person', 'cert-of-company', sub { at_door('jpki', '/login/jpki?purpose=jpki-edit', $company) });
refused('a person logs in as a company', 'cert-of-person',
    sub { at_door('corporate', '/login/corporate?purpose=corporate-edit', $person[0]) });
refused('who signs instead of logging in', 'cert-wrong-purpose', sub { at_door('jpki', '/login/jpki?purpose=jpki-edit', $person[1]) });
refused('who logs in instead of signing', 'cert-wrong-purpose', sub { at_door('jpki', undef, $person[0], $person[0]) });
$at = refused('who was never here', 'cert-unregistered', sub { Resident->new($place)->enter('jpki') });
like($at->html, qr{href="/jpki/register/terms"}, 'is led to the registration');

# --- PINs ---

like(refused('a wrong PIN', 'card-pin-wrong', sub { registration(pin => '9999') })->text, qr/あと2回/, 'with the tries that are left');
like(refused('a wrong signing PIN', 'card-signing-pin-wrong', sub { registration('signing-pin' => 'WRONG1') })->text, qr/あと4回/,
    'with those of this one');
is($reader->tries('auth') . $reader->tries('sign'), '34', 'as the card has them');
my $verify = $reader->count('VERIFY');
is(registration('signing-pin' => '1234')->status, 422, 'one PIN in the place of the other');
is($reader->count('VERIFY'), $verify, 'costs no try');

card('low');
$reader->control('set sign-tries 1');
$at = Resident->new($place)->agree('jpki')->follow;
like($at->text, qr/署名用の暗証番号（英数字6～16文字）を入力できるのは、あと1回だけです/, 'one try is left: it is said beforehand');
refused('without a yes', 'card-signing-pin-low', sub { $at->type_secrets->press('yes') });
is($reader->tries('sign'), 1, 'not even the right one is shown to the card');
refused('a yes, and wrong', 'card-signing-pin-blocked',
    sub { $at->type_secrets('last-try' => 'yes', 'signing-pin' => 'WRONG1')->press('yes') });
is($reader->tries('sign'), 0, 'it is gone');

card('blocked');
$reader->control('set sign-tries 0');
$at = Resident->new($place)->agree('jpki')->follow;
is($at->form('/jpki/register/start'), undef, 'blocked: no PIN is asked for');
like($at->text, qr/署名用電子証明書の暗証番号.*?ロックされています/, 'blocked: which one');
unlike($at->text, qr/利用者証明用電子証明書の暗証番号がロック/, 'blocked: not the other');
$reader->control('set sign-tries 5');
$reader->control('set auth-tries 0');
$at->get('/login/jpki');
like($at->title, qr/^公的認証 電子申請ご利用確認｜/, 'the page before a log-in has its title');
is($at->form('/login/jpki'), undef, 'blocked to log in: no PIN is asked for');
like($at->text, qr/ロックされています/, 'blocked to log in: said');

# --- Nothing in the reader ---

$reader->remove;
for my $at (Resident->new($place)->agree('jpki')->follow, Resident->new($place)->get('/login/jpki')) {
    like($at->text, qr/ご用意いただくもの.*暗証番号（数字4けた/, 'who has no card yet is told what to bring');
    like($at->text, qr/\Q${\ say('pin-forgotten')}\E/, 'and what to do without the PIN');
    like($at->html, qr{href="/(?:registration|login)">いいえ}, 'and can say no');
}
$reader->insert;

# --- The server counts, too: a card whose own count somebody resets ---

card('limit');
my $who = Resident->new($place);
$who->register('jpki');
$who->get('/jpki/edit')->set(kana => 'カワサキハナコ')->press('next');
$who->follow;
for my $count (1 .. 5) {
    $reader->control('set sign-tries 5');
    $who->type_secrets('signing-pin' => "WRONG$count")->press('commit');
    is($who->status, 422, "wrong, $count of 5");
}
my ($receipt) = $who->text =~ /受付番号：\s*([\w-]+)/;
ok($receipt, 'then it is locked, and there is a number to ask about it with');
$reader->control('set sign-tries 5');
$verify = $reader->count('VERIFY');
my $before = counts();
$who->get('/jpki/edit/confirm')->type_secrets->press('commit');
is($reader->count('VERIFY'), $verify, 'the sixth is not shown to the card, not even the right one');
like($who->text, qr/\Q$receipt\E/, 'and the page says the number');
like($who->text, qr/署名用電子証明書の暗証番号（英数字6～16文字）のまちがいが続いたため/, 'and which PIN it is');
is(counts(), $before, 'nothing is written of it');
ok(Resident->new($place)->enter('jpki')->value('kana'), 'logging in goes on');
is(scalar(tool("limit clear $receipt --reason test")), 0, 'the counter ends the lock');
ok(await(sub { $who->get('/jpki/edit/confirm')->by_card('commit')->status == 303 }, 5), 'and the right one is taken');

# --- A frozen account ---

card('frozen');
$who = Resident->new($place);
$who->register('jpki');
my $name = sql("SELECT identifier FROM account WHERE id = ${\ $who->row_of}");
my ($status, $said) = tool("account freeze $name --kind jpki --reason test");
is($status, 0, 'an account is frozen') or diag($said);
ok(await(sub { $who->get('/jpki/edit')->status == 303 }, 5), 'its sessions end');
refused('frozen', 'frozen', sub { Resident->new($place)->enter('jpki') });
refused('frozen, registering once more', 'cert-registered', \&registration);

# --- Certificates that are new since then ---

load_card($place, 'card/sign', 'card/auth');
$who = Resident->new($place);
$who->register('jpki');
my $account = $who->row_of;
like(refused('registered already', 'cert-registered', \&registration)->html, qr{href="/jpki/edit"}, 'the way to the data');

sub signing { return sql("SELECT identity FROM binding WHERE account = $account AND kind = 'jpki-signing'") }
sub changing {
    my ($sign, $kana) = @_;
    load_card($place, $sign, 'card/auth');
    my $who = Resident->new($place)->enter('jpki');
    $who->set(kana => $kana)->press('next');
    return $who->follow;
}
my $identity = signing();
$who = changing('limit/sign', 'ベツノヒト');
refused("somebody else's certificate", 'cert-other', sub { $who->by_card('commit') });
$who = changing('new/renamed', 'ナマエガカワッタ');
refused('another name', 'cert-other-name', sub { $who->by_card('commit') });
is(signing(), $identity, 'none of them is the account\'s');

$who = changing('new/renewed', 'アタラシイショウメイショ');
like($who->by_card('commit')->place, qr{/complete/}, 'a new one that says the same is taken');
isnt(signing(), $identity, 'in the place of the old');
is(sql("SELECT count(*) FROM audit WHERE account = $account AND act = 'certificate'"), 1, 'as the audit log says');
$identity = signing();

$who = changing('new/moved', 'ヒッコシ');
$before = fields_of($account);
is($who->by_card('commit')->place, '/jpki/edit', 'one with another address leads back to the form');
is($who->follow->banner, say('cert-new'), 'which says so');
is($who->row('住所'), '神奈川県川崎市高津区下作延２丁目８番１号', 'with the new address');
is_deeply(fields_of($account), $before, 'nothing is registered yet');
is(signing(), $identity, 'nor bound');
is($who->press('next')->status, 422, 'the old parts don\'t match it');
$who->set(municipality => '川崎市高津区', town => '下作延2丁目', lot => '8-1')->press('next');
like($who->follow->by_card('commit')->place, qr{/complete/}, 'the new ones do');
my $fields = fields_of($account);
is_deeply([ @$fields{qw(address municipality town kana)} ],
    [ '神奈川県川崎市高津区下作延２丁目８番１号', '川崎市高津区', '下作延２丁目', 'ヒッコシ' ], 'and are registered');
isnt(signing(), $identity, 'with the new certificate');
is(scalar(tool('evidence verify ' . $who->follow->receipt)), 0, 'and evidence');
is(sql("SELECT count(*) FROM binding WHERE account = $account"), 2, 'one certificate of each kind');

# --- The same to log in with: the registered one to sign with vouches for it ---

sub logging_in { return sql("SELECT identity FROM binding WHERE account = $account AND kind = 'jpki-authentication'") }
my $elsewhere = Resident->at_home($place)->enter('jpki');
is($elsewhere->get('/jpki/edit')->status, 200, 'logged in elsewhere');
$identity = logging_in();
load_card($place, 'new/moved', 'limit/auth');
refused("with somebody else's to log in with", 'cert-registered', \&registration);
load_card($place, 'frozen/sign', 'new/auth');
refused('frozen, with a new one to log in with', 'cert-registered', \&registration);
load_card($place, 'new/moved', 'new/auth');
$at = refused('a new one to log in with', 'cert-unregistered', sub { Resident->new($place)->enter('jpki') });
like($at->html, qr{href="/jpki/register/terms"}, 'leads to the registration');
$who = Resident->new($place)->agree('jpki')->follow->by_card('yes');
is($who->place, '/jpki/edit/renewed', 'which knows whose it is');
is($who->follow->banner, say('cert-renewed'), 'says so');
is($who->row_of, $account, 'and logs in');
isnt(logging_in(), $identity, 'the new one is registered');
is(sql("SELECT count(*) FROM binding WHERE account = $account"), 2, 'in the place of the old');
is($elsewhere->get('/jpki/edit')->status, 303, 'who is logged in elsewhere is out');
like($who->get('/account/ledger')->text, qr/\Q${\ say('audit-certificate')}\E/, 'the ledger tells it');
is(Resident->new($place)->enter('jpki')->status, 200, 'from now on it logs in');
refused('once more', 'cert-registered', \&registration);
is(scalar(grep { /\b(?:1234|9999|ABC123|WRONG\d)\b|太郎|旭町/ } $place->said), 0, 'no PIN and no name in the log');
done_testing;
