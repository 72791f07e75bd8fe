# SPDX-License-Identifier: Apache-2.0
#
# Changing the password: what is refused, what waits, what ends with it.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number  = '90000012';
my $old     = 'CanarySecret12';
my $browser = Browser->resident($number, $old);

sub passwords {
    my ($current, $new, $again) = @_;
    return ('current-password' => $current, 'new-password' => $new, 'new-password-again' => $again);
}
my ($common) = grep { /^[A-Za-z0-9]{6,18}$/ } map { s/\s+$//r } split /^/, slurp(root() . '/rules/common-passwords.txt');
my @refused = (
    [ 'the current one wrong',   [qw(current-password)],                      'CanaryNew0', 'CanaryNew12', 'CanaryNew12' ],
    [ 'the repetition differs',  [qw(new-password-again)],                    $old,         'CanaryNew12', 'CanaryNew13' ],
    [ 'five long',               [qw(new-password)],                          $old,         'Cana1',       'Cana1' ],
    [ 'nineteen long',           [qw(new-password)],                          $old,         'Canary7890123456789', 'Canary7890123456789' ],
    [ 'a common one',            [qw(new-password)],                          $old,         $common,       $common ],
    [ 'the old one again',       [qw(new-password)],                          $old,         $old,          $old ],
    [ 'a sign',                  [qw(new-password)],                          $old,         'Canary!12',   'Canary!12' ],
    [ 'only the new one',        [qw(current-password new-password-again)],   '',           'CanaryNew12', '' ],
    [ 'no current one',          [qw(current-password)],                      '',           'CanaryNew12', 'CanaryNew12' ],
    [ 'only the current one',    [qw(new-password new-password-again)],       $old,         '',            '' ],
);
for (@refused) {
    my ($what, $fields, @typed) = @$_;
    $browser->get('/card/edit')->set(kana => 'アンショウ', passwords(@typed))->press('next');
    is($browser->status, 422, "$what: refused");
    is_deeply([ $browser->errors ], $fields, "$what: where");
    is($browser->value('kana'), 'アンショウ', "$what: the rest stays");
    my $back = join '', map { $browser->value($_) } qw(current-password new-password new-password-again);
    is($back, '', "$what: no password is sent back");
    unlike($browser->html, qr/\Q$_\E/, "$what: nor elsewhere on the page") for grep { length > 5 } @typed;
}
is(sql("SELECT count(*) FROM draft WHERE account = ${\ account($number)} AND password <> ''"), 0, 'nothing waits');

# --- One that waits ---

$browser->get('/card/edit')->set(passwords($old, 'CanaryNew12', 'CanaryNew12'))->press('next');
is($browser->status, 303, 'accepted');
$browser->follow;
unlike($browser->html, qr/CanaryNew12|\Q$old\E/, 'the confirm page does not show it');
like($browser->row('新しいパスワード'), qr/変更あり/, 'but that it changes');
is($browser->row('現在のパスワード'), undef, 'the others are no answers');
like(sql("SELECT password FROM draft WHERE account = ${\ account($number)}"), qr/^\$y\$/, 'a hash waits');
is(Browser->new->login($number, 'CanaryNew12')->status, 422, 'it does not count yet');
$browser->press('back');
is($browser->follow->banner, say('password-pending'), 'going back: it waits, and that is said');
is($browser->value('new-password'), '', 'the field is empty');
$browser->set(phone => '044-200-1212')->press('next');
like($browser->follow->row('新しいパスワード'), qr/変更あり/, 'going on without typing it again: it still waits');

my $elsewhere = Browser->resident($number, $old);
my $before    = $browser->cookie('session');
$browser->get('/card/edit/confirm')->press('commit');
is($browser->status, 303, 'registered');
isnt($browser->cookie('session'), $before, 'with a new session');
is($browser->follow->status, 200, 'that is logged in');
is($elsewhere->get('/card/edit')->status, 303, 'all others are ended');
is(Browser->new->set_cookie(session => $before)->get('/card/edit')->status, 303, 'also the one it was done with');
is(Browser->new->login($number, $old)->status, 422, 'the old password is dead');
is(Browser->new->login($number, 'CanaryNew12')->status, 303, 'the new one counts');
is(field($number, 'phone'), '044-200-1212', 'the other change is stored with it');
is(sql("SELECT count(*) FROM draft WHERE password <> ''"), 0, 'no hash is left in a draft');

# --- Reset takes it back ---

$browser->get('/card/edit')->set(passwords('CanaryNew12', 'CanaryNew34', 'CanaryNew34'))->press('next');
$browser->follow->press('back');
$browser->follow->press('reset');
is($browser->follow->banner, '', 'reset: nothing waits any more');
$browser->set(phone => '044-200-1213')->press('next');
is($browser->follow->press('commit')->status, 303, 'registered without it');
is(Browser->new->login($number, 'CanaryNew34')->status, 422, 'it never counted');
is(Browser->new->login($number, 'CanaryNew12')->status, 303, 'the password is as it was');

# The longest and shortest that are allowed; the same password, different hashes.
my $now = 'CanarySecret13';
for my $good ('Cana12', 'Canary789012345678') {
    my $page = Browser->resident('90000013', $now);
    $page->set(passwords($now, $good, $good))->press('next');
    is($page->status, 303, length($good) . ' long: accepted');
    $page->follow->press('commit');
    is(Browser->new->login('90000013', $good)->status, 303, length($good) . ' long: counts');
    is(Browser->new->login('90000013', substr $good, 0, -1)->status, 422, 'and all of it counts');
    $now = $good;
}
my @hashes = split /\n/, sql('SELECT password FROM account');
is(scalar(grep { !/^\$y\$/ } @hashes), 0, 'only salted hashes are stored');
my %different = map { $_ => 1 } @hashes;
is(scalar keys %different, scalar @hashes, 'each another');
done_testing;
