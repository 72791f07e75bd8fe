#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The card helper beside OpenSC on the same emulated card: the same signature bytes, the same counters; and what it makes
# is verified by programs that share no code with it.
use strict;
use warnings;
use utf8;
use Card;
use Digest::SHA qw(sha256);
use JSON::PP qw(decode_json);
use MIME::Base64 qw(decode_base64 decode_base64url);
use Signer;
use Test::More;

my $signer = Signer->new;
my $dir    = $signer->directory;
my $origin = $signer->origin;
my %pin    = (auth => '1234', sign => 'ABC123');
my %slot   = (auth => [ 0, '01' ], sign => [ 1, '02' ]);
my @fields = ([ 'name', '氏名', '川崎　太郎' ], [ 'address', '住所', '神奈川県川崎市川崎区旭町1丁目3番3号' ]);

$ENV{HOME} = $dir;    # OpenSC keeps things there
binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

sub put {
    my ($name, $bytes) = @_;
    open my $out, '>:raw', "$dir/$name" or die $!;
    print $out $bytes;
    close $out or die $!;
}

sub slurp { my ($name) = @_; open my $in, '<:raw', "$dir/$name" or return ''; local $/; return <$in> }

sub verifies { my (@command) = @_; return system("@command >$dir/verified 2>&1") == 0 }

# By Node's own crypto: the token in $dir/token.
sub node_verifies { my ($nonce) = @_; return verifies('node', 'test/card/verify-token.mjs', $origin, "'$nonce'", "<$dir/token") }

# By openssl: the signature and the form in these files of $dir, under an authority of CARD_PKI.
sub openssl_verifies {
    my ($cms, $form, $authority) = @_;
    return verifies(qw(openssl cms -verify -cades -binary -inform DER -purpose any), '-in', "$dir/$cms", '-content', "$dir/$form",
        '-CAfile', "$ENV{CARD_PKI}/trust/$authority.pem");
}

# OpenSC's signature over these bytes; empty without one.
sub opensc_sign {
    my ($reader, $purpose, $bytes, $pin) = @_;
    my ($slot, $id) = @{ $slot{$purpose} };
    put(data => $bytes);
    unlink "$dir/signature";
    $reader->run('pkcs11-tool', '--slot-index', $slot, '--login', '--pin', $pin // $pin{$purpose}, '--sign', '--id', $id,
        '--mechanism', 'SHA256-RSA-PKCS', '--input-file', "$dir/data", '--output-file', "$dir/signature");
    return slurp('signature');
}

