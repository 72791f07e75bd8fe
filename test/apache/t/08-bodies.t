# SPDX-License-Identifier: Apache-2.0
#
# Bodies and queries that no form of ours sends: refused as a whole, before anything is looked at.
use strict;
use warnings;
use utf8;
use Browser;
use Raw;
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $number  = '90000014';
my $browser = Browser->resident($number, 'CanarySecret14');
my $form    = Browser::urlencoded($browser->fields, action => 'save');
my $limit   = 65536;
my $before  = sql('SELECT count(*), sum(version) FROM draft');

my @refused = (
    [ 400, 'a parameter twice',             "$form&kana=a" ],
    [ 400, 'a token twice',                 "$form&csrf=a" ],
    [ 400, 'a name twice, once in escapes', "$form&%6bana=a" ],
    [ 400, '%zz',                           "$form&x=%zz" ],
    [ 400, '% at the end',                  "$form&x=%" ],
    [ 400, '%4 at the end',                 "$form&x=%4" ],
    [ 400, '%00 in a value',                "$form&x=a%00b" ],
    [ 400, '%00 in a name',                 "$form&x%00=a" ],
    [ 400, 'a zero byte',                   "$form&x=a\0b" ],
    [ 400, 'overlong UTF-8',                "$form&x=%C0%AF" ],
    [ 400, 'overlong UTF-8, three bytes',   "$form&x=%E0%80%AF" ],
    [ 400, 'half a character',              "$form&x=%E3%81" ],
    [ 400, 'a surrogate',                   "$form&x=%ED%A0%80" ],
    [ 400, 'beyond Unicode',                "$form&x=%F4%90%80%80" ],
    [ 400, 'Latin-1',                       "$form&x=%E9" ],
    [ 400, 'a name without =',              "$form&x" ],
    [ 400, 'no name',                       "$form&=x" ],
    [ 400, '&&',                            "$form&&x=1" ],
    [ 400, '& at the end',                  "$form&" ],
    [ 413, '129 parameters',                $form . join '', map { "&x$_=" } 1 .. 129 ],
    [ 413, 'one byte too many',             "$form&x=" . 'a' x ($limit - length($form) - 2) ],
    [ 413, 'far too many',                  "$form&x=" . 'a' x ($limit * 4) ],
);
for (@refused) {
    my ($status, $what, $body) = @$_;
    is($browser->tab->post('/card/edit', $body)->status, $status, "$what: $status");
}
for my $type ('multipart/form-data; boundary=x', 'text/plain', 'application/json', 'application/x-www-form-urlencodedx') {
    is($browser->tab->post('/card/edit', $form, 'Content-Type' => $type)->status, 400, "type '$type': 400");
}
for my $query ('purpose=card-edit&purpose=card-edit', 'purpose=%zz', 'purpose=%00', 'purpose', 'purpose=%C0%AF') {
    is($browser->get("/login?$query")->status, 400, "query $query: 400");
}
is($browser->get('/login/card?x=' . 'a' x 3000)->status, 200, 'a long query');
is(sql('SELECT count(*), sum(version) FROM draft'), $before, 'nothing was written by any of them');
my $answer = $browser->tab->post('/card/edit', "$form&x=%zz");
like($answer->text, qr/\Q${\ say('error-request')}\E/, 'it is said what to do');

# --- What is allowed: exactly as much ---

sub saved {
    my ($what, $body, @headers) = @_;
    my $page = $browser->tab->get('/card/edit');
    $body =~ s/(draft=)[^&]*/$1 . $page->value('draft')/e;
    is($browser->tab->post('/card/edit', $body, @headers)->place, '/card/edit/saved', $what);
}
my $padded = "$form&x=" . 'a' x ($limit - length($form) - 3);
is(length $padded, $limit, 'a body of the limit');
saved('is accepted', $padded);
saved('128 parameters', $form . join '', map { "&x$_=" } 1 .. 128 - (() = $form =~ /=/g));
saved('a charset in the type', $form, 'Content-Type' => 'application/x-www-form-urlencoded; charset=UTF-8');

# Decoded once: what a second decoding would make of it never appears.
$browser->get('/card/edit')->set(kana => '%2527%00%41')->press('save');
is($browser->follow->value('kana'), '%2527%00%41', 'decoded once');

# --- Chunks and what is smuggled in them ---

sub head {
    my ($method, $path, @lines) = @_;
    return join "\r\n", "$method $path HTTP/1.1", 'Host: 127.0.0.1', 'Connection: close',
        "Cookie: __Host-kawasaki-session=" . $browser->cookie('session'), 'Content-Type: application/x-www-form-urlencoded', @lines, '', '';
}
sub chunk { my ($text) = @_; return sprintf("%x\r\n%s\r\n", length $text, $text) }
my $chunked = Browser::urlencoded($browser->get('/card/edit')->fields, action => 'save');
my @parts   = $chunked =~ /(.{1,40})/g;
$answer = raw(head(POST => '/card/edit', 'Transfer-Encoding: chunked') . join('', map { chunk($_) } @parts) . "0\r\n\r\n");
is($answer->code, 303, 'a body in chunks');
$answer = raw(head(POST => '/card/edit', 'Transfer-Encoding: chunked') . chunk('a' x 60000) x 2 . "0\r\n\r\n");
is($answer->code, 413, 'too much in chunks: 413');
$answer = raw(head(POST => '/card/edit', 'Transfer-Encoding: chunked') . "zz\r\nabc\r\n0\r\n\r\n");
is($answer->code, 400, 'a chunk of no size: 400');
$answer = raw(head(POST => '/card/edit', 'Content-Length: ' . length $chunked) =~ s/Content-Type: [^\r]*\r\n//r . $chunked);
is($answer->code, 400, 'no type: 400');
$answer = raw(head(POST => '/card/edit', 'Transfer-Encoding: gzip', 'Content-Length: 3') . 'abc');
like($answer->code, qr/^(?:400|501)$/, 'an unknown transfer encoding is refused');

my $smuggled = head(GET => '/registration');
my %double   = (
    'length and chunks'  => head(POST => '/logged-out', 'Content-Length: 4', 'Transfer-Encoding: chunked') . "0\r\n\r\n$smuggled",
    'two lengths'        => head(POST => '/logged-out', 'Content-Length: 0', 'Content-Length: 5') . $smuggled,
    'a length with +'    => head(POST => '/logged-out', 'Content-Length: +5') . $smuggled,
    'a negative length'  => head(POST => '/logged-out', 'Content-Length: -1') . $smuggled,
    'a folded header'    => head(POST => '/logged-out', "X: a\r\n\tTransfer-Encoding: chunked", 'Content-Length: +0') . $smuggled,
    'a space before :'   => head(POST => '/logged-out', 'Transfer-Encoding : chunked') . "0\r\n\r\n$smuggled",
    'a bare LF in a header' => head(POST => '/logged-out', "X: a\nTransfer-Encoding: chunked, x", 'Content-Length: 4') . $smuggled,
);
for my $what (sort keys %double) {
    my $all = raw_all($double{$what});
    like(substr($all, 0, 12), qr{^HTTP/1\.1 (?:400|501)$}, "$what: refused");
    is(scalar(() = $all =~ m{^HTTP/1\.1 \d}mg), 1, "$what: one answer, nothing smuggled");
}

# --- The browser hangs up in the middle ---

my $socket = connection();
print $socket head(POST => '/card/edit', 'Content-Length: 1000') . 'csrf=';
close $socket;
is($browser->get('/card/edit')->status, 200, 'half a body harms nobody');
is($browser->value('kana'), '%2527%00%41', 'and writes nothing');
done_testing;
