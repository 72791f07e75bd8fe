# SPDX-License-Identifier: Apache-2.0
#
# What was signed is what is stored, at home, where everything comes through the browser: its answers are signed with
# wrong keys, over wrong bytes, for other pages, too late, twice. None of it writes anything, and each is told why.
use strict;
use warnings;
use utf8;
use Forger;
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(encode_base64);
use Resident;
use Site qw(edit_rules restore_rules root say slurp sql);
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $place = open_place(make => [
    one => 'other/sign', 'key=rsa2048', 'name=多摩　花子', 'address=神奈川県川崎市川崎区旭町１丁目３番４号',
    one => 'other/auth', 'profile=jpki-authentication', 'key=rsa2048',
]);
my $made = $place->dir . '/made';
my $who  = Resident->at_home($place);

# --- Answers that the helper would not give ---

# The same form, signed by OpenSSL with another key or digest, or with something changed in it.
sub signed_by {
    my ($name, %with) = @_;
    return sub { forged_cms($place, $_[0], $name, %with) };
}

sub right { my ($jws) = @_; return $who->helper_says($jws) }

sub bent {
    my ($place) = @_;
    return sub {
        my $cms = cms_of(right(@_));
        substr($cms, $place, 1) ^= "\1";
        return as_answer($cms);
    };
}

