# SPDX-License-Identifier: Apache-2.0
#
# A form counts only with the token of the visitor who sends it; looking changes nothing.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

my $owner    = Browser->resident('90000003', 'CanarySecret03');
my $stranger = Browser->resident('90000004', 'CanarySecret04');
my $before   = sql('SELECT count(*), coalesce(sum(version), 0) FROM draft');

my $own     = $owner->value('csrf');
my $foreign = $stranger->value('csrf');
my %wrong   = (missing => undef, empty => '', cut => substr($own, 0, -1), longer => "${own}A", foreign => $foreign);
for my $what (sort keys %wrong) {
    for my $path (qw(/card/edit /card/edit/confirm /logout /session/extend)) {
        my @fields = (draft => $owner->value('draft'), action => 'next', kana => 'カラスザカジロウ');
        push @fields, csrf => $wrong{$what} if defined $wrong{$what};
        is($owner->tab->post($path, \@fields)->status, 403, "$path: a token that is $what");
    }
}
is($owner->get('/card/edit')->status, 200, 'nobody was logged out by it');
is(sql('SELECT count(*), coalesce(sum(version), 0) FROM draft'), $before, 'nothing was written by it');
my $refused = $owner->tab->post('/card/edit', [ action => 'next' ]);
like($refused->text, qr/\Q${\ say('error-token')}\E/, 'it is said what to do');

# --- Before the log-in: a MAC over a cookie ---

my $visitor = Browser->new->get('/login');
my $token   = $visitor->value('csrf');
my ($cookie) = grep { /-form=/ } $visitor->{answer}->header('Set-Cookie');
like($cookie, qr/^__Host-kawasaki-form=[\w-]{22}; Path=\/; Secure; HttpOnly; SameSite=Lax$/, "the form cookie's attributes");
is($visitor->get('/login')->value('csrf'), $token, 'a second page of the visit: the same token');
is($visitor->header('Set-Cookie'), undef, 'and no second cookie');
my @entry = (number => '90000003', password => 'CanarySecret03', purpose => 'card-edit');
is(Browser->new->post('/login/card', [ csrf => $token, @entry ])->status, 403, 'the token without its cookie');
is($visitor->tab->post('/login/card', [@entry])->status, 403, 'the cookie without its token');
my $other = Browser->new->get('/login');
is($other->post('/login/card', [ csrf => $token, @entry ])->status, 403, "another visitor's token");
is($other->cookie('session'), undef, 'nobody was logged in by it');
is($visitor->post('/login/card', [ csrf => $token, @entry ])->status, 303, 'cookie and token: in');
is($visitor->get('/card/edit')->value('csrf') eq $token, '', 'the session has a token of its own');
is($visitor->post('/card/edit', [ csrf => $token, draft => $visitor->value('draft'), action => 'save' ])->status,
    403, 'the token from before the log-in counts no more');

# --- GET changes nothing ---

$before = sql('SELECT group_concat(version || step || fields) FROM draft') . sql('SELECT count(*) FROM session');
my $query = Browser::urlencoded(csrf => $own, draft => '0.1.0', action => 'next', kana => 'カラスザカジロウ');
is($owner->get("/card/edit?$query")->status, 200, 'the fields in the address: only the page');
is($owner->get("/card/edit/confirm?$query")->status, 400, 'confirm before input');
is($owner->get("/logout?$query")->status, 405, 'no log-out by GET');
is($owner->get("/session/extend?$query")->status, 405, 'no extension by GET');
is($owner->get("/login/card?$query&number=90000004&password=CanarySecret04")->status, 200, 'no log-in by GET');
is(sql('SELECT group_concat(version || step || fields) FROM draft') . sql('SELECT count(*) FROM session'),
    $before, 'nothing was written by looking');
is($owner->get('/card/edit')->value('kana'), 'カラスザカハナコ', 'the form shows what is registered');

# --- More time ---

my $extended = $owner->tab->post('/session/extend', [ csrf => $own ]);
is($extended->status, 204, 'a session is extended with its token');
is($extended->header('Content-Security-Policy') ? 1 : 0, 1, '204 has the security headers');
is(Browser->new->get('/login')->post('/session/extend', [ csrf => '' ])->status, 403, 'a stranger has none to extend');
done_testing;
