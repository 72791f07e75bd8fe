# SPDX-License-Identifier: Apache-2.0
#
# Two tabs, two devices, a double click: nothing is written twice, overwritten unseen, or lost.
use strict;
use warnings;
use utf8;
use Browser;
use POSIX ();
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

# --- Two tabs of one form ---

my $number = '90000009';
my $first  = Browser->resident($number, 'CanarySecret09');
my $second = $first->tab->get('/card/edit');
$first->set(kana => 'イチバンメ')->press('next');
is($first->status, 303, 'the first tab goes on');
$second->set(kana => 'ニバンメ', phone => '044-200-2222')->press('next');
is($second->status, 409, 'the second tab is told');
is($second->banner, say('other-tab'), 'in the city\'s words');
is($second->value('kana'), 'ニバンメ', 'what was typed there stays');
is($second->value('phone'), '044-200-2222', 'all of it');
like($second->html, qr/<li aria-current="step">情報入力/, 'it is the form');
is($second->press('next')->status, 303, 'sent once more, it is meant');
$first->follow;
is($first->row('氏名カナ'), 'ニバンメ 変更あり', 'the first tab sees what is in the draft now');

my $stale = $first->tab->get('/card/edit/confirm');
$second->get('/card/edit')->set(kana => 'サンバンメ')->press('next');
$stale->press('commit');
is($stale->status, 409, 'a confirm page that is no longer true');
like($stale->html, qr/<li aria-current="step">内容確認/, 'is shown again');
is($stale->row('氏名カナ'), 'サンバンメ 変更あり', 'as it is now');
is(field($number, 'kana'), 'カラスザカハナコ', 'nothing was registered');
is($stale->press('commit')->status, 303, 'pressed once more, it is registered');
is(field($number, 'kana'), 'サンバンメ', 'what was shown');
is($first->get('/card/edit')->set(kana => 'ヨバンメ')->press('save')->status, 303, 'a new draft begins');
is($second->get('/card/edit')->value('kana'), 'ヨバンメ', 'in both tabs');
$first->get('/card/edit')->press('save');
$second->set(kana => 'ゴバンメ')->press('save');
is($second->status, 409, 'saving over another tab is told, too');
is($second->value('kana'), 'ゴバンメ', 'and loses nothing');

# --- Two devices: the account changes meanwhile ---

$number = '90000010';
my $home = Browser->resident($number, 'CanarySecret10');
my $away = Browser->resident($number, 'CanarySecret10');
$home->set(kana => 'イエ')->press('next');
my $confirm = $home->follow;
is($confirm->status, 200, 'at home: the confirm page');
sql("UPDATE account SET version = version + 1 WHERE identifier = '$number'");
sql("UPDATE account_field SET value = '044-200-9999' WHERE name = 'phone' AND account = ${\ account($number)}");
$confirm->press('commit');
is($confirm->status, 303, 'the account changed meanwhile');
is($confirm->place, '/card/edit', 'back to the form');
is($confirm->follow->banner, say('changed-meanwhile'), 'it is said');
is($confirm->value('kana'), 'イエ', 'what was typed is there');
is(field($number, 'kana'), 'カラスザカハナコ', 'nothing was overwritten');
is(field($number, 'phone'), '044-200-9999', 'the other change stands');
is($confirm->press('next')->status, 303, 'sent once more, it is meant');
is($confirm->follow->press('commit')->status, 303, 'and registered');
is(field($number, 'kana'), 'イエ', 'stored');

$away = Browser->resident($number, 'CanarySecret10');
$home->get('/card/edit')->set(kana => 'イエニ')->press('next');
$home->follow->press('commit');
is($away->set(kana => 'ソト')->press('next')->status, 409, 'a form from before the change');
is($away->value('kana'), 'ソト', 'loses nothing');
is(field($number, 'kana'), 'イエニ', 'and overwrites nothing');

# --- A double click, many at once ---

$number = '90000011';
my $hasty = Browser->resident($number, 'CanarySecret11');
$hasty->set(kana => 'ダブルクリック')->press('next');
$hasty->follow;
my @fields = ($hasty->fields, action => 'commit');
my @pipes  = map {
    my $pid = open my $out, '-|';
    die "fork: $!" unless defined $pid;
    if (!$pid) {
        my $page = $hasty->tab->post('/card/edit/confirm', \@fields);
        print $page->status, ' ', $page->place;
        close STDOUT;
        POSIX::_exit(0);
    }
    $out;
} 1 .. 8;
my @answers = map { my $line = readline $_; close $_; $line } @pipes;
my %places  = map { $_ => 1 } @answers;
is(scalar keys %places, 1, 'eight clicks at once: one answer') or diag("@answers");
like((keys %places)[0], qr{^303 /card/edit/complete/}, 'the receipt');
is(sql("SELECT count(*) FROM receipt WHERE account = ${\ account($number)}"), 1, 'one receipt');
is(sql("SELECT version FROM account WHERE identifier = '$number'"), 2, 'one write');

# Eight different drafts at once: one is kept, the others are told.
$hasty->get('/card/edit');
@pipes = map {
    my $kana = 'ア' x $_;
    my $pid  = open my $out, '-|';
    if (!$pid) {
        my $page = $hasty->tab->get('/card/edit');
        $page->{form} = $hasty->form;
        $page->set(kana => $kana)->press('next');
        print $page->status;
        close STDOUT;
        POSIX::_exit(0);
    }
    $out;
} 1 .. 8;
@answers = sort map { my $line = readline $_; close $_; $line } @pipes;
is("@answers", '303 409 409 409 409 409 409 409', 'eight forms at once: one is kept, seven are told');
done_testing;
