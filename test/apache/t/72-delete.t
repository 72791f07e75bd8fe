# SPDX-License-Identifier: Apache-2.0
#
# Deletion by certificate: what stands in its way, what is gone with it and what stays, and for how long the certificate
# (or, where the rules say so, its holder) can't be registered again.
use strict;
use warnings;
use utf8;
use Browser;
use Encode qw(encode);
use POSIX ();
use Resident;
use Site qw(await edit_rules restore_rules root sql);
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

# Nobody else in the database says so.
my @person = ('name=多摩川　さくら', 'birth=419990209', 'address=神奈川県川崎市川崎区旭町１丁目７番７号　桜荘２０３');
my %typed  = (
    kana => 'タマガワサクラ', lot => '7-7', phone => '０４４－２９９－８８７７', 'result-mail' => 'yes',
    email => 'sakura@example.jp', 'email-again' => 'sakura@example.jp', building => '桜荘203'
);
my $personal = qr/さくら|サクラ|ｻｸﾗ|1999-02-09|19990209|044-?299-?8877|sakura|桜荘|７番７号|７－７/;

my $place = open_place(make => [
    map { (one => "sakura/sign-$_", @person, 'key=card/sign',
           one => "sakura/auth-$_", 'profile=jpki-authentication', 'key=card/auth') } 1 .. 11
]);
my $reader = $place->{reader};
sub card { my ($number) = @_; load_card($place, "sakura/sign-$number", "sakura/auth-$number") }
sub lasts { return sql("SELECT count(*) FROM limit_count WHERE name = 're-registration'") }

card(1);
my $lasting = lasts();
my $who     = Resident->new($place);
my $receipt = $who->register('jpki', %typed);
my $account = $who->row_of;
my $name    = sql("SELECT identifier FROM account WHERE id = $account");

# --- What stands in the way ---

sub apply_for {
    my ($number, $title, $state) = @_;
    sql("INSERT INTO application (city, number, account, procedure, title, received_at, state, changed_at) "
            . "SELECT 'kawasaki', '$number', id, 'dog-registration', '$title', 1795273200000000, $state, 1795273200000000 "
            . "FROM account WHERE city = 'kawasaki' AND kind = 'jpki' AND identifier = '$name' AND state <> 2");
}

# How much there is of the account.
sub held {
    return sql(join ';', map { "SELECT count(*) FROM $_ WHERE account = $account" } qw(account_field binding receipt evidence));
}

sub examined { sql("UPDATE application SET state = 4 WHERE account = $account") }

my @pending = (['2026-000123', '犬の登録申請', 1, '到達'], ['2026-000124', '道路の占用許可申請', 2, '審査中']);
apply_for(@$_[ 0 .. 2 ]) for @pending, ['2026-000100', '終わった申請', 4];
$who->get('/jpki/edit')->press('delete');
is($who->place, '/jpki/delete', 'from the form to the deletion');
is($who->follow->status, 200, 'which says what stands in the way');
like($who->text, qr/\Q$$_[1]\E（\Q$$_[0]\E） \Q$$_[3]\E/, "each: $$_[0]") for @pending;
like($who->text, qr/審査が終わっていない申請が2件ある/, 'and how many');
unlike($who->text, qr/終わった申請/, 'but not what is over');
is($who->form('/jpki/delete'), undef, 'there is nothing to press');
my $held   = held();
my $verify = $reader->count('VERIFY');
examined();
is($who->get('/jpki/delete')->value('signing-pin'), '', 'when all are examined, the signature is asked for');
like($who->text, qr/英数字6～16文字）を入力してください。ログインのときの数字4けたの暗証番号ではありません/, 'with the other PIN than that of the log-in');
apply_for('2026-000125', '遅れて届いた申請', 1);
is($who->type_secrets->press('delete')->status, 409, 'one that comes in between page and press');
like($who->text, qr/遅れて届いた申請/, 'stands in the way, too');
is($reader->count('VERIFY'), $verify, 'the card is not even asked');
examined();
my $home = Resident->at_home($place)->enter('jpki');
$home->get('/jpki/delete')->press('delete');
my %answers = $home->answers;
apply_for('2026-000126', '署名のあいだの申請', 2);
is($home->set(%answers)->press('signed')->status, 409, 'one that comes in while it is signed');
like($home->text, qr/署名のあいだの申請/, 'is seen in time');
examined();
$who->get('/jpki/delete')->type_secrets;
$reader->control('slow 100');
$verify = $reader->count('VERIFY');
my $meanwhile = fork // die $!;
if (!$meanwhile) {
    await(sub { $reader->count('VERIFY') > $verify });
    apply_for('2026-000127', 'カードが動いているあいだの申請', 1);
    POSIX::_exit(0);
}
$who->press('delete');
waitpid $meanwhile, 0;
$reader->control('slow 0');
is($reader->count('VERIFY'), $verify + 1, 'one that comes in while the card is at work');
is($who->status, 409, 'is seen in the last moment');
is(held(), $held, 'nothing is deleted so far');

