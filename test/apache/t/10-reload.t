# SPDX-License-Identifier: Apache-2.0
#
# A changed rule file is in force within two seconds, in every child, without a restart; a bad one changes nothing.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

# Asks until every child has answered, several at a time so that none is left out. Returns the answers by process.
sub ask_children {
    my ($seconds) = @_;
    my $end = time + ($seconds // 10);
    my %heard;
    until (time > $end || !grep { !$heard{$_} } children()) {
        my @asked = map { Browser->new } 1 .. 6;
        for my $page (map { $_->get('/server-status') } @asked) {
            $heard{$1} = $page->html if $page->html =~ /in use in this process \((\d+)\)/;
        }
    }
    return %heard;
}

# How many children use these rules; and are there others?
sub generations {
    my %heard = ask_children();
    my %generations = map { /rules of generation (\d+)/ ? ($1 => 1) : ('none' => 1) } values %heard;
    return (scalar keys %heard, sort keys %generations);
}

my ($count, @before) = generations();
cmp_ok($count, '>=', 2, 'several children');
is(scalar @before, 1, 'all with the same rules');

# --- A good change ---

my $page = Browser->resident('90000015', 'CanarySecret15');
$page->set(kana => 'ア' x 12)->press('next');
my $confirm = $page->follow;
is($confirm->status, 200, 'twelve kana are accepted');
my $mark  = mark();
my $began = time;
edit_rules(sub { s/ja "氏名カナ"/ja "お名前カナ"/; s/length    1\.\.60/length    1..10/ });
ok(await(sub { logged($mark, qr/KW-PUBLISH-004.*are in force/) }, 5), 'the changed file is taken over');
my ($digest) = qx{${\ root()}/bin/kawasaki rules check ${\ root()}/rules/kawasaki.rules} =~ /, digest ([0-9a-f]{64})$/m;
ok($digest && logged($mark, qr/KW-PUBLISH-004.*, digest $digest$/m), 'by the digest that the tool says');
cmp_ok(time - $began, '<', 3, 'within two seconds (and one for a slow machine)');
my $generation = $before[0] + 1;
ok(await(sub { my ($n, @g) = generations(); $n == children() && "@g" eq $generation }, 10), 'in all children');
$page->get('/card/edit');
like($page->text, qr/お名前カナ/, 'the new label');
is($page->set(kana => 'ア' x 11)->press('next')->status, 422, 'the new limit');
is($page->set(kana => 'ア' x 10)->press('next')->status, 303, 'what it allows');

# A form begun under the old rules is judged again.
$page->get('/card/edit')->press('reset');
restore_rules();
ok(await(sub { (generations())[1] == $generation + 1 && (generations())[0] >= $count }, 10), 'the first rules again');
$page->get('/card/edit')->set(kana => 'ア' x 12)->press('next');
$page->follow;
$mark = mark();
edit_rules(sub { s/length    1\.\.60/length    1..10/ });
await(sub { my (undef, @g) = generations(); "@g" eq $generation + 2 }, 10);
$page->press('commit');
is($page->status, 422, 'accepted under the old rules, wrong under the new ones');
is($page->banner, say('rules-changed'), 'it is said');
is_deeply([ $page->errors ], ['kana'], 'and what is wrong');
is(field('90000015', 'kana'), 'カラスザカハナコ', 'nothing is registered');

# --- A bad change ---

$mark = mark();
edit_rules(sub { s/text      katakana/text      katakna/ });
ok(await(sub { logged($mark, qr/KW-PUBLISH-005.*is refused/) }, 5), 'a bad file is refused');
my @lines = logged($mark, qr/KW-RULES-001/);
is(scalar @lines, 1, 'its mistake: one line of the log');
like($lines[0], qr{kawasaki\.rules:\d+:\d+: error: .*katakna}, 'with file, line, column');
like($lines[0], qr/katakana/, 'and a hint');
is($page->get('/card/edit')->set(kana => 'ア' x 11)->press('next')->status, 422, 'the last good rules stay in force');
my %heard = ask_children();
is(scalar(grep { /A changed file was refused/ && /mistakes: 1/ } values %heard), scalar keys %heard, '/server-status says so, in all children');
like(Browser->new->get('/server-status?auto')->html, qr/^KawasakiRulesMistakes-kawasaki: 1$/m, 'also for machines');
my ($status, $said) = configtest();
isnt($status, 0, 'configtest fails');
like($said, qr{kawasaki\.rules:\d+:\d+: error: .*katakna}, 'with file, line, column');

# A graceful restart with it: the server serves on.
$mark = mark();
ok(graceful(), 'a graceful restart with a bad file');
is(Browser->new->get('/')->status, 200, 'serves on');
is(Browser->resident('90000016', 'CanarySecret16')->set(kana => 'ア' x 11)->press('next')->status, 422, 'with the last good rules');
ok(logged($mark, qr/KW-PUBLISH-005.*is refused.*stay in force/) > 0, 'and says so');

# Gone altogether, then back.
$mark = mark();
unlink root() . '/rules/kawasaki.rules' or die $!;
ok(await(sub { logged($mark, qr/KW-PUBLISH-005.*is refused/) }, 5), 'a file that is gone is refused');
is(Browser->new->get('/login')->status, 200, 'the last good rules stay in force');
restore_rules();
ok(await(sub { Browser->new->get('/server-status?auto')->html =~ /^KawasakiRulesRefusedAt-kawasaki: 0$/m }, 5), 'it is good again');
ok(await(sub { Browser->resident('90000016', 'CanarySecret16')->set(kana => 'ア' x 11)->press('next')->status == 303 }, 10), 'and in force');

# A name that no page asks for, where one asks for another.
$mark = mark();
edit_rules(sub { s/^limit password/limit pasword/m });
ok(await(sub { logged($mark, qr/KW-PUBLISH-005.*is refused/) }, 5), 'a limit whose name is misspelt is refused');
ok(scalar(logged($mark, qr/unknown limit 'pasword'/)), 'and named');
is(Browser->new->get('/login')->set(number => '90000016', password => 'CanarySecret16')->press->status, 303, 'one can log in as before');
restore_rules();
ok(await(sub { Browser->new->get('/server-status?auto')->html =~ /^KawasakiRulesRefusedAt-kawasaki: 0$/m }, 5), 'it is right again');

# --- An included file, another city's id ---

$mark = mark();
my $messages = root() . '/rules/messages-ja.rules';
my $text     = slurp($messages);
put($messages, $text =~ s/(say logged-out +ja )"[^"]*"/$1"logged out now"/r);
ok(await(sub { Browser->new->get('/logged-out')->text =~ /logged out now/ }, 5), 'an included file is watched, too');
put($messages, $text);
$mark = mark();
edit_rules(sub { s/^city kawasaki/city yokohama/m });
ok(await(sub { logged($mark, qr/KW-PUBLISH-003/) }, 5), "a city's id can't change while the server runs");
is(Browser->new->get('/login')->status, 200, 'it stays the same city');
restore_rules();
ok(await(sub { my %h = ask_children(); !grep { /file was refused|not yet in use/ } values %h }, 10), 'all is as before');
done_testing;
