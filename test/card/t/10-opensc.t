#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# The emulated card and an independent client, OpenSC: what it finds, reads and signs, and what the card's counters say
# afterwards. What holds here is what the helper is measured by.
use strict;
use warnings;
use Card;
use File::Temp qw(tempdir);
use Test::More;

my $dir   = tempdir(CLEANUP => 1);
my $cards = "$ENV{CARD_PKI}/card";
my %slot  = (auth => [ 0, '01', '1234' ], sign => [ 1, '02', 'ABC123' ]);

$ENV{HOME} = $dir;    # OpenSC keeps things there
open my $out, '>', "$dir/data" or die $!;
print $out "川崎市\n";
close $out or die $!;

sub tool_status { my ($reader, @command) = @_; return ($reader->run(@command))[0] }

# Reads a certificate and compares it with the one that the card was made from.
sub read_ok {
    my ($reader, $purpose, $options, $name) = @_;
    my $id = $slot{$purpose}[1];
    is(tool_status($reader, "pkcs15-tool --read-certificate $id $options | openssl x509 -outform DER | cmp - '$cards/$purpose.der'"),
        0, $name);
}

# Signs the data; the status, and the signature in $dir/signature.
sub sign {
    my ($reader, $purpose, $pin) = @_;
    my ($slot, $id, $right) = @{ $slot{$purpose} };
    unlink "$dir/signature";
    return $reader->run('pkcs11-tool', '--slot-index', $slot, '--login', '--pin', $pin // $right, '--sign', '--id', $id,
        '--mechanism', 'SHA256-RSA-PKCS', '--input-file', "$dir/data", '--output-file', "$dir/signature");
}

sub signed_ok {
    my ($reader, $purpose, $name) = @_;
    my ($status, undef, $errors) = sign($reader, $purpose);
    is($status, 0, "$name: signed") or diag($errors, $reader->log);
    is(tool_status($reader, "openssl dgst -sha256 -signature '$dir/signature' -verify '$dir/$purpose.pub' '$dir/data'"),
        0, "$name: openssl verifies it");
}

system("openssl x509 -inform DER -in '$cards/$_.der' -noout -pubkey >'$dir/$_.pub'") == 0 or die for qw(auth sign);

subtest 'what OpenSC sees' => sub {
    my $reader = start_reader();
    my ($status, $name) = $reader->run(qw(opensc-tool -n));
    is($status, 0, 'opensc-tool');
    like($name, qr/jpki/i, 'names the card');
    ($status, my $dump) = $reader->run(qw(pkcs15-tool -D));
    is($status, 0, 'pkcs15-tool');
    like($dump, qr/^Private RSA Key \[User Authentication Key\]/m, 'lists the authentication key');
    like($dump, qr/^Private RSA Key \[Digital Signature Key\]/m,   'and the signing key');
    is(join(' ', $dump =~ /Tries left +: (\d+)/g), '3 5', 'and all tries');
    is($reader->count('VERIFY'), 0, 'without spending one');
    read_ok($reader, 'auth', '', 'the certificate is the one on the card');
    isnt(tool_status($reader, qw(pkcs15-tool --read-certificate 02)), 0, 'the signing one needs its PIN');
    read_ok($reader, 'sign', '--verify-pin --auth-id 02 --pin ABC123', 'and is read with it');
};

subtest 'signatures' => sub {
    my $reader = start_reader();
    signed_ok($reader, $_, $_) for qw(auth sign);
    $reader->control('set exact-length yes');
    signed_ok($reader, 'sign', '6Cxx');
};

# 61xx behind a signature is beyond OpenSC 0.23: it asks for no Le there, and returns bytes that the card never gave.
subtest 'answers in parts' => sub {
    my $reader = start_reader();
    for my $parts (255, 100, 1) {
        $reader->control("set read-parts $parts");
        read_ok($reader, 'auth', '', "the certificate, $parts bytes a time");
    }
    cmp_ok($reader->count('RESPONSE'), '>', 500, 'GET RESPONSE was used');
    signed_ok($reader, 'auth', 'beside that');
};

