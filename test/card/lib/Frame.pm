# SPDX-License-Identifier: Apache-2.0
#
# Frames as the helper reads and writes them (docs/wire.md): a length of 4 bytes in the machine's order, then the bytes.
#
#   write_frame($handle, $bytes)           read_frame($handle, $seconds): bytes, undef at the end or when time is over
#   ask($handle, \%message, $pin)          sends a message as JSON, the PIN (if defined) behind it; the answer, decoded
package Frame;
use strict;
use warnings;
use Exporter qw(import);
use JSON::PP;
use Time::HiRes qw(time);

our @EXPORT = qw(write_frame read_frame ask);

sub write_frame { my ($handle, $bytes) = @_; return syswrite $handle, pack('L', length $bytes) . $bytes }

sub read_bytes {
    my ($handle, $size, $end) = @_;
    my $bytes = '';
    while (length $bytes < $size) {
        my $ready = '';
        vec($ready, fileno $handle, 1) = 1;
        my $left = $end - time;
        return undef unless $left > 0 && select $ready, undef, undef, $left;
        sysread $handle, $bytes, $size - length $bytes, length $bytes or return undef;
    }
    return $bytes;
}

sub read_frame {
    my ($handle, $seconds) = @_;
    my $end  = time + ($seconds // 20);
    my $head = read_bytes($handle, 4, $end) // return undef;
    return read_bytes($handle, unpack('L', $head), $end);
}

sub ask {
    my ($handle, $message, $pin) = @_;
    write_frame($handle, encode_json({ %$message, defined $pin ? (pin => JSON::PP::true) : () }));
    write_frame($handle, $pin) if defined $pin;
    my $answer = read_frame($handle) // return undef;
    return decode_json($answer);
}

1;
