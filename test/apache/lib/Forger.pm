# SPDX-License-Identifier: Apache-2.0
#
# Answers that the card helper would never give: tokens and signatures made by OpenSSL with any key of a Kiosk's made/.
# As the JSON that a browser's extension hands over. A request is the page's JWS.
#
#   forged_cms($place, $jws, $name, digest => 'sha256', from => TEXT, to => TEXT)   of the form, or of a changed one
#   forged_token($place, $jws, $name)          a log-in
#   as_answer($cms), cms_of($json)             DER into an answer, and out of one
#   sentence($message)                         a pattern for a sentence of the rule file, whatever stands for {values}
package Forger;
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256);
use Encode      qw(encode_utf8);
use Exporter    qw(import);
use JSON::PP    qw(decode_json encode_json);
use Kiosk;
use MIME::Base64 qw(decode_base64url encode_base64 encode_base64url);
use Resident ();
use Site qw(put say slurp);

our @EXPORT = qw(forged_cms forged_token as_answer cms_of sentence);

sub as_answer { my ($cms) = @_; return encode_json({ id => 'any', cms => encode_base64url($cms) }) }
sub cms_of    { my ($json) = @_; return decode_base64url(decode_json($json)->{cms}) }

sub sentence {
    my ($message) = @_;
    my $pattern = join '.*', map { quotemeta } split /\{\w+\}/, say($message);
    return qr/$pattern/;
}

sub forged_cms {
    my ($place, $jws, $name, %with) = @_;
    my $made = $place->dir . '/made';
    my $form = Resident::payload($jws)->{manifest};
    $form =~ s/$with{from}/$with{to}/ or die 'nothing changed' if defined $with{from};
    put("$made/form", encode_utf8($form));
    Kiosk::run('openssl', 'cms', '-sign', '-binary', '-cades', '-md', $with{digest} // 'sha256', '-in', "$made/form",
        '-signer', "$made/$name.crt", '-inkey', "$made/$name.key", '-outform', 'DER', '-out', "$made/cms");
    return as_answer(slurp("$made/cms"));
}

# Web eID: the hashes of origin and challenge, one behind the other.
sub forged_token {
    my ($place, $jws, $name) = @_;
    my $made  = $place->dir . '/made';
    my $asked = Resident::payload($jws);
    put("$made/text", sha256($asked->{origin}) . sha256($asked->{nonce}));
    Kiosk::run('openssl', 'dgst', '-sha256', '-sign', "$made/$name.key", '-out', "$made/signature", "$made/text");
    my %token = (
        format                => 'web-eid:1.0',
        algorithm             => 'RS256',
        unverifiedCertificate => encode_base64(slurp("$made/$name.der"),  ''),
        signature             => encode_base64(slurp("$made/signature"), ''),
        appVersion            => 'https://example.jp/forger/1'
    );
    return encode_json({ id => 'any', token => encode_json(\%token) });
}

1;
