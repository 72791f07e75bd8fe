# SPDX-License-Identifier: Apache-2.0
#
# Residents who register, each with a card of their own that takes no time (signatures.c): what is left is the server's.
# Not for the server itself: Service.pm.
package Registration;
use strict;
use warnings;
use Exporter qw(import);
use IPC::Open2;
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
    } 1 .. $count;
    mkdir "$pki/people" or die "$pki/people: $!";
    command("test/card/certificates $pki @people");
    command("cp $pki/card/$_->[0].key $pki/people/$_->[0]$_->[1].key") for map { [ 'sign', $_ ], [ 'auth', $_ ] } 1 .. $count;
    $card = open2($tell, $ask, $program, $pki);
    return;
}

sub escape { return $_[0] =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ger }

sub hidden {
    my ($page) = @_;
    my %hidden = $page =~ /<input type="hidden" name="([\w-]+)" value="([^"]*)"/g;
    return map { "$_=" . escape($hidden{$_} =~ s/&amp;/&/gr) } sort keys %hidden;
}

# The page that asks the extension, answered.
sub answers {
    my ($page, $number) = @_;
    my @fields = grep { !/^(?:token|answer)=/ } hidden($page);
    my %of     = (token => "people/auth$number", answer => "people/sign$number");
    while ($page =~ /name="(token|answer)" value="" data-request="([^"]+)"/g) {
        print {$ask} "$of{$1} $2\n";
        push @fields, "$1=" . escape(readline($tell) =~ s/\n//r);
    }
    return join '&', @fields, 'action=signed';
}

sub go { return curl('-L ' . join ' ', map { m{^/} ? origin() . $_ : $_ } @_) }

sub post { my ($path, @fields) = @_; return go($path, "--data '" . join('&', @fields) . "'") }

my @form = (
    'kana=' . escape("\xE3\x82\xAB\xE3\x83\xAF\xE3\x82\xB5\xE3\x82\xAD"), 'phone=044-200-2111',
    (map { "$_=no" } qw(result-mail arrival-mail magazine)),
    map { escape($_->[0]) . '=' . escape($_->[1]) }
        [ prefecture => '神奈川県' ], [ municipality => '川崎市川崎区' ], [ town => '旭町1丁目' ], [ lot => '3-3' ]
);

# From the first page to the receipt, as a browser goes.
sub register {
    my ($number) = @_;
    become_visitor();
    my $page = go('/jpki/register/terms');
    $page = post('/jpki/register/terms', hidden($page), 'action=agree');
    $page = post('/jpki/register/start', hidden($page), 'action=yes');
    $page = post('/jpki/register/start', answers($page, $number));
    $page = post('/jpki/register', (grep { !/^(?:token|answer)=/ } hidden($page)), @form, 'action=next');
    $page = post('/jpki/register/confirm', hidden($page), 'action=commit');
    $page = post('/jpki/register/confirm', answers($page, $number));
    return $page =~ /<dd class="receipt">/ ? 1 : die "not registered:\n$page";
}

END {
    if ($card) { close $ask; waitpid $card, 0 }
}

1;
