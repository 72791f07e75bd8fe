# SPDX-License-Identifier: Apache-2.0
#
# Who has a card or a company's file, at two places: the city's kiosk, whose server asks the card itself, and at home,
# where a browser's extension does. A browser (Browser.pm) that walks by the pages' forms, the same steps for both.
#
#   my $place = open_place(make => [...])   a Kiosk with a card in its reader and a company's file; words for more
#                                           certificates (Kiosk's make). $place->{reader}: a Card
#   start_place($place)                     once more, after $place->stop
#   load_card($place, $sign, $auth)         another card into the reader, by names below made/
#   new_rules($place, sub { ... })          the code changes the rule file; comes back when that is in force
#   Resident->new($place)                   at the kiosk, 127.0.0.1;  Resident->at_home($place): from 127.0.0.2
#   Steps end where the server sends them: at a page, or at a 303 that is not followed. KIND is jpki or corporate.
#   tool('evidence verify X')               the command line, with this database: its status, in a list also its words
#   fields_of($account), manifest_of($receipt), counts()   what is stored
package Resident;
use strict;
use warnings;
use utf8;
use parent 'Browser';
use Encode   qw(decode_utf8 encode_utf8);
use Exporter qw(import);
use FindBin;
use lib "$FindBin::Bin/../../card/lib";
use Card;
use Digest::SHA qw(sha256_base64);
use File::Copy  qw(copy);
use JSON::PP   qw(decode_json);
use Kiosk;
use MIME::Base64 qw(decode_base64url);
use Site qw(await put root slurp sql);
use Time::HiRes qw(sleep);

our @EXPORT = qw(open_place load_card new_rules fields_of manifest_of counts tool);

use constant { PIN => '1234', SIGNING_PIN => 'ABC123', PASSWORD => 'kawasaki-p12' };

# What must be typed, and an address as the certificate has it.
my %ANSWERS = (
    'result-mail' => 'no', 'arrival-mail' => 'no', magazine => 'no', phone => '０４４－２００－２１１１',
    prefecture => '神奈川県', municipality => '川崎市川崎区',
);
my %OWN = (
    jpki      => { kana => 'カワサキタロウ', town => '旭町1丁目', lot => '3-3' },
    corporate => {
        kana => 'タマガワ', 'representative-kana' => 'カワサキタロウ', town => '宮本町', lot => '1'
    },
);

# --- The place ---

sub open_place {
    my (%with) = @_;
    my $kiosk  = Kiosk->new;
    my $dir    = $kiosk->dir;
    $kiosk->make(@{ $with{make} }) if $with{make};
    $kiosk->{reader} = start_reader(files => "$dir/made/card");
    $kiosk->{p12}    = "$dir/company.p12";
    copy("$dir/made/company/company.p12", $kiosk->{p12}) or die $!;
    chmod 0644, $kiosk->{p12};
    $kiosk->configure("kawasaki-signer --origins $dir/origins --p12 $kiosk->{p12}",
        sub { s/KawasakiHelperDeadline 2/KawasakiHelperDeadline 15/ });
    start_place($kiosk) or die slurp(Kiosk::log_file());
    return $kiosk;
}

sub start_place {
    my ($kiosk) = @_;
    local %ENV = (%ENV, $kiosk->{reader}->environment);
    return $kiosk->start && $kiosk->helper;
}

