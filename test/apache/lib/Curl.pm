# SPDX-License-Identifier: Apache-2.0
#
# LWP::UserAgent over HTTP/2: the request is sent by curl, everything else (cookies, for one) stays LWP's.
package Curl;
use strict;
use warnings;
use parent 'LWP::UserAgent';
use File::Temp ();
use HTTP::Response;
use Site ();

# Of curl and for curl: its arguments for this request, its body in a file that lives as long as the second value.
sub arguments {
    my ($request) = @_;
    my $body = File::Temp->new;
    print $body $request->content;
    close $body;
    my @arguments = ('--http2', '--cacert', Site::root() . '/tls/ca.crt', '-sS', '--max-time', 20, '-X', $request->method);
    $request->remove_header(qw(Connection TE Content-Length));
    $request->headers->scan(sub { push @arguments, '-H', "$_[0]: $_[1]" });
    push @arguments, '--data-binary', "\@$body" if $request->method eq 'POST';
    return ([@arguments], $body);
}

sub send_request {
    my ($self, $request) = @_;
    my ($arguments, $body) = arguments($request);
    open my $out, '-|', 'curl', @$arguments, '-i', $request->uri or die "curl: $!";
    binmode $out;
    local $/;
    my $text = <$out>;
    close $out or die "curl: $?";
    my $response = HTTP::Response->parse($text);
    $response->request($request);
    $self->run_handlers('response_done', $response);
    return $response;
}

1;
