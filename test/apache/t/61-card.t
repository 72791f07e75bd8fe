# SPDX-License-Identifier: Apache-2.0
#
# The kiosk's page with a card in a reader: an emulated card, a real PC/SC service (docs/test-card.md). Whatever becomes
# of the card, the page says so and one can go on.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../card/lib";
use Card;
use Kiosk;
use Site qw(await root say slurp);
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $kiosk  = Kiosk->new;
my $dir    = $kiosk->dir;
my $page   = '/certificate/check';
my $reader = start_reader(files => "$dir/made/card");
$kiosk->configure("kawasaki-signer --origins $dir/origins");
{
    local %ENV = (%ENV, $reader->environment);
    ok($kiosk->start, 'a server with a card helper starts');
}

# What stands beside the certificate for logging in.
sub state_of { my ($at) = @_; return $at->row('利用者証明用電子証明書（ログインに使います）') // '' }

my $at = $kiosk->browser->get($page);
is($at->status, 200, 'the page') or diag(slurp(Kiosk::log_file()), $reader->log);
is($at->row('カードの種類'), 'マイナンバーカード', 'says which card is there');
like(state_of($at), qr/3/, 'and how many tries are left');
is($reader->count('VERIFY'), 0, 'for which none was spent');

is($at->set(pin => '1234')->press('check')->status, 200, 'the right PIN');
is($at->row('結果'), '使えます', 'the certificate is accepted');
is($at->get($page)->set(pin => '9876')->press('check')->status, 422, 'a wrong PIN');
like($at->text, qr/あと2回/, 'and how often one may be wrong again');
is($reader->tries('auth'), 2, 'the card says the same');
is($at->set(pin => '123')->press('check')->status, 422, 'what is no PIN');
is($reader->tries('auth'), 2, 'costs no try');

# --- The card is taken out ---

$reader->remove;
is($at->set(pin => '1234')->press('check')->status, 422, 'without a card');
like($at->text, qr/\Q${\ say('card-no-card')}\E/, 'the page says that none is there');
$reader->insert;
is($at->set(pin => '1234')->press('check')->status, 200, 'the same page goes on when it is back');
is($reader->tries('auth'), 3, 'and all tries are there again');
for my $when ('SELECT', 'VERIFY', 'SIGN') {
    $at->get($page)->set(pin => '1234');
    $reader->control("remove-at after $when");
    is($at->press('check')->status, 422, "taken out at $when");
    like($at->text, qr/\Q${\ say('card-removed')}\E/, 'the page says that it was taken out');
    $reader->insert;
    is($at->set(pin => '1234')->press('check')->status, 200, 'and goes on when it is back');
}

# --- The last try ---

$at->get($page)->set(pin => '9876')->press('check') for 1 .. 2;
is($reader->tries('auth'), 1, 'one try is left');
$at->get($page)->set(pin => '1234')->press('check');
is($at->status, 422, 'without an explicit yes');
like($at->text, qr/\Q${\ say('card-pin-low')}\E/, 'it is not used');
is($reader->tries('auth'), 1, 'not even for the right PIN');
is($at->set(pin => '9876', 'last-try' => 'yes')->press('check')->status, 422, 'with it, and wrong');
is($reader->tries('auth'), 0, 'it is gone');
like($at->text, qr/\Q${\ say('card-pin-blocked')}\E/, 'and the page says where to go');
$at->get($page);
ok(!$at->form($page), 'there is nothing to type any more');

$reader->stop;
like($kiosk->browser->get($page)->text, qr/\Q${\ say('card-no-service')}\E/, 'the service ends: said so');
is(scalar(grep { /\b(?:1234|9876)\b/ } $kiosk->said), 0, 'no PIN in the log');
done_testing;