# Another card into the reader: its files by their names below made/, e.g. ('card/sign', 'other/auth').
sub load_card {
    my ($kiosk, $sign, $auth) = @_;
    my $made = $kiosk->dir . '/made';
    my $card = $kiosk->{reader}->directory . '/card-' . ++$kiosk->{cards};
    mkdir $card, 0700 or die "$card: $!";
    my %source = (sign => $sign, auth => $auth // 'card/auth');
    for my $name (qw(sign auth)) {
        copy("$made/$source{$name}.$_", "$card/$name.$_") or die "$source{$name}.$_: $!" for qw(key der);
        copy("$made/card/$name-ca.der", "$card/$name-ca.der") or die $!;
    }
    $kiosk->{reader}->control("load $card");
    $kiosk->{reader}->insert;
}

# Under these rules from now on; children that are at work take them over within half a second.
sub new_rules {
    my ($kiosk, $code) = @_;
    my $lines = $kiosk->logged('KW-PUBLISH-004');
    $code->();
    my $done = await(sub { $kiosk->logged('KW-PUBLISH-004') > $lines });
    sleep 0.6;
    return $done;
}

sub tool {
    my ($words) = @_;
    my @command = (Site::as_service(root() . '/bin/kawasaki'), split(/ /, $words),
        '--database', root() . '/db/kawasaki.db', '--sql', root() . '/sql');
    my $line = join ' ', map { "'$_'" } @command;
    my $said = decode_utf8(qx{$line 2>&1});
    return wantarray ? ($? >> 8, $said) : $? >> 8;
}

# --- Who ---

sub new {
    my ($class, $place, %with) = @_;
    my $self = $class->SUPER::new(%with);
    @$self{qw(origin place home)} = ($place->{origin}, $place, $with{home});
    $self->{agent}->local_address($with{from} // ($with{home} ? '127.0.0.2' : '127.0.0.1'));
    return $self;
}

sub at_home { my ($class, $place, %with) = @_; return $class->new($place, home => 1, %with) }

# The same browser's other tab.
sub tab {
    my ($self) = @_;
    return ref($self)->new($self->{place}, jar => $self->{agent}->cookie_jar, home => $self->{home});
}

# --- The card's work ---

# Presses a button behind which a card is needed: at the kiosk with the secrets typed into the page, at home by the
# extension's page. %secrets: other ones; what the page doesn't ask for isn't typed.
sub by_card {
    my ($self, $action, %secrets) = @_;
    return $self->type_secrets(%secrets)->press($action) if !$self->{home};
    $self->press($action);
    return $self->asked ? $self->set($self->answers(%secrets))->press('signed') : $self;
}

sub type_secrets {
    my ($self, %secrets) = @_;
    my ($file) = $self->form->{action} =~ m{^/(?:login/)?corporate};
    my %typed = (
        pin           => $file ? PASSWORD : PIN,
        'signing-pin' => $file ? PASSWORD : SIGNING_PIN,
        %secrets
    );
    my %there = map { $_->{name} => 1 } @{ ($self->{form} //= $self->form)->{fields} };
    return $self->set(map { $_ => $typed{$_} } grep { $there{$_} } keys %typed);
}

# The requests of the page that works, by the names of their fields.
sub asked {
    my ($self) = @_;
    my $form = $self->form or return;
    return grep { defined $_->{request} } @{ $form->{fields} };
}

# What the extension would put into them: the helper's JSON. %with: pin, signing-pin, p12.
sub answers {
    my ($self, %with) = @_;
    return map { ($_->{name}, $self->helper_says($_->{request}, %with)) } $self->asked;
}

sub payload { my ($jws) = @_; return decode_json(decode_base64url((split /\./, $jws)[1])) }

# As `kawasaki-signer stdio` would, with the PIN in the place of the window that asks for it.
sub helper_says {
    my ($self, $jws, %with) = @_;
    my $asked = payload($jws);
    my $dir   = $self->{place}->dir;
    my $p12   = $with{p12} // $self->{place}{p12};
    my $pin =
          $asked->{source} eq 'file'    ? $with{password} // PASSWORD
        : $asked->{operation} eq 'sign' ? $with{'signing-pin'} // SIGNING_PIN
        :                                 $with{pin} // PIN;
    put("$dir/request", $jws);
    put("$dir/pin",     "$pin\n");
    local %ENV = (%ENV, $self->{place}{reader}->environment);
    return scalar qx{'$dir/kawasaki-signer' $asked->{operation} --json --request '$dir/request' --origins '$dir/origins' \\
        --state '$dir/state' --p12 '$p12' --pin-fd 9 9<'$dir/pin' 2>'$dir/said'};
}

# --- The steps ---

sub agree {
    my ($self, $kind) = @_;
    return $self->get("/$kind/register/terms")->press('agree');
}

# Up to the form, or to the page that says why not.
sub apply {
    my ($self, $kind, %secrets) = @_;
    $self->agree($kind)->follow->by_card('yes', %secrets);
    return $self->status == 303 ? $self->follow : $self;
}

sub fill {
    my ($self, $kind, %values) = @_;
    return $self->set(%ANSWERS, %{ $OWN{$kind} }, %values);
}

# Up to the confirm page.
sub to_confirm {
    my ($self, $kind, %values) = @_;
    $self->apply($kind)->fill($kind, %values)->press('next');
    die 'not accepted: ' . $self->text if $self->status != 303;
    return $self->follow;
}

# To the completion page; the receipt.
sub register {
    my ($self, $kind, %values) = @_;
    $self->to_confirm($kind, %values)->by_card('commit');
    die 'not registered: ' . $self->status . $self->text if $self->status != 303;
    return $self->follow->receipt;
}

sub enter {
    my ($self, $kind, %secrets) = @_;
    $self->get("/login/$kind?purpose=$kind-edit")->by_card('yes', %secrets);
    return $self->status == 303 ? $self->follow : $self;
}

sub receipt { my ($self) = @_; return $self->html =~ m{<dd class="receipt">([^<]+)} ? $1 : undef }

# --- What is stored ---

# The account that has the session of this cookie, of the browser's own if not given; empty: there is no such session.
sub row_of {
    my ($self, $cookie) = @_;
    my $hash = sha256_base64(decode_base64url($cookie // $self->cookie('session') // '')) =~ tr{+/}{-_}r;
    return sql("SELECT account FROM session WHERE hash = '$hash'");
}

sub fields_of {
    my ($account) = @_;
    my @rows = split /\n/, sql("SELECT name || char(9) || value FROM account_field WHERE account = $account");
    return { map { split /\t/, $_, 2 } @rows };
}

# A manifest's head and lines: ({ NAME => VALUE }, [NAME, LABEL, VALUE]...).
sub manifest_of {
    my ($receipt) = @_;
    my ($head, $body) = split /\n\n/, sql("SELECT manifest FROM evidence WHERE receipt = '$receipt'"), 2;
    my %head = map { split /\t/, $_, 2 } (split /\n/, $head)[ 1 .. 7 ];
    return (\%head, map { [ split /\t/, $_, 3 ] } split /\n/, $body);
}

# All that a step may write, in one word: it is the same, or something was written.
sub counts {
    my @tables = (
        'account', 'account_field', 'binding', 'receipt', 'evidence', 'application',
        '(SELECT id, account, act FROM audit)', '(SELECT account, form, fields, receipt FROM draft)'
    );
    return sha256_base64(encode_utf8(sql(join ';', map { "SELECT * FROM $_ ORDER BY 1, 2" } @tables)));
}

1;
