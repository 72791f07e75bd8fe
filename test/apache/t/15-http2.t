# SPDX-License-Identifier: Apache-2.0
#
# The whole flow over HTTP/2, where one visitor's requests run in parallel.
use strict;
use warnings;
use utf8;
use Browser;
use Curl;
use File::Temp ();
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number  = '90000020';
my $browser = Browser->resident($number, 'CanarySecret20', agent => 'Curl');
is($browser->{answer}->protocol, 'HTTP/2', 'it is HTTP/2');
is($browser->status, 200, 'logged in');
like($browser->text, qr/鴉坂　花子20さんがログイン中です/, 'as who one is');
is($browser->header($_) ? 1 : 0, 1, "the header $_")
    for qw(Strict-Transport-Security Content-Security-Policy X-Content-Type-Options Referrer-Policy);
is($browser->tab->get('/nowhere')->status, 404, 'no such page: 404');
is($browser->tab->post('/card/edit', [ action => 'next' ])->status, 403, 'no token: 403');
is($browser->tab->post('/card/edit', 'a=%zz')->status, 400, 'a bad body: 400');

# Here nghttp: older curls lose an answer that comes before the body is sent.
my $large = File::Temp->new;
print $large 'x=' . 'a' x 70000;
close $large;
my $said = `nghttp -nv -d '$large' -H 'content-type: application/x-www-form-urlencoded' '$browser->{origin}/login/card' 2>&1`;
like($said, qr/:status: 413/, 'too large a body: 413');
unlike($said, qr/error_code=(?!NO_ERROR)/, 'and no error of the protocol');

$browser->set(kana => 'ﾆﾊﾞﾝ', phone => '０４４－２００－２０２０')->press('next');
is($browser->place, '/card/edit/confirm', 'accepted');
$browser->follow;
is($browser->row('連絡先電話番号'), '044-200-2020 変更あり', 'confirmed');

# One request many times over one connection.
sub together {
    my ($page, $count, $action) = @_;
    my $request = HTTP::Request->new(POST => "$page->{origin}$page->{form}{action}",
        [ 'Content-Type' => 'application/x-www-form-urlencoded' ], Browser::urlencoded($page->fields, action => $action));
    $page->{agent}->cookie_jar->add_cookie_header($request);
    my ($arguments, $body) = Curl::arguments($request);
    my @urls = map { ('-o', '/dev/null', $request->uri) } 1 .. $count;
    push @$arguments, '-Z', '--no-progress-meter', '--parallel-max', $count;
    push @$arguments, '-w', '%{http_version} %{http_code} %{redirect_url}\n';
    open my $out, '-|', 'curl', @$arguments, @urls or die "curl: $!";
    my %answers;
    $answers{ s/\s+$//r }++ while <$out>;
    close $out;
    return %answers;
}
$browser->{form} = $browser->form;
my %answers = together($browser, 20, 'commit');
my ($answer) = keys %answers;
is_deeply([ values %answers ], [20], 'twenty presses of one button: one answer') or diag(explain(\%answers));
like($answer, qr{^2 303 https://127\.0\.0\.1:\d+/card/edit/complete/}, 'over HTTP/2: the receipt');
is(sql("SELECT count(*) FROM receipt WHERE account = ${\ account($number)}"), 1, 'one receipt');
is(sql("SELECT version FROM account WHERE identifier = '$number'"), 2, 'one write');
is(field($number, 'phone'), '044-200-2020', 'stored');

$browser->get('/card/edit')->set(kana => 'サンバン');
%answers = together($browser, 20, 'next');
my %statuses = map { (split)[1] => $answers{$_} } keys %answers;
is_deeply(\%statuses, { 303 => 1, 409 => 19 }, 'twenty times the same form: one is kept, the others are told')
    or diag(explain(\%answers));
$browser->get('/')->{form} = $browser->form('/logout');
is($browser->press->place, '/logged-out', 'logged out');
is($browser->get('/card/edit')->status, 303, 'the edit page is closed');
done_testing;
