# SPDX-License-Identifier: Apache-2.0
#
# DER (X.690) by hand: values from their parts, and a value's parts. What they mean is for who writes them.
package Der;
use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);

our @EXPORT = qw(%OID der seq explicit utf8_string octets bits boolean oid integer moment parts head);

# Names for `oid`, which else takes dotted numbers.
our %OID = (
    C                => '2.5.4.6',
    O                => '2.5.4.10',
    OU               => '2.5.4.11',
    CN               => '2.5.4.3',
    key_id           => '2.5.29.14',
    usage            => '2.5.29.15',
    names            => '2.5.29.17',
    constraints      => '2.5.29.19',
    crl_number       => '2.5.29.20',
    reason           => '2.5.29.21',
    points           => '2.5.29.31',
    policy           => '2.5.29.32',
    authority_key_id => '2.5.29.35',
    extended         => '2.5.29.37',
    access           => '1.3.6.1.5.5.7.1.1',
    ocsp             => '1.3.6.1.5.5.7.48.1',
    clientAuth       => '1.3.6.1.5.5.7.3.2',
    OCSPSigning      => '1.3.6.1.5.5.7.3.9',
);

sub der {
    my ($tag, @parts) = @_;
    my $body   = join '', @parts;
    my $length = pack('N', length $body) =~ s/^\0+//r;
    $length = length $body < 128 ? chr length $body : chr(0x80 | length $length) . $length;
    return chr($tag) . $length . $body;
}

sub seq { return der(0x30, @_) }
sub explicit { my ($n, @parts) = @_; return der(0xA0 | $n, @parts) }
sub utf8_string { return der(0x0C, @_) }
sub octets { return der(0x04, @_) }
sub bits { return der(0x03, "\0", @_) }
sub boolean { return der(0x01, "\xFF") }

sub oid {
    my ($first, $second, @rest) = split /\./, $OID{ $_[0] } // $_[0];
    return der(0x06, pack 'w*', 40 * $first + $second, @rest);
}

# From hexadecimal digits; positive, in as few bytes as can be.
sub integer {
    my $digits = $_[0] =~ s/^0+(?=.)//r;
    my $bytes  = pack 'H*', length($digits) % 2 ? "0$digits" : $digits;
    return der(0x02, $bytes =~ /^[\x80-\xFF]/ ? "\0$bytes" : $bytes);
}

# YYYYMMDDHHMMSSZ, or seconds from now.
sub moment {
    my ($text) = @_;
    $text = strftime('%Y%m%d%H%M%SZ', gmtime(time + $text)) if $text =~ /^[+-]\d+$/;
    return $text ge '2050' ? der(0x18, $text) : der(0x17, substr $text, 2);
}

# What stands in a DER value, each part whole.
sub parts {
    my ($der) = @_;
    my @parts;
    for (my ($at) = head($der); $at < length $der;) {
        my ($head, $size) = head(substr $der, $at);
        push @parts, substr $der, $at, $head + $size;
        $at += $head + $size;
    }
    return @parts;
}

# Sizes of tag and length together, and of the content.
sub head {
    my ($der)  = @_;
    my $length = ord substr $der, 1, 1;
    return (2, $length) if $length < 128;
    my $more = $length & 0x7F;
    return (2 + $more, hex unpack 'H*', substr $der, 2, $more);
}

1;
