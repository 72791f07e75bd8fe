# SPDX-License-Identifier: Apache-2.0
#
# Registration by certificate at a kiosk, of a person and of a company: terms, proof, form, signature, receipt. What is
# stored is what was signed; who is registering is nobody yet.
use strict;
use warnings;
use utf8;
use Browser;
use Resident;
use Site qw(await put root say slurp sql);
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $place = open_place(make => [
    one => 'new/auth', 'profile=jpki-authentication', 'key=card/auth',
    one => 'new/sign', 'key=card/sign',
]);

# --- Consent ---

my $terms = '/jpki/register/terms';
my $who   = Resident->new($place);
like($who->get('/registration')->html, qr/href="\Q$terms\E"/, 'the first page leads to the terms');
is($who->get($terms)->press('disagree')->place, '/registration', 'who disagrees is led back');
my $began = int time;
my ($version, $second) = $who->agree('jpki')->place =~ m{^/jpki/register/start\?consent=([\d-]+)\.(\d+)$};
ok($version && $second >= $began && $second <= time, 'consent: which version, and when');
is($who->follow->status, 200, 'and on');

my %outdated = (
    none           => '',
    'no time'      => $version,
    'a version'    => "2025-01-01.$second",
    'the future'   => "$version." . ($second + 120),
    'yesterday'    => "$version." . ($second - 86401),
    'words'        => "$version.soon",
    'too much'     => "$version.${second}0",
);
my $before = counts();
for my $what (sort keys %outdated) {
    is($who->get("/jpki/register/start?consent=$outdated{$what}")->place, $terms, "consent, $what: the terms");
    $who->get("/jpki/register/start?consent=$version.$second")->type_secrets->set(consent => $outdated{$what});
    is($who->press('yes')->place, $terms, "consent, $what: also with the PINs");
}
is(counts(), $before, 'nothing is written of it');

# --- Who is registering ---

