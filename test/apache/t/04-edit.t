# SPDX-License-Identifier: Apache-2.0
#
# The whole flow: what is typed is normalised, shown, stored once, and can be looked at again.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number  = '90000005';
my $browser = Browser->resident($number, 'CanarySecret05');

sub csrf { return $browser->tab->get('/card/edit')->value('csrf') }

like($browser->title, qr/^市民カード 利用者情報参照・修正｜/, 'the input page');
like($browser->html, qr/<li aria-current="step">情報入力/, 'its step is marked');
is($browser->row('市民カード番号'), $number, 'the number, as text');
is($browser->row('氏名'), '鴉坂　花子05', 'the name, as text');
is($browser->row('生年月日'), '1980年3月4日(昭和55年)', 'the birth date, with its era');
is($browser->row('方書[アパート名等]'), '鴉荘05', 'the building, as text');
ok(!defined $browser->value('name') && !defined $browser->value('birth-date'), "no field for what can't be changed");
is($browser->value('kana'),        'カラスザカハナコ',       'kana, as registered');
is($browser->value('email'),       'canary05@example.jp', 'address, as registered');
is($browser->value('email-again'), 'canary05@example.jp', 'the repetition, too');

# --- Typed as people type ---

$browser->set(
    kana            => ' ｶﾗｽｻﾞｶ　ハナコ ',
    phone           => '０４４－２００－２１１１',
    'daytime-phone' => '',
    fax             => '044−200−3333',
    email           => 'ｃａｎａｒｙ@example.jp',
    'email-again'   => 'canary@example.jp ',
    'own-post-code' => '２１０ー００００',
    'result-mail'   => 'yes',
)->press('next');
is($browser->status, 303,                  'accepted');
is($browser->place,  '/card/edit/confirm', 'on to the confirm page');
$browser->follow;
is($browser->status, 200, 'the confirm page');
like($browser->title, qr/^市民カード 利用者情報修正内容確認｜/, 'its title');
like($browser->html,  qr/<li aria-current="step">内容確認/, 'its step is marked');
my %shown = (
    '氏名カナ'        => 'カラスザカハナコ',
    '連絡先電話番号'     => '044-200-2111 変更あり',
    '日中連絡先電話番号'   => '未入力',
    'FAX番号'       => '044-200-3333 変更あり',
    '連絡先メールアドレス'  => 'canary@example.jp 変更あり',
    '審査結果通知(Eメール)' => '希望する 変更あり',
    '郵便番号'        => '210-0000 変更あり',
    '利用するサービス'    => '電子申請、住民票の写し',
);
is($browser->row($_), $shown{$_}, "$_ is shown normalised") for sort keys %shown;
is(field($number, 'phone'), '044-299-0005', 'nothing is stored before 登録');
is($browser->get('/card/edit/confirm')->status, 200, 'the confirm page reloads');
my $token = $browser->value('draft');

$browser->press('commit');
is($browser->status, 303, 'registered: sent on (post, redirect, get)');
my $place = $browser->place;
like($place, qr{^/card/edit/complete/\d{8}-[0-9A-Z]{4}-[0-9A-Z]{4}$}, 'to the receipt');
$browser->follow;
is($browser->status, 200, 'the completion page');
like($browser->title, qr/^市民カード 利用者情報修正完了｜/, 'its title');
like($browser->html,  qr/<li aria-current="step">入力完了/, 'its step is marked');
my ($receipt) = $place =~ m{([^/]+)$};
is($browser->row('受付番号'), $receipt, 'it shows the receipt number');
like($browser->row('受付日時'), qr/^\d{4}年\d+月\d+日/, 'and the time');

my %stored = (
    kana              => 'カラスザカハナコ',
    phone             => '044-200-2111',
    'daytime-phone'   => '',
    fax               => '044-200-3333',
    email             => 'canary@example.jp',
    'own-post-code'   => '210-0000',
    'result-mail'     => 'yes',
    services          => 'application juminhyo',
    name              => '鴉坂　花子05',
    'email-again'     => '',
    'current-password' => '',
);
is(field($number, $_), $stored{$_}, "$_ is stored normalised") for sort keys %stored;
is(sql("SELECT version FROM account WHERE identifier = '$number'"), 2, 'one write');