# Ours: the status, and the last word on it.
sub ours {
    my ($reader, $purpose, $pin) = @_;
    my $request = $purpose eq 'auth' ? $signer->request('auth') : ($signer->sign_request(@fields))[0];
    return $signer->run($purpose, reader => $reader, pin => $pin // $pin{$purpose}, request => $request);
}

subtest 'what is there' => sub {
    my $reader = start_reader();
    my ($status, $out) = $signer->run('info', reader => $reader);
    is($status, 0, 'all of it');
    utf8::decode($out);
    like($out, qr/カードリーダー: Test Reader 00 00/, 'the reader');
    like($out, qr/カード: マイナンバーカード/, 'the card');
    like($out, qr/署名用電子証明書: あります。暗証番号はあと5回/,    'the tries of the signing PIN');
    like($out, qr/利用者証明用電子証明書: あります。暗証番号はあと3回/, 'and of the other');
    ($status, $out) = $signer->run('info', reader => $reader, options => ['--json']);
    my $info = decode_json($out)->{info};
    is("$info->{code} $info->{card} $info->{signing_tries} $info->{authentication_tries}", 'OK my-number-card 5 3', 'as JSON');
    is($reader->count('VERIFY'), 0, 'no try was spent');
};

subtest 'a log-in' => sub {
    my $reader = start_reader();
    my $nonce  = nonce();
    my ($status, $out, $err) =
        $signer->run('auth', reader => $reader, pin => $pin{auth}, request => $signer->request('auth', nonce => $nonce));
    is($status, 0, 'a token') or diag($err);
    my $token = decode_json($out);
    put(token => $out);
    ok(node_verifies($nonce), "Node's own crypto verifies it") or diag(slurp('verified'));
    ok(!node_verifies(nonce()), 'for this nonce alone');
    is($reader->count('SIGN'), 1, 'with one signature of the card');
    my $signature = decode_base64($token->{signature});
    ok(opensc_sign($reader, 'auth', sha256($origin) . sha256($nonce)) eq $signature, 'OpenSC makes the same bytes');
    is($token->{algorithm}, 'RS256', 'the algorithm is named');
};

subtest 'a form' => sub {
    my $reader = start_reader();
    my ($request, $manifest) = $signer->sign_request(@fields);
    my ($status, $out, $err) = $signer->run('sign', reader => $reader, pin => 'abc123', request => $request);
    utf8::decode($err);
    is($status, 0, 'signed; small letters will do') or diag($err);
    like($err, qr/氏名: 川崎　太郎 \[name\]\n住所: 神奈川県/, 'and shown before');
    is($reader->count('SIGN') . $reader->count('VERIFY'), '11', 'with one signature and one PIN entry');
    put(cms => $out);
    put(form => $manifest);
    ok(openssl_verifies(qw(cms form jpki-signing/3)), 'openssl accepts it') or diag(slurp('verified'));
    substr(my $other = $manifest, -3, 1) ^= "\1";
    put(other => $other);
    ok(!openssl_verifies(qw(cms other jpki-signing/3)), 'one byte of the form changed');
    substr(my $spoilt = $out, -3, 1) ^= "\1";
    put(spoilt => $spoilt);
    ok(!openssl_verifies(qw(spoilt form jpki-signing/3)), 'one byte of the signature changed');
    my ($attributes) = signed_attributes($out);
    my $signature = substr $out, -256;
    ok(opensc_sign($reader, 'sign', $attributes) eq $signature, 'OpenSC makes the same bytes');
};

# The [0] of the one SignerInfo as the SET OF that is signed (RFC 5652 section 5.4), found by its content-type attribute.
sub signed_attributes {
    my ($der) = @_;
    while ($der =~ /\xA0(?=(?:[\0-\x7F]|\x81.|\x82..)\x30.\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09)/gs) {
        my $at    = $-[0];
        my $first = ord substr $der, $at + 1, 1;
        my ($head, $size)
            = $first < 128   ? (2, $first)
            : $first == 0x81 ? (3, unpack 'C', substr $der, $at + 2, 1)
            :                  (4, unpack 'n', substr $der, $at + 2, 2);
        return "\x31" . substr $der, $at + 1, $head - 1 + $size;
    }
    return '';
}

subtest 'answers in parts' => sub {
    my $reader = start_reader(settings => { 'read-parts' => 100, 'sign-parts' => 100 });
    my ($request, $manifest) = $signer->sign_request(@fields);
    my ($status, $out, $err) = $signer->run('sign', reader => $reader, pin => $pin{sign}, request => $request);
    is($status, 0, 'a form') or diag($err);
    put(cms  => $out);
    put(form => $manifest);
    ok(openssl_verifies(qw(cms form jpki-signing/3)), 'openssl accepts it') or diag(slurp('verified'));
    cmp_ok($reader->count('RESPONSE'), '>', 10, 'GET RESPONSE was used');
    is($reader->count('SIGN'), 1, 'one signature all the same');
};

subtest 'the resident-registry card' => sub {
    my $reader = start_reader(settings => { label => 'JPKIAPICCTOKEN', 'sign-pin' => 'AB12' });
    my (undef, $out) = $signer->run('info', reader => $reader);
    utf8::decode($out);
    like($out, qr/カード: 住民基本台帳カード/, 'is named');
    is((ours($reader, 'sign', 'ab12'))[0], 0, 'and signs with a PIN of four characters');
};

subtest 'tries, for both clients alike' => sub {
    my $reader = start_reader();
    is((ours($reader, 'sign', 'WRONG1'))[0], exit_of('PIN_WRONG'), 'a wrong signing PIN to us');
    is($reader->tries('sign'), 4, '5 to 4');
    opensc_sign($reader, 'sign', 'x', 'WRONG1');
    is($reader->tries('sign'), 3, 'and to OpenSC');
    my (undef, undef, $err) = ours($reader, 'auth', '0000');
    utf8::decode($err);
    like($err, qr/あと2回/, 'we say what is left');
    is($reader->tries('auth'), 2, '3 to 2');
    is((ours($reader, 'auth'))[0], 0, 'the right one');
    is($reader->tries('auth'), 3, 'gives them back');
    opensc_sign($reader, 'auth', 'x', '0000');
    is($reader->tries('auth'), 2, '3 to 2 for OpenSC');
    is((ours($reader, 'auth', '12345'))[0], exit_of('PIN_FORM'), 'five digits are no PIN');
    is((ours($reader, 'sign', 'ABC12'))[0], exit_of('PIN_FORM'), 'nor are five letters');
    is($reader->tries('auth') . $reader->tries('sign'), '23', 'and no try is spent on them');
};

subtest 'the last try' => sub {
    my $reader = start_reader(settings => { 'auth-tries' => 1 });
    is((ours($reader, 'auth'))[0], exit_of('PIN_LOW'), 'nobody said yes');
    is($reader->count('VERIFY'), 0, 'so it was not spent');
    my %with = (reader => $reader, pin => $pin{auth}, options => ['--last-try']);
    my ($status) = $signer->run('auth', %with, request => $signer->request('auth'));
    is($status, 0, 'after an explicit yes');
    is($reader->tries('auth'), 3, 'all tries are back');
};

for my $style (qw(63C0 6983 6984)) {
    subtest "blocked, as $style" => sub {
        my $reader = start_reader(settings => { 'sign-tries' => 1, blocked => $style });
        my %with = (reader => $reader, pin => 'WRONG1', options => ['--last-try']);
        my ($status) = $signer->run('sign', %with, request => ($signer->sign_request(@fields))[0]);
        is($status, exit_of('PIN_BLOCKED'), 'by our last try');
        is((ours($reader, 'sign'))[0], exit_of('PIN_BLOCKED'), 'blocked for us');
        is(opensc_sign($reader, 'sign', 'x'), '', 'and for OpenSC');
        my (undef, $out) = $signer->run('info', reader => $reader);
        utf8::decode($out);
        like($out, qr/ロックされています/, 'which info says');
    };
}

subtest 'other keys, from files' => sub {
    my %file = (pin => 'kawasaki-p12');
    my @tokens = ([ 'person/auth-es256', 'ES256' ], [ 'person/auth-es384', 'ES384' ], [ 'card/auth', 'RS256' ], [ 'company/company', 'RS256' ]);
    for (@tokens) {
        my ($file, $algorithm) = @$_;
        my $nonce   = nonce();
        my $request = $signer->request('auth', nonce => $nonce, source => 'file');
        my ($status, $out, $err) = $signer->run('auth', %file, request => $request, options => [ '--p12', "$ENV{CARD_PKI}/$file.p12" ]);
        is($status, 0, $file) or diag($err);
        put(token => $out);
        ok(node_verifies($nonce), 'Node verifies it') or diag(slurp('verified'));
        like(slurp('verified'), qr/$algorithm/, $algorithm);
    }
    my %forms = (
        'person/es256'        => 'jpki-signing/3',
        'person/es384'        => 'jpki-signing/3',
        'company/company'     => 'registry/1',
        'company/company-old' => 'registry/1'
    );
    for my $file (sort keys %forms) {
        my ($request, $manifest) = $signer->sign_request({ source => 'file' }, @fields);
        my ($status, $out, $err) = $signer->run('sign', %file, request => $request, options => [ '--p12', "$ENV{CARD_PKI}/$file.p12" ]);
        is($status, 0, "a form with $file") or diag($err);
        put(cms  => $out);
        put(form => $manifest);
        ok(openssl_verifies('cms', 'form', $forms{$file}), 'openssl accepts it') or diag(slurp('verified'));
    }
};

done_testing();
