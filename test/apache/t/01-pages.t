# SPDX-License-Identifier: Apache-2.0
#
# The pages that anybody may see, and what every answer carries.
use strict;
use warnings;
use utf8;
use Browser;
use Raw;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my %headers = (
    'Strict-Transport-Security'    => qr/^max-age=31536000/,
    'X-Content-Type-Options'       => qr/^nosniff$/,
    'X-Frame-Options'              => qr/^DENY$/,
    'Referrer-Policy'              => qr/^no-referrer$/,
    'Cross-Origin-Opener-Policy'   => qr/^same-origin$/,
    'Cross-Origin-Resource-Policy' => qr/^same-origin$/,
    'Permissions-Policy'           => qr/camera=\(\)/,
    'Content-Security-Policy'      => qr/^default-src 'none';(?!.*unsafe-inline).*frame-ancestors 'none'/,
);

# Each of them, once.
sub has_headers {
    my ($what, $answer) = @_;
    my @wrong = grep { my @values = $answer->header($_); @values != 1 || $values[0] !~ $headers{$_} } sort keys %headers;
    is("@wrong", '', "$what: the security headers");
}

my $browser = Browser->new;
my %pages   = (
    '/'             => qr/ネット窓口かわさき.*市民カード/,
    '/registration' => qr/利用者登録/,
    '/login'        => qr/市民カード番号/,
    '/login/card'   => qr/市民カード番号/,
    '/logged-out'   => qr/ログアウトしました/,
);
for my $path (sort keys %pages) {
    $browser->get($path);
    is($browser->status, 200, "$path: 200");
    like($browser->text,                    $pages{$path},                        "$path: its content");
    like($browser->title,                   qr/^(?:[^｜]+｜)?ネット窓口かわさき 川崎市$/, "$path: its title");
    like($browser->html,                    qr{<h1>[^<]+</h1>},                   "$path: its heading");
    is($browser->header('Content-Type'),  'text/html; charset=utf-8', "$path: its charset");
    is($browser->header('Cache-Control'), 'no-store',                 "$path: kept nowhere");
    has_headers($path, $browser->{answer});
}
is(Browser->new->get('/')->header('Set-Cookie'), undef, 'a page without a form sets no cookie');

# --- What isn't there, and what isn't done ---

my @errors = (
    [ 404, GET    => '/nowhere' ],
    [ 404, GET    => '/card/edit/' ],
    [ 400, GET    => '/login/../../etc/passwd' ],
    [ 404, GET    => '/error' ],
    [ 405, POST   => '/' ],
    [ 405, GET    => '/logout' ],
    [ 405, PUT    => '/login/card' ],
    [ 405, DELETE => '/card/edit' ],
    [ 405, TRACE  => '/' ],
    [ 404, GET    => '/static/nothing.css' ],
);
for (@errors) {
    my ($status, $method, $path) = @$_;
    my $answer = raw("$method $path HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    is($answer->code, $status, "$method $path: $status");
    has_headers("$method $path", $answer);
    like($answer->header('Content-Type'), qr/^text\/html; ?charset=utf-8$/i, "$method $path: its charset");
    my $page = $browser->take($answer);
    like($page->title, qr/^エラー：/, "$method $path: the title says that it is an error");
    like($page->text,  qr/お問い合わせ番号 [2-9A-Z]{4}-[2-9A-Z]{4}\b/, "$method $path: a number to ask with");
}
my $answer = raw("PUT /login/card HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
is($answer->header('Allow'), 'GET, HEAD, POST', '405 says what is allowed');
unlike($browser->take($answer)->html, qr{sqlite|/tmp/|\.c:\d|Apache/}, 'an error page shows nothing of the inside');

# Refused by httpd's core, before any handler.
my @malformed = (
    [ 400, 'no Host',             "GET / HTTP/1.1\r\nConnection: close\r\n\r\n" ],
    [ 400, 'a bad escape',        "GET /%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" ],
    [ 400, 'a header without :',  "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\nConnection: close\r\n\r\n" ],
    [ 404, 'an encoded slash',    "GET /card%2Fedit HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" ],
    [ 414, 'a very long path',    'GET /' . 'a' x 9000 . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" ],
    [ 400, 'a very long header',  "GET / HTTP/1.1\r\nHost: a\r\nX: " . 'a' x 9000 . "\r\nConnection: close\r\n\r\n" ],
);
for (@malformed) {
    my ($status, $what, $request) = @$_;
    my $refused = raw($request);
    is($refused->code, $status, "$what: $status");
    has_headers($what, $refused);
}

# --- HEAD, static files, the other port ---

for my $path (qw(/ /login /nowhere /card/edit)) {
    my ($get, $head) = map { $browser->{agent}->$_("$browser->{origin}$path") } qw(get head);
    my %varying = map { $_ => 1 } qw(date content-length set-cookie client-date client-response-num transfer-encoding
        client-ssl-socket-class title link x-meta-viewport x-meta-format-detection keep-alive x-meta-charset);
    my ($as_get, $as_head) = map {
        my $answer = $_;
        join "\n", $answer->code, map { "$_: " . $answer->header($_) } grep { !$varying{ lc $_ } } sort $answer->header_field_names
    } $get, $head;
    is($as_head, $as_get, "HEAD $path: the headers of GET");
    is($head->content, '', "HEAD $path: no body");
}
my $style = $browser->get('/static/kawasaki.css')->{answer};
is($style->code, 200, 'the style sheet is there');
has_headers('the style sheet', $style);
like($style->header('Content-Type'),  qr/^text\/css/, 'the style sheet: its type');
like($style->header('Cache-Control'), qr/max-age=\d+/, 'the style sheet may be kept');
my $plain = LWP::UserAgent->new(max_redirect => 0)->get('http://127.0.0.1:' . var('http_port') . '/login');
is($plain->code, 301, 'without TLS: sent on');
is($plain->header('Location'), "$browser->{origin}/login", 'without TLS: to the same page with TLS');
done_testing;