# --- Again and again ---

is($browser->get($place)->row('受付番号'), $receipt, 'the completion page reloads');
my $again = $browser->tab->post('/card/edit/confirm', [ csrf => csrf(), draft => $token, action => 'commit' ]);
is($again->place, $place, 'the same press again: the same receipt');
is(sql("SELECT version FROM account WHERE identifier = '$number'"), 2, 'nothing was written twice');
is(sql("SELECT count(*) FROM receipt WHERE number = '$receipt'"), 1, 'one receipt');
is($browser->get('/card/edit/confirm')->status, 400, 'nothing is left to confirm');
is($browser->get('/card/edit')->value('phone'), '044-200-2111', 'the form begins with what is registered now');
is($browser->value('result-mail'), 'yes', 'a tick stays');

my $stranger = Browser->resident('90000006', 'CanarySecret06');
my $none     = $browser->tab->get('/card/edit/complete/20200101-AAAA-AAAA');
is($stranger->get($place)->status, 404, "another's receipt isn't shown");
is($none->status, 404, 'nor one that never was');
is(nameless($stranger), nameless($none), 'and the two look the same');

sub nameless {
    my ($page) = @_;
    return $page->text =~ s/[2-9A-Z]{4}-[2-9A-Z]{4}//r =~ s/花子\d\d//r =~ s/\d+時\d+分//gr;
}
is($browser->get("/card/edit/complete/$_")->status, 404, 'no receipt: ' . substr $_, 0, 20)
    for '', "$receipt%20", "x'%20OR%20'1'='1", 'A' x 3000;

# --- The order of the steps ---

$browser = Browser->resident('90000006', 'CanarySecret06');
is($browser->get('/card/edit/confirm')->status, 400, 'confirm before input');
like($browser->text, qr/\Q${\ say('error-step')}\E/, 'it is said what to do');
my @out_of_order = (csrf => csrf(), draft => $browser->get('/card/edit')->value('draft'), action => 'commit');
is($browser->post('/card/edit/confirm', \@out_of_order)->status, 400, 'registering before input');
is(sql("SELECT version FROM account WHERE identifier = '90000006'"), 1, 'nothing was written');
for my $action ('', 'delete', 'next', 'commit%00') {
    my @fields = (csrf => csrf(), draft => $browser->get('/card/edit')->value('draft'), action => $action);
    is($browser->post('/card/edit/confirm', \@fields)->status, 400, "no such button: '$action'");
}
for my $draft ('', '1', '1.2', '1.2.', 'a.b.c', '1.2.3.4', '-1.1.0', '1.1.zz') {
    is($browser->post('/card/edit', [ csrf => csrf(), draft => $draft, action => 'next' ])->status, 400, "no page's token: '$draft'");
}

# --- Unknown fields don't count; nothing typed gets out of its place ---

$browser->get('/card/edit')->set(phone => '044-200-0006');
my @fields = ($browser->fields, action => 'next', name => '別人', number => '1', 'birth-date' => '2000-01-01', locked => 0);
is($browser->post('/card/edit', \@fields)->status, 303, 'unknown fields are ignored');
$browser->follow->press('commit');
is($browser->status, 303, 'registered');
is(field('90000006', 'name'), '鴉坂　花子06', 'the name is the same');
is(field('90000006', 'locked'), '', 'nothing new is stored');
$browser->get('/card/edit')->set(kana => '"><script>alert(1)</script>&amp;%n%s')->press('next');
is($browser->status, 422, 'no kana');
is($browser->value('kana'), '"><script>alert(1)</script>&amp;%n%s', 'what was typed stays, as text');
unlike($browser->html, qr/<script>alert/, 'it is no element');
$browser->set(kana => "カナ\r\nSet-Cookie: a=b", phone => "044-200-2111\x0b")->press('next');
is($browser->status, 422, 'control characters are refused');
is($browser->header('Set-Cookie'), undef, 'no header is made from what is typed');
done_testing;
