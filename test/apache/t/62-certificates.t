# SPDX-License-Identifier: Apache-2.0
#
# Every certificate that must not pass, at the door itself: a helper signs with it as it should, and the page refuses it,
# says why, and writes one line. Lists for persons, a responder for companies.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use File::Copy qw(copy);
use IO::Socket::INET;
use Kiosk;
use POSIX ();
use Site qw(await put root say slurp);
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my $kiosk = Kiosk->new;
my $dir   = $kiosk->dir;
my $page  = '/certificate/check/file';
my @auth  = ('profile=jpki-authentication', 'key=card/auth');
my @ca    = ('profile=authority', 'key=p256');
my $list  = 'crl/jpki-authentication-3';

$kiosk->make(
    # Authorities that nobody believes, though one has the name of one that is believed.
    one => 'odd/ca',      @ca, 'dn=jpki-authentication',
    one => 'odd/unknown', @auth, 'issuer=odd/ca',
    one => 'odd/foreign', @auth, 'issuer=ca/jpki-signing-3',
    one => 'odd/by-leaf', @auth, 'issuer=card/auth',
    # A path that is longer than its first authority allows.
    one => 'odd/top',     @ca, 'dn=C=JP/O=Top', 'pathlen=1',
    one => 'odd/middle',  @ca, 'dn=C=JP/O=Middle', 'issuer=odd/top',
    one => 'odd/low',     @ca, 'dn=C=JP/O=Low', 'issuer=odd/middle',
    one => 'odd/longest', @auth, 'issuer=odd/middle',
    crl => 'crl/middle',  'issuer=odd/middle',
    one => 'odd/longer',  @auth, 'issuer=odd/low',
    crl => 'crl/low',     'issuer=odd/low',
    one => 'odd/sha1',    @auth, 'digest=sha1',
    one => 'odd/usage',   @auth, 'usage=digitalSignature,nonRepudiation',
    one => 'odd/expired', @auth, 'from=-7200', 'until=-1',
    one => 'odd/future',  @auth, 'from=+3600',
    one => 'odd/revoked', @auth, 'serial=0ABCDEF0',
    one => 'odd/twin',    @auth, 'serial=0ABCDEF0', 'issuer=ca/jpki-authentication-2',
    one => 'odd/company', 'profile=registry', 'key=company/company', 'serial=01020304',
    crl => $list, 'issuer=ca/jpki-authentication-3', 'number=2', 'revoked=0ABCDEF0:-60:1'
);
copy("$dir/made/odd/$_.crt", "$dir/made/trust/jpki-authentication/$_.pem") or die "$_: $!" for qw(top middle low);

# --- A responder ---

my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die $!;
my $url      = 'http://127.0.0.1:' . $listener->sockport;
my $openssl  = 'openssl ocsp -index index -CA ca/registry.crt -reqin question -respout answer';
my @entry    = ('R', '400101000000Z', '260101000000Z,keyCompromise', '01020304', 'unknown', '/CN=x');

# Answers as the file `index` says, by the authority in the file `responder`.
sub respond {
    my ($client) = @_;
    my $size = 0;
    while (defined(my $line = readline $client)) {
        $size = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line =~ /^\r?\n$/;
    }
    read $client, my ($question), $size;
    put("$dir/made/question", $question);
    my $signer = slurp("$dir/made/responder");
    Kiosk::run("cd $dir/made && $openssl -rsigner $signer.crt -rkey $signer.key -ndays 1 >/dev/null 2>&1");
    my $answer = slurp("$dir/made/answer");
    printf {$client} "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: %d\r\n\r\n%s", length $answer, $answer;
}

sub responder_says {
    my ($valid, $signer) = @_;
    my @said = @entry;
    @said[ 0, 2 ] = ('V', '') if $valid;
    put("$dir/made/index",     join("\t", @said) . "\n");
    put("$dir/made/responder", $signer);
}

my $responder = fork // die $!;
if (!$responder) {
    while (my $client = $listener->accept) {
        respond($client);
        close $client;
    }
    POSIX::_exit(0);
}
close $listener;
END { local $?; kill TERM => $responder if $responder }

# --- The door ---