subtest 'tries' => sub {
    my $reader = start_reader();
    isnt((sign($reader, 'sign', 'WRONG1'))[0], 0, 'a wrong signing PIN');
    is($reader->tries('sign'), 4, 'costs one of five');
    isnt((sign($reader, 'auth', '0000'))[0], 0, 'a wrong authentication PIN');
    is($reader->tries('auth'), 2, 'costs one of three');
    like(($reader->run(qw(pkcs15-tool -D)))[1], qr/Tries left +: 2\n.*Tries left +: 4\n/s, 'the next client reads so');
    $reader->control('remove');
    $reader->insert;
    is($reader->tries('sign'), 4, 'pulling the card out gives none back');
    signed_ok($reader, $_, "the right PIN, $_") for qw(auth sign);
    is($reader->tries('auth') . $reader->tries('sign'), '35', 'gives them back');
    isnt((sign($reader, 'sign', 'abc123'))[0], 0, 'small letters are another PIN');
};

for my $status (qw(63C0 6983 6984)) {
    subtest "blocked, as $status" => sub {
        my $reader = start_reader(settings => { 'sign-tries' => 1, 'auth-tries' => 0, blocked => $status });
        isnt((sign($reader, 'sign', 'WRONG1'))[0], 0, 'the last try');
        is($reader->tries('sign'), 0, 'none is left');
        for my $purpose (qw(auth sign)) {
            isnt((sign($reader, $purpose))[0], 0, "the right PIN, $purpose");
            ok(!-s "$dir/signature", 'gives no signature');
            is($reader->tries($purpose), 0, 'blocked is blocked');
        }
        like($reader->log, qr/^00 20 00 80, .*: $status/m, 'and said so') if $status ne '63C0';
    };
}

subtest 'what may be missing' => sub {
    my $nothing = start_reader(with => 'nothing');
    my ($status, undef, $errors) = $nothing->run(qw(opensc-tool -n));
    isnt($status, 0, 'no service');
    my $service = start_reader(with => 'service');
    ($status, undef, $errors) = $service->run(qw(opensc-tool -n));
    like($errors, qr/No smart card readers found/, 'no reader');
    my $reader = start_reader(with => 'reader');
    ($status, undef, $errors) = $reader->run(qw(opensc-tool -n));
    like($errors, qr/Card not present/, 'no card');
    $reader->insert;
    is(tool_status($reader, qw(opensc-tool -n)), 0, 'until it is put in');
    $reader->remove;
    isnt(tool_status($reader, qw(opensc-tool -n)), 0, 'and pulled out');
};

subtest 'faults' => sub {
    my $reader = start_reader();
    $reader->control('remove-at before SIGN');
    isnt((sign($reader, 'auth'))[0], 0, 'pulled out before the signature');
    is($reader->count('SIGN'), 0, 'which the card has not seen');
    $reader->insert;
    $reader->control('remove-at after VERIFY');
    isnt((sign($reader, 'auth', '0000'))[0], 0, 'pulled out after a wrong PIN');
    is($reader->tries('auth'), 2, 'which counts though its answer is lost');
    $reader->insert;
    for my $garbage (qw(short noise long)) {
        $reader->control("garbage $garbage");
        isnt(tool_status($reader, qw(pkcs15-tool -D)), 0, "garbage: $garbage");
        $reader->control('garbage off');
        $reader->control('remove');
        $reader->insert;
    }
    $reader->control('status SIGN 6F00');
    signed_ok($reader, 'auth', 'a status in the place of a signature: OpenSC asks again');
    like($reader->log, qr/^80 2A .*: 6F00/m, 'after it has seen the status');
    $reader->control('slow 10');
    signed_ok($reader, 'auth', 'slowly');
    for my $line ('fly', 'set sign-tries 6', 'set wings 2', 'remove-at once SIGN', 'count PIN', 'slow -1', 'status SIGN x') {
        ok(!eval { $reader->control($line) }, "control refuses: $line");
    }
};

subtest 'other users' => sub {
    my $reader = start_reader();
    my @as = $> == 0 ? qw(setpriv --reuid nobody --regid nogroup --clear-groups) : ();
    my ($status, $name, $errors) = $reader->run(@as, qw(opensc-tool -n));
    is($status, 0, 'the service is there for them too') or diag($errors);
};

done_testing();
