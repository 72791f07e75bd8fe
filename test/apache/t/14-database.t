# SPDX-License-Identifier: Apache-2.0
#
# The database is locked, full, gone, or broken: a page that says so, nothing half-written, and all is well afterwards.
use strict;
use warnings;
use utf8;
use Browser;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number   = '90000021';
my $password = 'CanarySecret21';
my $root     = root();

# All that a request could have written.
sub state_of_it {
    my $id = account($number);
    return join '|', map { sql("SELECT group_concat($_->[1]) FROM $_->[0] WHERE $_->[2] = $id") } (
        [ 'account',       'version || password',     'id' ],
        [ 'account_field', 'name || value',           'account' ],
        [ 'draft',         'version || step || fields', 'account' ],
        [ 'receipt',       'number',                  'account' ],
        [ 'session',       'hash',                    'account' ],
    );
}

sub unavailable {
    my ($page, $what) = @_;
    is($page->status, 503, "$what: 503");
    like($page->text, qr/\Q${\ say('error-unavailable')}\E/, "$what: it is said");
    like($page->header('Content-Security-Policy'), qr/default-src/, "$what: the headers");
    unlike($page->html, qr/sqlite|database|SELECT|INSERT|\Q$root\E/i, "$what: nothing of the inside");
}

my $browser = Browser->resident($number, $password);
$browser->set(kana => 'カクニンマチ', phone => '044-200-2121')->press('next');
$browser->follow;
is($browser->status, 200, 'a form half-way');

# --- Locked by another process ---

my $before = state_of_it();
my $mark   = mark();
my $other  = spawn('sqlite3', '-batch', "$root/db/kawasaki.db");
print { $other->{in} } "BEGIN EXCLUSIVE;\nSELECT 'held';\n";
like(readline $other->{out}, qr/held/, 'another process holds the database');
unavailable($browser->tab->post('/card/edit/confirm', [ $browser->fields, action => 'commit' ]), 'registering while it is locked');
is(scalar(() = logged($mark, qr/KW-ROUTE-001/)), 1, 'one line says that the step failed');
unavailable(Browser->new->login($number, $password), 'a log-in while it is locked');
is($browser->tab->get('/card/edit')->status, 200, 'reading goes on');
is(state_of_it(), $before, 'nothing was written');
print { $other->{in} } "ROLLBACK;\n.quit\n";
waitpid $other->{pid}, 0;
is(Browser->resident($number, $password)->status, 200, 'free again: the log-in works');

# --- Full: the children may write no file any longer than this ---

$before = state_of_it();
$mark   = mark();
my $most  = (sort { $b <=> $a } map { -s } glob "$root/logs/*_log")[0] + 65536;
my $bytes = $most + 65536;
sql('PRAGMA wal_autocheckpoint = 0; CREATE TABLE filler (bytes BLOB); '
        . "INSERT INTO filler VALUES (randomblob($bytes)); DROP TABLE filler");
cmp_ok(-s "$root/db/kawasaki.db-wal", '>', $most, 'the next write goes beyond the limit');
sub limit_files {
    my ($limit) = @_;
    for (children()) { system(as_service('prlimit', '--pid', $_, "--fsize=$limit:unlimited")) == 0 or die 'prlimit' }
}
limit_files($most);
unavailable($browser->tab->post('/card/edit/confirm', [ $browser->fields, action => 'commit' ]), 'registering while the disk is full');
unavailable(Browser->new->login($number, $password), 'a log-in while the disk is full');
limit_files('unlimited');
is(state_of_it(), $before, 'nothing was written');
is(scalar(() = logged($mark, qr/KW-ROUTE-001/)), 2, 'one line for each failed step');
is($browser->get('/card/edit/confirm')->press('commit')->status, 303, 'room again: registered');
is(field($number, 'phone'), '044-200-2121', 'stored');
is(sql('PRAGMA integrity_check'), 'ok', 'the database is whole');

# --- Gone, and back ---

$before = state_of_it();
$mark   = mark();
rename "$root/db", "$root/db.good" or die $!;
ok(graceful(), 'the database is gone');
unavailable($browser->get('/card/edit'), 'the edit page without it');
unavailable(Browser->new->login($number, $password), 'a log-in without it');
is(Browser->new->get('/login')->status, 200, 'what needs no database goes on');
ok(logged($mark, qr/KW-STORE-002/) > 0, 'the log says why');
rename "$root/db.good", "$root/db" or die $!;
is($browser->get('/card/edit')->status, 200, 'back again: served without a restart');
is(state_of_it(), $before, 'all is there');

# --- Broken ---

my ($uid, $gid) = (getpwnam var('user'))[ 2, 3 ];
rename "$root/db", "$root/db.good" or die $!;
mkdir "$root/db", 0700 or die $!;
put("$root/db/kawasaki.db", 'This is no database. ' x 1000);
chown $uid, $gid, "$root/db", "$root/db/kawasaki.db" if $> == 0;
$mark = mark();
ok(graceful(), 'the database is no database');
unavailable($browser->get('/card/edit'), 'the edit page with a broken one');
unavailable(Browser->new->login($number, $password), 'a log-in with a broken one');
ok(logged($mark, qr/KW-START-003|KW-STORE-00\d: .*not a database/) > 0, 'the log says why');
is(slurp("$root/db/kawasaki.db"), 'This is no database. ' x 1000, 'nothing was written into it');
unlink glob "$root/db/*";
rmdir "$root/db" or die $!;
rename "$root/db.good", "$root/db" or die $!;
ok(graceful(), 'the good one again');
is($browser->get('/card/edit')->status, 200, 'served');
is(state_of_it(), $before, 'all is there');
done_testing;