# --- What goes, what stays ---

# Is the text in the database's file, or in the log beside it?
sub on_disk {
    my ($text) = @_;
    return grep {
        open my $in, '<:raw', $_ or die "$_: $!";
        local $/;
        index(<$in>, encode('UTF-8', $text)) >= 0;
    } map { root() . "/db/kawasaki.db$_" } '', '-wal';
}

examined();
is($home->get('/jpki/edit')->set(kana => 'サクラトチュウ')->press('save')->status, 303, 'a draft under way elsewhere');
ok(on_disk('サクラトチュウ'), 'is kept');
my $later = Resident->new($place)->enter('jpki');
is(lasts(), $lasting, 'nobody is locked out yet');
$who->get('/jpki/delete');
my ($from) = $who->text =~ /いま削除すると、(.*?)から登録できます/;
ok($from, 'the page says when one can register again');
$who->by_card('delete');
like($who->place, qr{^/jpki/deleted/[\w-]+$}, 'deleted');
my $deleted = $who->follow->receipt;
like($who->text, qr/もう一度登録できるようになる日時/, 'with that time on the receipt');
for my $table (qw(account_field session draft binding receipt)) {
    is(sql("SELECT count(*) FROM $table WHERE account = $account"), 0, "$table: nothing of it is left");
}
is(sql("SELECT count(*) FROM account WHERE id = $account"), 0, 'account: gone');
is(sql("SELECT count(*) FROM application WHERE number LIKE '2026-0001%' AND account IS NULL"), 6, 'applications: nobody\'s');
is(sql("SELECT count(*), min(ended_at) > 0 FROM evidence WHERE account = $account"), '2|1', 'evidence: kept, and its time runs');
is(scalar(tool("evidence verify $_")), 0, "and holds: $_") for $receipt, $deleted;
like(sql("SELECT group_concat(act) FROM audit WHERE account = $account"), qr/register.*delete/, 'the audit log: too');
my @dump = grep { !/^INSERT INTO (?:evidence|challenge) / } split /^/m, sql('.dump');
is_deeply([ grep { /$personal/ } @dump ], [], 'no other table has anything of the person');
sql('UPDATE challenge SET created_at = created_at - 300000001'); # what was to be signed, for five minutes

is($_->get('/jpki/edit')->status, 303, 'every session has ended') for $who, $later, $home;
is($who->cookie('session') || '', '', 'also for the browser');
my $stranger = Browser->new;
$stranger->{origin} = $place->{origin};
is($stranger->get("/jpki/deleted/$deleted")->status, 200, 'the receipt is for whoever has its number');
unlike($stranger->text, $personal, 'and names nobody');
is($stranger->get("/jpki/deleted/$receipt")->status, 404, 'that of the registration is none');
is($stranger->get('/jpki/deleted/20261122-AAAA-AAAA')->status, 404, 'nor is any number');

# --- Registering again ---

is(lasts(), $lasting + 2, 'both certificates have to wait');
my $locked = sql("SELECT max(until_at) FROM limit_count WHERE name = 're-registration'");
is($locked - sql("SELECT ended_at FROM evidence WHERE receipt = '$deleted'"), 172_800_000_000, 'two days, from the commit on');

sub refused {
    my ($what) = @_;
    my $before = counts();
    my $at     = Resident->new($place)->apply('jpki');
    is($at->status, 422, "$what: refused");
    like($at->text, qr/しばらくは同じ電子証明書で登録できません。.*?分以降に/, "$what: with the time");
    is($at->form('/jpki/register/start'), undef, "$what: no PIN is asked for again");
    like($at->html, qr{href="/">トップに戻る}, "$what: the way out");
    unlike($at->text, qr/もう一度確認する/, "$what: and none that leads here again");
    is(counts(), $before, "$what: nothing is written");
    return $at;
}
like(refused('the same certificate')->text, qr/\Q$from\E/, 'the time that the page has said');
my $shut = Resident->new($place)->enter('jpki');
is($shut->status, 422, 'nor can one log in');
like($shut->text, qr/しばらくは同じ電子証明書で登録できません。.*?\Q$from\E/, 'and hears from when one can register');
unlike($shut->text, qr/先に利用者登録をしてください|新規利用者登録の画面へ進む/, 'not that one should do it now');
$place->stop;
Resident::start_place($place);
refused('after a restart');
ok(await(sub { sql('.dump challenge') !~ $personal }, 70), 'what was to be signed is gone, too');
my @children = Kiosk::children_of($place->{pid});
$place->stop('KILL');
kill KILL => @children;
await(sub { !grep { -d "/proc/$_" } @children });
Resident::start_place($place);
refused('after kill -9');

