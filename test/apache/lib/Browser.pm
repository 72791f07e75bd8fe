# SPDX-License-Identifier: Apache-2.0
#
# A resident's browser: cookies, pages, the form on a page and its buttons. It sends what a browser would send of a form
# and follows a redirect only when told to.
package Browser;
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use HTML::Entities qw(decode_entities);
use HTML::TokeParser;
use HTTP::Cookies;
use LWP::UserAgent;
use Site ();

sub new {
    my ($class, %with) = @_;
    my $agent = ($with{agent} // 'LWP::UserAgent')->new(
        max_redirect => 0,
        timeout      => 20,
        cookie_jar   => $with{jar} // HTTP::Cookies->new,
        ssl_opts     => { SSL_ca_file => Site::root() . '/tls/ca.crt', verify_hostname => 1 },
    );
    return bless { agent => $agent, origin => 'https://127.0.0.1:' . Site::port() }, $class;
}

# Logged in, at the edit page.
sub resident {
    my ($class, $number, $password, %with) = @_;
    my $self = $class->new(%with)->login($number, $password);
    die 'log-in refused: ' . $self->status unless $self->status == 303;
    return $self->follow;
}

# The same person's second tab.
sub tab {
    my ($self) = @_;
    return Browser->new(jar => $self->{agent}->cookie_jar, agent => ref $self->{agent});
}

# --- Asking ---

sub get {
    my ($self, $path, @headers) = @_;
    return $self->take($self->{agent}->get("$self->{origin}$path", Connection => 'close', @headers));
}

# Fields as a list of names and values, or the body as it shall go out.
sub post {
    my ($self, $path, $fields, @headers) = @_;
    my $body = ref $fields ? urlencoded(@$fields) : $fields;
    my %headers = (Connection => 'close', 'Content-Type' => 'application/x-www-form-urlencoded', @headers);
    return $self->take($self->{agent}->post("$self->{origin}$path", %headers, Content => $body));
}

sub urlencoded {
    my @fields = map { encode_utf8($_ // '') =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger } @_;
    my @pairs;
    push @pairs, join '=', splice @fields, 0, 2 while @fields;
    return join '&', @pairs;
}

sub take {
    my ($self, $answer) = @_;
    $self->{answer} = $answer;
    delete $self->{form};
    return $self;
}

sub follow {
    my ($self) = @_;
    my $location = $self->header('Location') // die 'nowhere to go: ' . $self->status;
    $location =~ s/^\Q$self->{origin}\E// or die "away from the site: $location";
    return $self->get($location);
}

sub login {
    my ($self, $number, $password, $purpose) = @_;
    $self->get('/login');
    return $self->set(number => $number, password => $password, purpose => $purpose // 'card-edit')->press;
}

# --- The form: the last one of the page that is sent by POST; log-out has its own above it ---

sub form {
    my ($self, $action) = @_;
    my ($form) = grep { !defined $action || $_->{action} eq $action } reverse forms($self->html);
    return $form;
}

sub forms {
    my ($html) = @_;
    my $parser = HTML::TokeParser->new(\$html);
    my (@forms, $form, $select);
    while (my $tag = $parser->get_tag(qw(form input select option))) {
        my ($name, $with) = @$tag;
        if ($name eq 'form') {
            $form = { action => $with->{action}, fields => [] };
            push @forms, $form if $with->{method} eq 'post';
        } elsif ($name eq 'select') {
            push @{ $form->{fields} }, $select = { name => $with->{name}, type => 'select', value => '' };
        } elsif ($name eq 'option') {
            $select->{value} = $with->{value} if exists $with->{selected};
        } elsif (defined $with->{name}) {
            my $box = $with->{type} eq 'checkbox';
            push @{ $form->{fields} }, {
                name    => $with->{name},
                type    => $with->{type},
                request => $with->{'data-request'},
                value   => $box && !exists $with->{checked} ? undef : $with->{value} // '',
            };
        }
    }
    return @forms;
}

# Types into the form; undef takes a tick away.
sub set {
    my ($self, %values) = @_;
    my $form = $self->{form} //= $self->form;
    for my $name (keys %values) {
        my ($field) = grep { $_->{name} eq $name } @{ $form->{fields} } or die "no field $name";
        $field->{value} = $values{$name};
    }
    return $self;
}

sub value {
    my ($self, $name) = @_;
    my ($field) = grep { $_->{name} eq $name } @{ ($self->{form} // $self->form)->{fields} };
    return $field && $field->{value};
}

# The fields as they would be sent.
sub fields {
    my ($self) = @_;
    return map { defined $_->{value} ? ($_->{name}, $_->{value}) : () } @{ ($self->{form} // $self->form)->{fields} };
}

sub press {
    my ($self, $action) = @_;
    my $form = $self->{form} // $self->form // die 'no form: ' . $self->status;
    return $self->post($form->{action}, [ $self->fields, defined $action ? (action => $action) : () ]);
}

# --- Reading ---

sub status { my ($self) = @_; return $self->{answer}->code }
sub header { my ($self, $name) = @_; return scalar $self->{answer}->header($name) }
sub html   { my ($self) = @_; return decode_utf8($self->{answer}->content) }

sub place {
    my ($self) = @_;
    return ($self->header('Location') // '') =~ s/^\Q$self->{origin}\E//r;
}

sub title { my ($self) = @_; return decode_entities($self->html =~ m{<title>(.*?)</title>}s ? $1 : '') }

sub text {
    my ($self) = @_;
    my ($main) = $self->html =~ m{<body>(.*)</body>}s;
    return decode_entities(($main // '') =~ s/<[^>]*>/ /gr) =~ s/[ \n]+/ /gr;
}

# What stands beside a label on a page to read.
sub row {
    my ($self, $label) = @_;
    my ($value) = $self->html =~ m{<dt>\Q$label\E</dt>\s*<dd[^>]*>(.*?)</dd>}s or return;
    return decode_entities($value =~ s/<[^>]*>//gr) =~ s/^[ \n]+|[ \n]+$//gr =~ s/[ \n]+/ /gr;
}

# Where the summary's links lead.
sub errors {
    my ($self) = @_;
    my ($summary) = $self->html =~ m{id="error-summary".*?<ul>(.*?)</ul>}s or return;
    return $summary =~ /href="#([^"]+)"/g;
}

sub banner {
    my ($self) = @_;
    return decode_entities($self->html =~ m{<p class="banner[^"]*"[^>]*>(.*?)</p>}s ? $1 : '');
}

sub cookie {
    my ($self, $name) = @_;
    my $text;
    $self->{agent}->cookie_jar->scan(sub { $text = $_[2] if $_[1] eq "__Host-kawasaki-$name" });
    return $text;
}

sub set_cookie {
    my ($self, $name, $text) = @_;
    $self->{agent}->cookie_jar->set_cookie(0, "__Host-kawasaki-$name", $text, '/', '127.0.0.1', undef, 1, 1, 600, 0);
    return $self;
}

1;