$who->apply('jpki');
is($who->title =~ s/｜.*//r, '公的認証 新規利用者登録(個人)', 'the form');
is($who->row('氏名'),   '川崎　太郎',                             'with what the certificate says: the name,');
is($who->row('生年月日'), '1980年3月4日(昭和55年)',              'the birth date,');
is($who->row('住所'),   '神奈川県川崎市川崎区旭町１丁目３番３号', 'the address');
my $applicant = $who->row_of;
is(sql("SELECT state, level FROM account a JOIN session s ON s.account = a.id WHERE a.id = $applicant"), '2|0',
    'an applicant, of level 0');
my $identifier = sql("SELECT identifier FROM account WHERE id = $applicant");
isnt(scalar(tool("account show $identifier --kind jpki --reason test")), 0, 'whom nobody finds');
my $tab = $who->tab;
is($tab->get($_)->place, '/login?purpose=jpki-edit', "$_: not open to him") for qw(/jpki/edit /jpki/edit/confirm /jpki/delete);
is($tab->get('/account/ledger')->place, '/login?purpose=ledger', '/account/ledger: not open to him');
for my $path (qw(/card/edit /corporate/edit /corporate/register /corporate/delete)) {
    isnt($tab->get($path)->status, 200, "$path: not open to him");
}
is($tab->get('/jpki/register/confirm')->status, 400, 'nothing to confirm yet');

is($who->fill('jpki', kana => 'ホゾンシタ')->press('save')->place, '/jpki/register/saved', 'what is typed can be kept');
forget($applicant, 'touched_at = touched_at - 1801 * 1000000');
is($who->get('/jpki/register')->place, $terms, 'half an hour later his session is over');
is($who->follow->banner, say('registration-paused'), 'which the terms say, and that what was typed is kept');
is($who->apply('jpki')->value('kana'), 'ホゾンシタ', 'and who begins again finds what he typed');
is($who->banner, say('resumed'), 'and is told so');
like($who->html, qr/続きから入力できます/, 'the page is ready to say so');
unlike($who->html, qr/ログインの画面になります|パスワードの欄だけは/, 'and speaks of no log-in and no password');
is($who->row_of, $applicant, 'as the same applicant');
my $late = $who->tab->get('/jpki/register');
forget($applicant, 'touched_at = touched_at - 1801 * 1000000');
is($late->set(kana => 'オソイ')->press('next')->place, $terms, 'a form that comes too late leads to a new start');
is($who->apply('jpki')->value('kana'), 'オソイ', 'with what stood in it');

# Nothing knows of it but the database: caches are told by an event.
sub forget {
    my ($account, $change) = @_;
    sql("UPDATE session SET $change WHERE account = $account; UPDATE event_number SET number = number + 1;"
            . "INSERT INTO event SELECT number, 0, $account, 0 FROM event_number");
    await(sub { Resident->new($place, jar => $who->{agent}->cookie_jar)->get('/jpki/register')->status == 303 });
}

# --- Other terms meanwhile ---

my $file = root() . '/rules/terms.rules';
my $of_before = slurp($file);
ok(new_rules($place, sub { put($file, $of_before =~ s/version "\Q$version\E"/version "2026-11-02"/r) }),
    'the terms have another version');
is($who->get('/jpki/register')->fill('jpki', kana => 'アタラシイ')->press('next')->place, $terms,
    'who agreed to the former ones reads the new ones');
is($who->follow->banner, say('terms-changed'), 'and why');
is($who->apply('jpki')->value('kana'), 'アタラシイ', 'what he typed is there still');
is($who->fill('jpki')->press('next')->place, '/jpki/register/confirm', 'he goes on');
$who->follow;
ok(new_rules($place, sub { put($file, $of_before) }), 'the former ones again');
is($who->type_secrets->press('commit')->place, $terms, 'nor is anything signed under terms that are not those');
is(sql("SELECT state FROM account WHERE id = $applicant"), 2, 'he is no more than he was');
$who->apply('jpki');

for my $page (qw(/ /registration)) {
    my $html = $who->tab->get($page)->html;
    is(scalar(() = $html =~ m{href="/jpki/register"}g), 1, "$page: one way back into the form");
    unlike($html, qr{href="/jpki/register/terms"}, "$page: and none through the PINs once more");
}
$who->get('/jpki/register')->press('reset');
like($who->get('/jpki/register')->html, qr/［手続きをやめる］を押すと、入力した内容は消えます。/, 'beside the button to leave stands what it does');
is(press_logout($who), '/logged-out/applicant', 'he leaves');
is($who->follow->banner, say('applicant-left'), 'and is told that nothing is registered, and what he typed is gone');
like($who->text, qr/カードを忘れずにお取りください/, 'and to take his card');
unlike($who->text, qr/ブラウザーも?）/, 'but not to close the kiosk');
is(sql("SELECT count(*) FROM account WHERE id = $applicant"), 0, 'and was never here');
is(counts(), $before, 'nothing is left of him');

sub press_logout {
    my ($at) = @_;
    my ($form) = grep { $_->{action} eq '/logout' } Browser::forms($at->html);
    $at->{form} = $form;
    return $at->press->place;
}

# Told to every host: by how many events since then.
sub events { my ($since, $account) = @_; return sql("SELECT count(*) FROM event WHERE number > $since AND subject = '$account'") }
sub last_event { return sql('SELECT number FROM event_number') }

load_new($place);
my $left   = Resident->at_home($place)->apply('jpki');
my $former = $left->row_of;
my $event  = last_event();
is($left->get('/jpki/register')->status, 200, 'another one');
my $again = Resident->at_home($place)->apply('jpki');
is(events($event, $former), 1, 'who begins again elsewhere is the same: every host is told');
load_card($place, 'card/sign', 'new/auth');
$again = Resident->at_home($place)->apply('jpki');
isnt($again->row_of, $former, 'with another certificate to sign, one registration is given up for the other');
is($left->get('/jpki/register')->place, $terms, 'where the former was begun, nothing is left of it');
is(events($event, $former), 2, 'nor on other hosts');
is(press_logout($again->get('/jpki/register')), '/logged-out/applicant', 'he leaves, too');
is(counts(), $before, 'and was never here');
load_card($place, 'card/sign', 'card/auth');

# --- The address ---

sql("INSERT INTO post_code VALUES ('2100808', '神奈川県', '川崎市川崎区', '旭町', 1), "
        . "('4980000', '愛知県', '弥富市', '', 2), ('4980000', '三重県', '桑名郡木曽岬町', '', 3)");
my $entry = qr/<(?:input|select) class="entry"/;
like(Resident->at_home($place)->apply('jpki')->html, qr/$entry id="prefecture"[^>]* autocomplete="address-level1"/,
    'at home the browser may offer what it knows');
unlike($who->apply('jpki')->html, qr/$entry(?![^>]* autocomplete="off")/, 'at a kiosk nothing that somebody else has typed');
my %blank = (prefecture => '東京都', municipality => '', town => '', lot => '');
my $press = sub { my ($code) = @_; $who->fill('jpki', %blank, 'post-code' => $code)->press('post-code') };
$before = counts();
is(told($press->('２１０－０８０８')), say('post-code-filled'), 'a post code with one address');
is_deeply([ map { $who->value($_) } qw(prefecture municipality town) ], [ '神奈川県', '川崎市川崎区', '旭町' ], 'fills it in');
is($press->('9999999')->status, 422, 'one with none');
is_deeply([ $who->errors ], ['post-code'], 'is told at its field');
is($who->value('prefecture'), '東京都', 'changes nothing');
is(told($press->('4980000')), say('post-code-several'), 'one with several');
is($who->value('municipality'), '', 'asks');
$who->press('address.1');
is($who->value('municipality'), '桑名郡木曽岬町', 'and takes the one that is chosen');
is($who->set('post-code' => '4980000')->press('address.7')->status, 200, 'a choice that there is not');
is(scalar(() = $who->get('/post-code/4980000')->html =~ /<li data-prefecture="[^"]+"/g), 2, 'both, for the page\'s script');

$who->get('/jpki/register')->fill('jpki', town => '旭町2丁目')->press('next');
is($who->status, 422, 'another address');
is_deeply([ comparison($who) ], [qw(same same different notation same)], 'stands beside the one in the certificate');
is($who->press('take-over')->banner, say('address-taken') =~ s/\{label\}/住所/r, 'which can be taken over');
is($who->value('town'), '旭町１丁目', 'as it is written there');
is(counts(), $before, 'nothing was written so far');

sub told {
    my ($at) = @_;
    return $at->html =~ m{<p class="told" id="post-code-told" role="status">(.*?)</p>} ? $1 : undef;
}

sub comparison {
    my ($at) = @_;
    my ($table) = $at->html =~ m{<table class="comparison">(.*?)</table>}s or return;
    my %word = ('違います' => 'different', '書き方の違い' => 'notation', '同じ' => 'same');
    return map { $word{$_} } $table =~ m{<td>(?:<strong>)?(違います|書き方の違い|同じ)}g;
}

# --- [登録] ---

# Each field of the row, from the signed bytes.
sub signed_fields {
    my ($receipt) = @_;
    my ($head, @lines) = manifest_of($receipt);
    my %fields;
    for (@lines) {
        my ($name, $label, $value) = @$_;
        my %sign = (n => "\n", t => "\t", r => "\r", '\\' => '\\');
        $value =~ s/\\(.)/$sign{$1}/g;
        $name =~ s/^account\.//;
        $value = $1 if $name =~ s/\.(.*)//;
        next if $value eq '';
        $fields{$name} = exists $fields{$name} ? "$fields{$name} $value" : $value;
    }
    @fields{qw(terms-version terms-at)} = split / /, delete $fields{terms};
    return ($head, \%fields);
}

sub stored_is_signed {
    my ($who, $receipt, $kind) = @_;
    my $account = $who->row_of;
    my ($head, $signed) = signed_fields($receipt);
    my $stored = fields_of($account);
    delete @$stored{qw(name-substituted address-substituted company-number registry-office)};
    is_deeply($stored, $signed, "$kind: the row is what was signed");
    is($head->{flow}, "$kind.register", "$kind: as a registration");
    is(scalar(tool("account show $head->{account} --kind $kind --reason test")), 0, "$kind: who can be found");
    is($head->{account}, sql("SELECT identifier FROM account WHERE id = $account"), "$kind: of this account");
    my ($status, $said) = tool("evidence verify $receipt");
    is($status, 0, "$kind: the evidence holds") or diag($said);
    is(sql("SELECT state, level FROM account a JOIN session s ON s.account = a.id WHERE a.id = $account"), '0|3',
        "$kind: a live account, of level 3");
}

my @typed = (phone => '044-200-2111', 'result-mail' => 'yes', email => 'taro@example.jp', 'email-again' => 'taro@example.jp');
for my $kind (qw(jpki corporate)) {
    my $device = Resident->new($place)->apply($kind);
    my $who    = Resident->new($place)->apply($kind);
    is($device->get("/$kind/register")->status, 200, "$kind: an applicant at two devices");
    my ($at) = fields_of($who->row_of)->{'terms-at'};
    like($at, qr/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "$kind: the time of the consent is kept");
    is($who->fill($kind, @typed, town => '川')->press('next')->status, 422, "$kind: a wrong address");
    is($who->fill($kind, @typed)->press('next')->place, "/$kind/register/confirm", "$kind: a right one");
    my $cookie = $who->cookie('session');
    my $before = counts();
    is($who->follow->status, 200, "$kind: the confirm page");
    is($who->get("/$kind/register/confirm")->status, 200, "$kind: and again, when it is loaded anew");
    is($who->row('審査結果通知(Eメール)') =~ s/ 変更あり//r, '希望する', "$kind: says what was chosen, in words");
    is(counts(), $before, "$kind: nothing is written by looking");
    my $twice = $who->tab->get("/$kind/register/confirm");
    my $event = last_event();
    $who->by_card('commit');
    like($who->place, qr{^/\Q$kind\E/register/complete/[\w-]+$}, "$kind: [登録]");
    my $receipt = $who->follow->receipt;
    isnt($who->cookie('session'), $cookie, "$kind: a new session");
    my $old = Resident->new($place)->set_cookie(session => $cookie);
    is($old->get("/$kind/register")->status, 303, "$kind: the old one is dead");
    is($old->get("/$kind/edit")->status, 303, "$kind: wherever it goes");
    is(events($event, $who->row_of), 1, "$kind: as every host is told");
    is($device->get($_)->status, 303, "$kind: at another device too, $_") for "/$kind/register", "/$kind/edit";
    stored_is_signed($who, $receipt, $kind);
    is(sql("SELECT count(*) FROM binding WHERE account = ${\ $who->row_of}"), $kind eq 'jpki' ? 2 : 1,
        "$kind: each certificate is bound");

    $before = counts();
    is($twice->type_secrets->press('commit')->place, "/$kind/register/complete/$receipt", "$kind: [登録] twice: the same receipt");
    is($who->get("/$kind/register/complete/$receipt")->receipt, $receipt, "$kind: it can be read again");
    is($who->get("/$kind/register")->status, 303, "$kind: there is no registration under way any more");
    is(counts(), $before, "$kind: nothing is written twice");
    is(Resident->new($place)->get("/$kind/register/complete/$receipt")->status, 303, "$kind: the receipt is not for others");
}

# --- Afterwards ---

for my $kind (qw(jpki corporate)) {
    my $who = Resident->new($place)->enter($kind);
    is($who->status, 200, "$kind: he can log in");
    my $other = Resident->new($place)->enter($kind);
    $who->set(kana => 'カワサキジロウ')->press('next');
    like($who->follow->by_card('commit')->place, qr{^/\Q$kind\E/edit/complete/}, "$kind: change his data");
    my $receipt = $who->follow->receipt;
    is(fields_of($who->row_of)->{kana}, 'カワサキジロウ', "$kind: which are stored");
    is(scalar(tool("evidence verify $receipt")), 0, "$kind: with evidence");
    is($other->get("/$kind/edit/complete/$receipt")->receipt, $receipt, "$kind: the receipt is there at another device");
    my $idle = Resident->new($place)->enter($kind)->press('next')->follow;
    is($idle->banner, say('nothing-changed'), "$kind: who changes nothing is told so");
    like($idle->text, qr/電子証明書を新しくした方/, "$kind: and to whom it is of use to sign");
    my ($said, $held) = ($idle->by_card('commit')->status, $idle->banner);
    is("$said $held", '422 ' . say('nothing-changed'), "$kind: who signs with the certificate that is known is told again");
    is(sql("SELECT count(*) FROM receipt r JOIN account a ON a.id = r.account WHERE a.kind = '$kind'"), 2, "$kind: nothing is written");
    my ($entries) = $other->get('/account/ledger')->html =~ m{<ul class="entries">(.*?)</ul>}s;
    my @said = map { say("audit-$_") } qw(login change login login view register);
    is_deeply([ $entries =~ m{<span>([^<]*?。) }g ], \@said, "$kind: and the ledger has it all");
}

# --- Those who never come back ---

my $gone = Resident->new(load_new($place))->apply('jpki')->row_of;
$who = Resident->new($place);
sql("UPDATE account SET changed_at = changed_at - 259300000000 WHERE id = $gone; "
        . "UPDATE session SET touched_at = touched_at - 259300000000 WHERE account = $gone");
my $stays = sql('SELECT count(*) FROM account WHERE state <> 2');
$place->stop;
Resident::start_place($place);
ok(await(sub { sql("SELECT count(*) FROM account WHERE id = $gone") == 0 }, 70), 'after three days an applicant is forgotten');
is(sql('SELECT count(*) FROM account WHERE state <> 2'), $stays, 'nobody else is');
is(scalar(grep { /\b(?:1234|ABC123|kawasaki-p12)\b|川崎|taro@/ } $place->said), 0, 'no secret and no name in the log');
done_testing;

sub load_new { my ($place) = @_; load_card($place, 'new/sign', 'new/auth'); return $place }
