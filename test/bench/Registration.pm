# SPDX-License-Identifier: Apache-2.0
#
# Residents who register, each with a card of their own that takes no time (signatures.c): what is left is the server's.
# Not for the server itself: Service.pm.
package Registration;
use strict;
use warnings;
use Exporter qw(import);
use IPC::Open2;
use LWP::UserAgent;
use Service;

our @EXPORT = qw(make_residents register);

my ($card, $ask, $tell);

# Certificates of so many people, with one pair of keys for all; the program answers for them.
sub make_residents {
    my ($program, $pki, $count) = @_;
    my @people = map {
        my $serial = sprintf '%x', 0x1000 + $_;
        "one people/sign$_ profile=jpki-signing key=card/sign serial=$serial "
            . "one people/auth$_ profile=jpki-authentication key=card/auth serial=$serial"
    } 0 .. $count - 1;
    mkdir "$pki/people" or die "$pki/people: $!";
    command("test/card/certificates $pki @people");
    command("cp $pki/card/$_->[0].key $pki/people/$_->[0]$_->[1].key") for map { [ 'sign', $_ ], [ 'auth', $_ ] } 0 .. $count - 1;
    $card = open2($tell, $ask, $program, $pki);
    return;
}

my $browser;

sub hidden {
    my ($page) = @_;
    my %hidden = $page =~ /<input type="hidden" name="([\w-]+)" value="([^"]*)"/g;
    s/&amp;/&/g for values %hidden;
    return %hidden;
}

# The page that asks the extension, answered.
sub answers {
    my ($page, $number) = @_;
    my %fields = (hidden($page), action => 'signed');
    my %of     = (token => "people/auth$number", answer => "people/sign$number");
    while ($page =~ /name="(token|answer)" value="" data-request="([^"]+)"/g) {
        my ($name, $request) = ($1, $2);
        print {$ask} "$of{$name} $request\n";
        chomp($fields{$name} = readline $tell);
    }
    return %fields;
}

sub get { return page_of($browser->get(origin() . shift)) }
sub post { my ($path, %fields) = @_; return page_of($browser->post(origin() . $path, \%fields)) }

sub page_of {
    my ($answer) = @_;
    die $answer->status_line . "\n" . $answer->content if !$answer->is_success;
    return $answer->content;
}

my %form = (
    'kana'         => 'カワサキ',
    'phone'        => '044-200-2111',
    'result-mail'  => 'no',
    'arrival-mail' => 'no',
    'magazine'     => 'no',
    'prefecture'   => '神奈川県',
    'municipality' => '川崎市川崎区',
    'town'         => '旭町1丁目',
    'lot'          => '3-3'
);

# From the first page to the receipt, as a browser goes: on one connection.
sub register {
    my ($number) = @_;
    $browser = LWP::UserAgent->new(
        keep_alive            => 1,
        cookie_jar            => {},
        ssl_opts              => { SSL_ca_file => run_directory() . '/tls/ca.crt' },
        requests_redirectable => [ 'GET', 'POST' ]
    );
    my $page = get('/jpki/register/terms');
    $page = post('/jpki/register/terms', hidden($page), action => 'agree');
    $page = post('/jpki/register/start', hidden($page), action => 'yes');
    $page = post('/jpki/register/start', answers($page, $number));
    $page = post('/jpki/register', hidden($page), %form, action => 'next');
    $page = post('/jpki/register/confirm', hidden($page), action => 'commit');
    $page = post('/jpki/register/confirm', answers($page, $number));
    return $page =~ /<dd class="receipt">/ ? 1 : die "not registered:\n$page";
}

END {
    if ($card) { close $ask; waitpid $card, 0 }
}

1;
