# SPDX-License-Identifier: Apache-2.0
#
# A virtual host that asks for client certificates, beside the city's: a TLS session that began at the one, without a
# certificate, opens nothing at the other (CVE-2025-23048).
use strict;
use warnings;
use FindBin;
use Kiosk;
use Test::More;

my $kiosk = Kiosk->new;
my $made  = $kiosk->dir . '/made';
my $place = $kiosk->dir . '/cards';
mkdir $place, 0755 or die $!;
open my $page, '>', "$place/index.html" or die $!;
print $page "for holders of cards\n";
close $page;

$kiosk->configure(
    "kawasaki-signer --origins ${\ $kiosk->dir}/origins",
    sub {
        my ($city) = /(<VirtualHost 127\.0\.0\.1:\d+>\s+SSLEngine on.*?<\/VirtualHost>)/s or die 'no host of the city';
        my ($head) = $city =~ /\A(.*?)\n\s*KawasakiRules/s;
        $_ .= <<~END;
            $head
                ServerName cards.test
                SSLVerifyClient require
                SSLCACertificateFile "$made/trust/jpki-authentication/3.pem"
                DocumentRoot "$place"
                <Directory "$place">
                    Require all granted
                </Directory>
            </VirtualHost>
            END
    }
);
ok($kiosk->start, 'two hosts at one address');
my ($address) = $kiosk->{origin} =~ m{//(.*)};

# What comes of a GET, and in its first line whether openssl calls the session new.
sub ask {
    my ($name, $host, @options) = @_;
    my $path = $host eq 'cards.test' ? '/index.html' : '/';
    my $command = join ' ', 'openssl s_client -connect', $address, '-servername', $name, '-ign_eof', @options;
    my $said = qx{printf 'GET $path HTTP/1.1\\r\\nHost: $host\\r\\nConnection: close\\r\\n\\r\\n' | timeout 10 $command 2>&1};
    my ($session) = $said =~ /^(New|Reused), /m;
    my ($answer)  = $said =~ m{(HTTP/1\.1 .*|alert .*)}s;
    return join "\n", $session // 'none', $answer // '';
}
my @card = ("-cert $made/card/auth.crt", "-key $made/card/auth.key");

for my $version ('-tls1_3', '-tls1_2') {
    my $session = $kiosk->dir . "/session$version";
    like(ask('cards.test', 'cards.test', $version, @card), qr/for holders of cards/, "$version: a card opens its host");
    unlike(ask('cards.test', 'cards.test', $version), qr/for holders of cards/, "$version: who has none stays outside");
    like(ask('localhost', 'localhost', $version, "-sess_out $session"), qr{HTTP/1.1 200}, "$version: the city is open");
    ok(-s $session, "$version: and gives a session");
    like(ask('localhost', 'localhost', $version, "-sess_in $session"), qr/^Reused/, "$version: that goes on there");
    my $carried = ask('cards.test', 'cards.test', $version, "-sess_in $session");
    unlike($carried, qr/for holders of cards/, "$version: but opens nothing at the other host") or diag($carried);
    my $misled = ask('localhost', 'cards.test', $version);
    unlike($misled, qr/for holders of cards/, "$version: nor does the city's host under the other's name");
}
$kiosk->stop;
done_testing;