# What a company's certificate is when the responder says nothing.
sub rules_with {
    my ($when_unknown) = @_;
    put("$dir/more.rules", encode_utf8(<<"END"));
include "${\ root()}/rules/kawasaki.rules"
replace certificate registry ja "商業登記電子証明書" {
  open to log-in, sign
  revocation by responder
  when unknown $when_unknown
  source "test"
}
END
}
rules_with('refuse');
$kiosk->configure(
    "kawasaki-signer --origins $dir/origins --p12 $dir/door.p12",
    sub { s{(KawasakiRules) .*}{$1 $dir/more.rules} and s{^(\s*)(KawasakiKiosk)}{$1KawasakiResponder $url/\n$1$2}m }
);
ok($kiosk->start, 'a server with lists and a responder starts') or diag(slurp(Kiosk::log_file()));

# What the page says to a certificate of $dir/made.
sub knock {
    my ($name) = @_;
    my @pair = map { "$dir/made/$name.$_" } qw(crt key);
    Kiosk::run('openssl', 'pkcs12', '-export', '-in', $pair[0], '-inkey', $pair[1], '-out', "$dir/door.new", '-passout', 'pass:7391');
    chmod 0644, "$dir/door.new";
    rename "$dir/door.new", "$dir/door.p12" or die $!;
    return $kiosk->browser->get($page)->set(pin => '7391')->press('check');
}

sub passes {
    my ($name, $why) = @_;
    my $at = knock($name);
    is($at->status . ($at->row('結果') // ''), '200使えます', $why) or diag($at->text);
}

# Refused, with this sentence, and a line of this code.
sub refused {
    my ($name, $code, $why) = @_;
    my $line   = qr/KW-(?:CERTIFICATE-001|ASK-002): .* refused: \Q$code\E\b/;
    my $before = $kiosk->logged($line);
    my $at     = knock($name);
    my $sentence = join '.*', map { quotemeta } split /\{\w+\}/, say("cert-$code");
    is($at->status, 422, "$why: refused");
    like($at->text, qr/$sentence/, "$why: $code");
    isnt($at->row('結果'), '使えます', "$why: and nothing else");
    is($kiosk->logged($line) - $before, 1, "$why: one line");
}

passes('card/auth', 'the right one');
passes('odd/twin', 'the serial number of a revoked one, of another issuer');
passes('odd/longest', 'a path as long as it may be');
refused('odd/revoked', 'revoked',       'a revoked one');
refused('odd/unknown', 'unknown-ca',    'the name of an authority, and another key');
refused('odd/foreign', 'unknown-ca',    'an authority for something else');
refused('odd/by-leaf', 'unknown-ca',    'an issuer that is no authority');
refused('odd/longer',  'unknown-ca',    'too long a path');
refused('odd/sha1',    'weak-key',      'SHA-1');
refused('odd/usage',   'wrong-purpose', 'another key usage');
refused('card/sign',   'wrong-purpose', 'a certificate for signing');
for my $name (qw(odd/expired odd/future)) {
    like(knock($name)->text, qr/\Q${\ say('file-cert-expired')}\E/, "$name: the helper does not even sign");
}

$kiosk->make(crl => $list, 'issuer=ca/jpki-authentication-3', 'number=3', 'from=-7200', 'until=-1');
refused('card/auth', 'list-stale', 'a list that is out of date');
unlink "$dir/made/$list.crl";
refused('card/auth', 'list-stale', 'no list');
$kiosk->make(crl => $list, 'issuer=ca/jpki-authentication-2', 'number=4');
refused('card/auth', 'list-stale', "another authority's list");
$kiosk->make(crl => $list, 'issuer=ca/jpki-authentication-3', 'number=4');
passes('card/auth', 'a new list counts at once');

responder_says(1, 'ca/registry');
passes('odd/company', 'a responder that knows nothing against it');
responder_says(0, 'ca/registry');
refused('odd/company', 'revoked', 'a responder that knows it as revoked');
responder_says(1, 'ca/jpki-signing-3');
refused('odd/company', 'unreachable', 'an answer of another responder');
kill TERM => $responder;
waitpid $responder, 0;
undef $responder;
refused('odd/company', 'unreachable', 'no responder there');

rules_with('accept');
$kiosk->graceful;
ok(await(sub { knock('odd/company')->status == 200 }), 'unless the city accepts it provisionally');
like(knock('odd/company')->text, qr/失効していないかどうかは、いま確認できていません/, 'which the page says');
ok(scalar($kiosk->logged(qr/KW-CERTIFICATE-002: certificate\.registry is accepted without knowing/)), 'and the log');

is(scalar(grep { /7391|川崎|多摩川|0ABCDEF0/i } $kiosk->said), 0, 'no PIN, name or number in the log');
done_testing;
