# SPDX-License-Identifier: Apache-2.0
#
# After all the others: no password, name, number or address of the tests is in any log; no secret in the database.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

# First, that something would be found: the numbers and names are in the database, and every page was asked for.
my $page = Browser->resident('90000022', 'CanarySecret22');
$page->set(
    kana                 => '鴉坂',
    'current-password'   => 'CanarySecret22',
    'new-password'       => 'CanaryNew22',
    'new-password-again' => 'CanaryNew22',
)->press('next');
my $cookie = $page->cookie('session');
my @files  = glob root() . '/logs/*_log';
cmp_ok(scalar @files, '>=', 2, 'there are logs');
like(slurp(root() . '/logs/access_log'), qr{"POST /card/edit/confirm HTTP/}, 'the access log has the requests');
my $stored = Encode::decode_utf8(join '', map { slurp($_) } glob root() . '/db/kawasaki.db*');
like($stored, qr/鴉坂　花子22/, 'the names are in the database');

my %canaries = (
    'a password'       => qr/Canary(?:Secret|New|Wrong)|Cana12/,
    'a name'           => qr/鴉坂|鴉荘|カラスザカ|%[Ee]9%[Bb]4%89/,
    'a card number'    => qr/900000\d\d|９０００/,
    'a phone number'   => qr/044-2(?:99|00)-/,
    'an address'       => qr/canary\w*\@/i,
    'a cookie'         => qr/\Q$cookie\E|__Host-kawasaki/,
    'a token'          => qr/\Q${\ $page->value('csrf')}\E/,
    'a control character' => qr/[\x00-\x08\x0b-\x1f]/,
);
for my $file (@files) {
    my $text = Encode::decode_utf8(slurp($file));
    my ($name) = $file =~ m{([^/]+)$};
    for my $what (sort keys %canaries) {
        my @lines = grep { $_ =~ $canaries{$what} } split /\n/, $text;
        is(scalar @lines, 0, "$name: no line with $what") or diag($lines[0]);
    }
}
unlike($stored, qr/Canary(?:Secret|New|Wrong)/, 'no password in the database');
unlike($stored, qr/\Q$cookie\E/, "no session's id in the database");
done_testing;
