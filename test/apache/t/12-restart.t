# SPDX-License-Identifier: Apache-2.0
#
# Sessions and drafts survive a graceful restart, a stop and a start, and the death of a child.
use strict;
use warnings;
use utf8;
use Browser;
use POSIX ();
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $browser = Browser->resident('90000018', 'CanarySecret18');
$browser->set(kana => 'ナガイナマエ', 'result-mail' => 'yes')->press('next');
my $confirm = $browser->tab->get('/card/edit/confirm');
is($confirm->status, 200, 'a form half-way');
my $visitor = Browser->new->get('/login');

ok(graceful(), 'a graceful restart');
is($browser->get('/card/edit/confirm')->row('氏名カナ'), 'ナガイナマエ 変更あり', 'session and draft are there');
is($visitor->set(number => '90000019', password => 'CanarySecret19')->press->status, 303, 'a log-in page from before works');

ok(stop(),  'the server stops');
ok(start(), 'and starts');
is($browser->get('/card/edit')->value('kana'), 'ナガイナマエ', 'session and draft are there');
is($browser->value('result-mail'), 'yes', 'ticks, too');
is($confirm->press('commit')->status, 303, 'the page from before is registered');
is($confirm->follow->status, 200, 'with its receipt');
is(field('90000018', 'kana'), 'ナガイナマエ', 'stored');

# Restarts under load: a second client asks all the time.
my $pid = open my $asking, '-|';
die "fork: $!" unless defined $pid;
if (!$pid) {
    my ($asked, $failed) = (0, 0);
    local $SIG{TERM} = sub { print "$asked $failed\n"; close STDOUT; POSIX::_exit(0) };
    while (1) { $asked++; $failed++ if $browser->tab->get('/card/edit')->status != 200 }
}
ok(graceful(), "a graceful restart under load, $_") for 1 .. 6;
kill TERM => $pid;
my ($asked, $failed) = split ' ', readline $asking;
close $asking;
cmp_ok($asked, '>=', 6, 'requests went on all the time');
is($failed, 0, 'and none failed');

my @killed = children();
kill KILL => $_ for @killed;
ok(await(sub { my %old = map { $_ => 1 } @killed; grep { !$old{$_} } children() }, 10), 'killed children are replaced');
ok(await(sub { $browser->get('/card/edit')->status == 200 }, 10), 'and serve');
is(field('90000018', 'kana'), 'ナガイナマエ', 'nothing is lost');
$browser->set(kana => 'アタラシイ')->press('next');
is($browser->follow->press('commit')->status, 303, 'and one may write');

# --- Who the server is ---

my %by_user = map { (stat "/proc/$_")[4] => 1 } children();
my $service = getpwnam var('user');
is_deeply([ keys %by_user ], [$service], 'the children run as the service user');
my ($child)   = children();
my $maps      = slurp("/proc/$child/maps");
my $sanitized = slurp(root() . '/modules/mod_kawasaki.so') =~ /__asan_init/ ? 1 : 0;
like($maps, qr/mod_kawasaki\.so/, 'with the module');
is($maps =~ /libasan/ ? 1 : 0, $sanitized, 'and the sanitizer, if the module has it');
if ($> == 0) {
    isnt($service, 0, 'not as root');
    for my $secret (qw(keys/session.key tls/server.key)) {
        isnt(system(as_service('test', '-r', root() . "/$secret")), 0, "the service user can't read $secret");
    }
    my @open = grep { (readlink // '') =~ m{/keys/|server\.key} } glob "/proc/$child/fd/*";
    is("@open", '', 'and has no open file on them');
}
done_testing;
