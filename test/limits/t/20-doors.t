# SPDX-License-Identifier: Apache-2.0
#
# Every door that asks for the password: log-in and password change. They have one counter, whatever the order, the
# spelling of the number or the address that is claimed.
use strict;
use warnings;
use Attack;
use Browser;
use Site;
use Test::More;

my $limit = tries();
my @forms = map { sprintf 'Owner%05d', $_ } 1 .. 2;

# At the password change; what is typed as the current one.
sub change {
    my ($browser, $secret) = @_;
    $browser->get('/card/edit');
    $browser->set('current-password' => $secret, 'new-password' => $forms[0], 'new-password-again' => $forms[0]);
    return $browser->press('next')->status;
}

# All ways to spread L wrong tries over the two doors, in both orders.
for my $first (qw(login change)) {
    for my $logins (0 .. $limit) {
        my $number  = known();
        my $owner   = Browser->resident($number, secret());
        my %knock   = (login => sub { wrong($number) }, change => sub { change($owner, 'Wrong12345') });
        my %times   = (login => $logins, change => $limit - $logins);
        my $what    = "$times{login} at the log-in, $times{change} at the change, $first first";
        my $before  = hashes();
        for my $door ($first, $first eq 'login' ? 'change' : 'login') { $knock{$door}->() for 1 .. $times{$door} }
        is(hashes() - $before, $limit, "$what: all were looked at");
        is(right($number), 429, "$what: then the log-in is shut");
        isnt(change($owner, secret()), 303, "$what: and so is the change");
        is(hashes() - $before, $limit, "$what: neither looked at the secret");
        is((() = judgements($number) =~ /lock/g), 1, "$what: one lock");
        last if !full_extent() && $logins == 1;
    }
}

# One counter for all spellings of a number, and for whatever a proxy's header claims.
my $number    = known();
my @spellings = (
    $number,
    $number =~ s/(....)/$1-/r,
    $number =~ s/(....)/$1%20/r,
    join('', map { sprintf '%%EF%%BC%%%X', 0x90 + $_ } split //, $number),
    "%20$number%20",
);
my $before = hashes();
wrong($spellings[ $_ % @spellings ], headers => ["X-Forwarded-For: 192.0.2.$_", "Forwarded: for=192.0.2.$_"])
    for 0 .. $limit - 1;
is(hashes() - $before, $limit, 'spelt in many ways: looked at');
is(right($_), 429, "then shut, also as $_") for @spellings;
is(hashes() - $before, $limit, 'and not looked at');
is(right($number, source => '127.200.3.4', headers => ['X-Forwarded-For: 192.0.2.9']), 429, 'from elsewhere, too');

# A success takes back its own source's failures, nobody else's.
$number = known();
wrong($number, source => '127.9.9.9') for 1 .. $limit - 1;
is(right($number), 303, 'the owner, from elsewhere: in');
$before = hashes();
wrong($number, source => "127.9.9.$_") for 1 .. 3;
is(hashes() - $before, 1, "the owner's success gives the guesser no new tries");

# An unknown number and a known one: the same pages, on the way to the lock and behind it. What differs from page to
# page is masked: the token, the receipt, the number, the time.
sub page_of {
    my ($number) = @_;
    my $page = Browser->new->login($number, 'Wrong12345');
    my $html = $page->html =~ s/(name="csrf" value=")[^"]*/$1/r =~ s/\b[0-9A-Z]{4}-[0-9A-Z]{4}\b/receipt/gr;
    return $page->status . $html =~ s/\d+/0/gr;
}
my @numbers = (known(), unknown());
for my $try (1 .. $limit + 2) {
    my ($known, $unknown) = map { page_of($_) } @numbers;
    is($unknown, $known, "try $try: the same bytes for an unknown number");
}
done_testing;