# As if so much of the two days were left.
sub left {
    my ($seconds) = @_;
    $place->stop;
    sql("UPDATE limit_count SET until_at = ${\ int((time + $seconds) * 1_000_000)} WHERE name = 're-registration'");
    Resident::start_place($place);
}
left(60);
refused('a minute before the end');
left(0);
is(Resident->new($place)->apply('jpki')->status, 200, 'at the end: accepted');

# --- Another certificate of the same person ---

sub remove {
    my $who = Resident->new($place);
    $who->register('jpki', %typed);
    return $who->get('/jpki/delete')->by_card('delete')->follow->receipt;
}

ok(remove(), 'registered and deleted again');
refused('its certificate');
card(2);
ok(remove(), 'another one of the same person: the rules bind certificates, not people');
ok(new_rules($place, sub { edit_rules(sub { s/binds   certificate/binds   person/ }) }), 'other rules are in force');
card(4);
my $applicant = Resident->at_home($place)->to_confirm('jpki', %typed);
card(3);
ok(remove(), 'a third one, when the rules begin to bind people');
card(4);
my $unwritten = counts();
is($applicant->by_card('commit')->status, 422, 'who was registering meanwhile has to wait');
like($applicant->text, qr/しばらくは同じ電子証明書で登録できません。.*?分以降に/, 'until when, he is told');
is(counts(), $unwritten, 'and he is not registered');
load_card($place, 'sakura/sign-2', 'sakura/auth-1');
refused('one whose time runs');
card(4);
refused('a fourth one, of the same person');
ok(new_rules($place, \&restore_rules), 'the first rules again');
is(Resident->new($place)->apply('jpki')->status, 200, 'which may be registered where only certificates are bound');

# --- All certificates of the account ---

sub card_of { my ($sign, $auth) = @_; load_card($place, "sakura/sign-$sign", "sakura/auth-$auth") }

card(5);
ok(remove(), 'with one card');
card_of(6, 5);
refused('its authentication certificate beside another to sign with');

card(6);
Resident->new($place)->register('jpki', %typed);
card_of(7, 6);
like(Resident->new($place)->enter('jpki')->get('/jpki/delete')->by_card('delete')->place, qr{^/jpki/deleted/},
    'deleted with a signing certificate that was never registered');
card(7);
refused('which has signed');

card(8);
Resident->new($place)->register('jpki', %typed);
card_of(9, 8);
my $renewed = Resident->new($place)->enter('jpki');
$renewed->set(kana => 'サクラサクラ')->press('next');
like($renewed->follow->by_card('commit')->place, qr{/complete/}, 'a new signing certificate in the place of the first');
like($renewed->get('/jpki/delete')->by_card('delete')->place, qr{^/jpki/deleted/}, 'and deleted');
card_of(8, 9);
refused('the first one');

# --- Deleted elsewhere, while the card is at work ---

# What is pressed at the kiosk, from a page that is open.
sub meanwhile_deleted {
    my ($number, $open, $button) = @_;
    card($number);
    Resident->new($place)->register('jpki', %typed);
    my $home = Resident->at_home($place)->enter('jpki');
    $home->get('/jpki/delete')->press('delete');
    my %signed = $home->answers;
    my $kiosk  = $open->(Resident->new($place)->enter('jpki'))->type_secrets;
    $reader->control('slow 100');
    my $before = $reader->count('VERIFY');
    my $child  = fork // die $!;
    if (!$child) {
        await(sub { $reader->count('VERIFY') > $before });
        $home->set(%signed)->press('signed');
        POSIX::_exit(0);
    }
    $kiosk->press($button);
    waitpid $child, 0;
    $reader->control('slow 0');
    is($kiosk->place, '/jpki/edit', "$button: nothing fails");
    is($kiosk->follow->place, '/login?purpose=jpki-edit', "$button: nobody is logged in any more");
}
meanwhile_deleted(10, sub { $_[0]->get('/jpki/delete') }, 'delete');
meanwhile_deleted(11, sub { $_[0]->set(kana => 'サクラサクラ')->press('next')->follow }, 'commit');

# --- A company ---

my $company = Resident->new($place);
ok($company->register('corporate'), 'a company');
like($company->get('/corporate/delete')->by_card('delete')->place, qr{^/corporate/deleted/}, 'deletes itself');
is($company->apply('corporate')->status, 422, 'and has to wait, too');
like($company->text, qr/しばらくは同じ電子証明書で登録できません/, 'as it is told');
is(scalar(tool('audit verify')), 0, 'the audit log is whole');
ok(await(sub { !on_disk('サクラトチュウ') }, 70), 'and by now, or within a minute, no file has what stood in a draft');
done_testing;