# The page that works, its answer replaced, sent. Refused with this sentence, and nothing written.
sub refused {
    my ($what, $page, $action, $answer, $sentence, $status) = @_;
    my $before = counts();
    $who->get($page)->press($action);
    my ($field) = $who->asked or return fail("$what: no page that works: " . $who->status);
    $who->set($field->{name} => ref $answer ? $answer->($field->{request}) : $answer)->press('signed');
    is($who->status, $status // 422, "$what: refused");
    like($who->text, $sentence =~ /^[a-z-]+$/ ? sentence($sentence) : qr/$sentence/, "$what: and told why");
    is(counts(), $before, "$what: nothing is written");
}

sub all_refused {
    my ($kind, $page, $action) = @_;
    my @to    = ($page, $action);
    my $other = $kind eq 'jpki' && $page !~ /register/ ? 'cert-other-name' : 'cert-other';
    my $failed = $kind eq 'jpki' ? 'card-failed' : 'file-failed';
    refused("$page: nothing",          @to, '',                                   $failed);
    refused("$page: garbage",          @to, "\x{FFFD}{{{",                         $failed);
    refused("$page: no text",          @to, "\x{0}\x{1}",                         'error-request', 400);
    refused("$page: a wrong PIN",      @to, '{"error":"PIN_WRONG","tries":2}',    'あと2回まちがえると');
    refused("$page: cancelled",        @to, '{"error":"CANCELLED"}',              'card-cancelled');
    refused("$page: no such code",     @to, '{"error":"NONSENSE"}',               $failed);
    refused("$page: a token",          @to, '{"id":"any","token":"{}"}',          $failed);
    refused("$page: 200 kB",           @to, 'x' x 200_000,                        'error-size', 413);
    refused("$page: no CMS",           @to, as_answer('x' x 400),                 'cert-malformed');
    refused("$page: the last byte",    @to, bent(-1),                             'cert-wrong-signature');
    refused("$page: another key",      @to, signed_by('other/sign'),              $other);
    refused("$page: to log in with",   @to, signed_by('card/auth'),               'cert-wrong-purpose');
    refused("$page: a company's",      @to, signed_by('company/company'),         'cert-other') if $kind eq 'jpki';
    refused("$page: a person's",       @to, signed_by('card/sign'),               'cert-other') if $kind ne 'jpki';
    refused("$page: SHA-1",            @to, signed_by($kind eq 'jpki' ? 'card/sign' : 'company/company', digest => 'sha1'),
        'cert-weak-key');
    refused("$page: other bytes",      @to, signed_by($kind eq 'jpki' ? 'card/sign' : 'company/company',
        from => '川崎', to => '河崎'), 'cert-wrong-signature');
}

# --- Registration, a change, deletion: with all of that in between ---

for my $kind (qw(jpki corporate)) {
    $who = Resident->at_home($place)->to_confirm($kind);
    is($who->status, 200, "$kind: an applicant at home");
    all_refused($kind, "/$kind/register/confirm", 'commit');
    my $kana = $who->get("/$kind/register/confirm")->row($kind eq 'jpki' ? '氏名カナ' : '法人名カナ');
    my @other = (kana => 'ベツノカナ', town => '別町', 'account.name' => '別人', manifest => 'x');
    post_with($who, 'commit', @other);
    post_with($who->set($who->answers), 'signed', @other);
    my $receipt = $who->follow->receipt;
    ok($receipt, "$kind: registered with the extension") or diag($who->text);
    is(fields_of($who->row_of)->{kana}, $kana =~ s/ .*//r, "$kind: as it was confirmed, whatever was sent besides");
    is(scalar(tool("evidence verify $receipt")), 0, "$kind: and the evidence holds");

    $who = Resident->at_home($place)->enter($kind);
    is($who->status, 200, "$kind: logged in");
    $who->set(kana => 'アタラシイカナ')->press('next');
    all_refused($kind, "/$kind/edit/confirm", 'commit');
    other_pages($kind);
    is($who->get("/$kind/edit/confirm")->by_card('commit')->status, 303, "$kind: the right one changes it");
    is(fields_of($who->row_of)->{kana}, 'サイシンノカナ', "$kind: as was signed");
}

# As the form would be sent, with these fields behind its own.
sub post_with {
    my ($at, $action, @more) = @_;
    my $form = $at->{form} // $at->form;
    return $at->post($form->{action}, [ $at->fields, action => $action, @more ]);
}

# --- Answers to other pages, sessions, times ---

sub other_pages {
    my ($kind) = @_;
    my ($edit, $delete) = ("/$kind/edit/confirm", "/$kind/delete");
    my ($kept, $before) = ('', counts());
    my $keep = sub { $kept = right(@_); return '{"error":"CANCELLED"}' };
    refused("$kind: kept for later",        $edit, 'commit', $keep,         'card-cancelled');
    refused("$kind: of another press",      $edit, 'commit', sub { $kept }, 'cert-wrong-signature');
    refused("$kind: edit's for delete",     $delete, 'delete', sub { $kept }, 'cert-wrong-signature');
    refused("$kind: delete's, kept",        $delete, 'delete', $keep,         'card-cancelled');
    refused("$kind: delete's for edit",     $edit, 'commit', sub { $kept }, 'cert-wrong-signature');
    refused("$kind: after five minutes",    $edit, 'commit', sub {
        sql('UPDATE challenge SET created_at = created_at - 300000001');
        return right(@_);
    }, 'card-replay');
    refused("$kind: when it was used",      $edit, 'commit', sub {
        my $answer = right(@_);
        sql('DELETE FROM challenge');
        return $answer;
    }, 'card-replay');

    my $second = Resident->at_home($place)->enter($kind);
    refused("$kind: of another session",    $edit, 'commit', sub {
        $second->get($edit)->press('commit');
        return $kept = right(($second->asked)[0]{request});
    }, 'cert-wrong-signature');
    is($second->set(answer => $kept)->press('signed')->status, 303, "$kind: which goes there");
    is($who->get($edit)->status, 400, "$kind: and here there is nothing left to confirm");
    $who->get("/$kind/edit")->set(kana => 'サイシンノカナ')->press('next');
}

# --- Log-in ---

sub token_refused {
    my ($what, $change, $sentence) = @_;
    my $at = Resident->at_home($place)->get('/login/jpki?purpose=jpki-edit')->press('yes');
    my ($field) = $at->asked;
    my $before = sql('SELECT count(*) FROM session');
    is($at->set(token => $change->(decode_json($at->helper_says($field->{request}))))->press('signed')->status, 422,
        "log-in, $what: refused");
    like($at->text, sentence($sentence), "log-in, $what: and told why");
    is(sql('SELECT count(*) FROM session'), $before, "log-in, $what: no session");
}

sub with_token {
    my ($answer, $code) = @_;
    my $token = decode_json($answer->{token});
    $code->() for $token;
    return encode_json({ %$answer, token => encode_json($token) });
}

my $kept;
token_refused('a byte of the signature', sub { with_token($_[0], sub { $_->{signature} =~ s/^(.)/$1 eq 'A' ? 'B' : 'A'/e }) },
    'cert-wrong-signature');
token_refused("another's certificate", sub {
    my $der = slurp("$made/other/auth.der");
    with_token($_[0], sub { $_->{unverifiedCertificate} = encode_base64($der, '') });
}, 'cert-wrong-signature');
token_refused('a CMS', sub { as_answer('x' x 300) }, 'card-failed');
token_refused('kept for later', sub { $kept = encode_json($_[0]); '{"error":"TIMEOUT"}' }, 'card-timeout');
token_refused('of another try', sub { $kept }, 'cert-wrong-signature');

# --- Two tabs, other rules ---

$who = Resident->at_home($place)->enter('jpki');
$who->set(kana => 'イチ')->press('next');
my $first = $who->tab->get('/jpki/edit/confirm');
$who->get('/jpki/edit')->set(kana => 'ニ')->press('next');
my $before = counts();
is($first->press('commit')->status, 409, 'a tab that has been overtaken');
like($first->text, qr/\Q${\ say('other-tab')}\E/, 'says so');
like($first->row('氏名カナ'), qr/^ニ\b/, 'and shows what would be signed now');

$who->get('/jpki/edit/confirm');
ok(new_rules($place, sub { edit_rules(sub { s/idle    30 minutes/idle    31 minutes/ }) }), 'other rules are in force');
is($who->press('commit')->status, 409, 'a confirm page of before');
is($who->banner, say('rules-changed'), 'comes again, and says why');
$who->press('commit');
my %answers = $who->answers;
ok(new_rules($place, \&restore_rules), 'the first rules again');
is($who->set(%answers)->press('signed')->status, 409, 'what was signed under other rules');
is($who->banner, say('rules-changed'), 'is shown again, too');
$who->press('commit');
%answers = ($who->answers);
ok(new_rules($place, sub { edit_rules(sub { s/idle    30 minutes/idle    32 minutes/ }) }), 'other rules are in force');
my $token = $who->tab->get('/jpki/edit/confirm')->value('draft');
is($who->set(%answers, draft => $token)->press('signed')->status, 409, 'even if the page says that it knows the new ones');
ok(new_rules($place, \&restore_rules), 'the first rules again');
$who->get('/jpki/edit/confirm');
is(counts(), $before, 'nothing is written of it');
my $receipt = $who->by_card('commit')->follow->receipt;
ok($receipt, 'once more, and it is signed');
is($who->tab->get('/jpki/edit/confirm')->status, 400, 'and over');

# --- The evidence itself ---

my (undef, $shown) = tool("evidence show $receipt --reason test");
like($shown, qr/^\Q$_\E: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m, "it says when: $_") for qw(judged-at revocation-known-at);
like($shown, qr/^revocation-by: list$/m, 'and who was asked of revocation');
my ($digest) = qx{${\ root()}/bin/kawasaki rules check ${\ root()}/rules/kawasaki.rules} =~ /, digest (\w{64})$/m;
like($shown, qr/^  rules\t$digest$/m, 'and under which rules');

# In hexadecimal, since a character may be anything.
for my $part (qw(manifest cms certificate issuer checks)) {
    my $middle = "(length($part) / 2 + 1)";
    my $change = sub {
        my ($to) = @_;
        sql("UPDATE evidence SET $part = substr($part, 1, $middle - 1) || CAST(X'$to' AS TEXT) || substr($part, $middle + 1) "
                . "WHERE receipt = '$receipt'");
        return scalar tool("evidence verify $receipt");
    };
    my $was = sql("SELECT hex(substr($part, $middle, 1)) FROM evidence WHERE receipt = '$receipt'");
    is($change->($was eq '41' ? '42' : '41'), 1, "one character of $part is another: the evidence doesn't hold");
    is($change->($was), 0, 'and as it was it does');
}

# --- The end ---

for my $kind (qw(jpki corporate)) {
    $who = Resident->at_home($place)->enter($kind);
    $who->press('delete');
    is($who->place, "/$kind/delete", "$kind: to the deletion");
    all_refused($kind, "/$kind/delete", 'delete');
    my $account = $who->row_of;
    like($who->get("/$kind/delete")->by_card('delete')->place, qr{^/\Q$kind\E/deleted/}, "$kind: deleted from home");
    is(sql("SELECT count(*) FROM account WHERE id = $account"), 0, "$kind: it is gone");
    is(scalar(tool('evidence verify ' . $who->follow->receipt)), 0, "$kind: the evidence holds");
}
is(scalar(grep { /\b(?:1234|ABC123|kawasaki-p12)\b|川崎|カナ/ } $place->said), 0, 'no secret and no name in the log');
done_testing;
