# SPDX-License-Identifier: Apache-2.0
#
# What is wrong is said and nothing typed is lost; back, save, reset; the password never waits in a form.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number  = '90000007';
my $browser = Browser->resident($number, 'CanarySecret07');

# --- 422 ---

my $mark = mark();
$browser->set(kana => '漢字', phone => '12', 'result-mail' => 'yes', 'services.inkan' => 1);
$browser->set(email => '', 'email-again' => '')->press('next');
is($browser->status, 422, 'three mistakes');
like($browser->title, qr/^エラー：市民カード 利用者情報参照・修正/, 'the title says so');
is_deeply([ $browser->errors ], [qw(kana phone email)], 'the summary leads to each');
like($browser->html, qr/id="$_"[^>]* aria-describedby="$_-error[^"]*" aria-invalid="true"/, "$_ is marked") for qw(kana phone email);
like($browser->html, qr/id="$_-error">エラー：/, "$_: said beside the field") for qw(kana phone email);
is($browser->value('kana'), '漢字', 'what was typed stays');
is($browser->value('phone'), '12', 'also this');
is($browser->value('result-mail'), 'yes', 'also a tick');
is($browser->value('services.inkan'), 1, 'also one of many');
like($browser->text, qr/メールでのお知らせを希望するときは/, "a field's own words");
my @lines = logged($mark, qr/KW-ROUTE-002: refused by rule card\.edit\/kana/);
is(scalar @lines, 1, 'one log line, with the rule');
unlike("@lines", qr/漢字/, 'and without what was typed');
$browser->set('email' => 'a@example.jp', 'email-again' => 'b@example.jp', kana => 'カナ', phone => '')->press('next');
is_deeply([ $browser->errors ], ['email-again'], 'the two addresses must be equal');
$browser->set('email-again' => 'a@example.jp')->press('next');
is($browser->status, 303, 'put right: accepted');

# --- Lengths: the last that fits, the first that doesn't ---

my $other = Browser->resident('90000008', 'CanarySecret08');
is($other->set(kana => 'ア' x 60)->press('next')->status, 303, '60 characters fit');
is($other->get('/card/edit')->set(kana => 'ア' x 61)->press('next')->status, 422, '61 do not');
is(length $other->value('kana'), 61, 'all 61 stay');
is($other->set(kana => 'ｶﾞ' x 60)->press('next')->status, 303, '120 half-width become 60');
is($other->get('/card/edit')->set(kana => '　')->press('next')->status, 422, 'nothing but a space');

# --- Back, from the confirm page and from the form ---

$browser->follow->press('back');
is($browser->place, '/card/edit', 'back to the form');
$browser->follow;
is($browser->value('kana'), 'カナ', 'with what was typed');
is($browser->value('services.inkan'), 1, 'with the ticks');
is(field($number, 'kana'), 'カラスザカハナコ', 'nothing is registered');
$browser->set(kana => 'not kana', fax => '99')->press('back');
is($browser->place, '/registration', 'back from the form');
is($browser->get('/card/edit')->value('kana'), 'not kana', 'kept without judging it');
is($browser->get('/card/edit/confirm')->status, 400, 'what is not accepted has no confirm page');

# --- Save ---

$browser->get('/card/edit')->set(kana => 'ホゾン', 'current-password' => 'CanarySecret07')->press('save');
is($browser->place, '/card/edit/saved', 'saved');
$browser->follow;
is($browser->status, 200, 'the form again');
is($browser->banner, say('saved'), 'it is said');
is($browser->value('kana'), 'ホゾン', 'with what was typed');
is($browser->value('current-password'), '', 'but no password');
is(sql("SELECT count(*) FROM draft WHERE fields LIKE '%CanarySecret%' OR password LIKE '%CanarySecret%'"), 0, 'no password in a draft');
my $elsewhere = Browser->resident($number, 'CanarySecret07');
is($elsewhere->value('kana'), 'ホゾン', 'another log-in finds it');

# --- Reset ---

$browser->press('reset');
is($browser->place, '/card/edit', 'reset');
is($browser->follow->value('kana'), 'カラスザカハナコ', 'the form shows what is registered');
is($browser->value('fax'), '', 'all of it');
is($browser->value('services.inkan'), undef, 'also the ticks');
is($browser->banner, '', 'nothing to say');
is($elsewhere->get('/card/edit')->value('kana'), 'カラスザカハナコ', 'elsewhere, too');

# --- Nothing changed ---

$browser->get('/card/edit')->press('next');
is($browser->follow->banner, say('nothing-changed'), 'the confirm page says that nothing is changed');
my $version = sql("SELECT version FROM account WHERE identifier = '$number'");
unlike($browser->html, qr/value="commit"/, 'and asks for nothing but to go back');
is($browser->press('commit')->status, 422, 'who registers all the same');
is($browser->banner, say('nothing-changed'), 'is told again');
is(sql("SELECT version FROM account WHERE identifier = '$number'"), $version, 'and nothing is written');

# --- Services ---

$browser->get('/card/edit');
my @services = map { s/^services\.//r } grep { /^services\./ } map { $_->{name} } @{ $browser->form->{fields} };
is("@services", 'application juminhyo juminhyo-kisai inkan kazei gaikokujin koseki fuhyo', 'all services, in order');
$browser->set(map { ("services.$_" => 1) } @services)->press('next');
$browser->follow->press('commit');
is(field($number, 'services'), "@services", 'all ticked');
$browser->get('/card/edit')->set(map { ("services.$_" => undef) } @services)->press('next');
is($browser->follow->row('利用するサービス'), '選んでいません（電子申請も証明書発行も利用できません） 変更あり',
    'none ticked: said on the confirm page');
$browser->press('commit');
is(field($number, 'services'), '', 'none ticked: stored');
$browser->get('/card/edit');
my @fields = ($browser->fields, 'services.nonsense' => 1, 'services.' => 1, 'services.inkan' => 1, services => 'kazei', action => 'next');
is($browser->post('/card/edit', \@fields)->status, 303, 'services that there are not');
$browser->follow->press('commit');
is(field($number, 'services'), 'inkan', 'only the one that there is');
done_testing;
