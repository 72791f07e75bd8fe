# SPDX-License-Identifier: Apache-2.0
#
# The server under test, through Apache::Test: its configuration (the demo's, with other words in its places), its life,
# its files, its database. Not for what a visitor sees: Browser.pm.
package Site;
use strict;
use warnings;
use utf8;
use Apache::Test       ();
use Apache::TestConfig ();
use Apache::TestServer ();
use Encode             qw(decode_utf8);
use Exporter           qw(import);
use Time::HiRes        qw(sleep time);

our @EXPORT = qw(root port var put slurp await sql account field say mark logged children graceful stop start edit_rules
    restore_rules configtest variant run_httpd spawn as_service);

sub var  { return Apache::Test::vars(@_) }
sub root { return var('serverroot') }
sub port { return var('https_port') }

sub slurp {
    my ($file, $from) = @_;
    open my $in, '<:raw', $file or die "$file: $!";
    seek $in, $from // 0, 0;
    local $/;
    return scalar(<$in>) // '';
}

# In one step: a reader sees the old text or the new one.
sub put {
    my ($file, $text) = @_;
    open my $out, '>:raw', "$file.new" or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
    rename "$file.new", $file or die "$file: $!";
}

# True as soon as the condition is.
sub await {
    my ($condition, $seconds) = @_;
    my $end = time + ($seconds // 10);
    until ($condition->()) {
        return 0 if time > $end;
        sleep 0.05;
    }
    return 1;
}

# --- The database and the city's words ---

# Fields of a row by |, rows by line ends.
sub sql {
    my ($query) = @_;
    open my $out, '-|', 'sqlite3', '-batch', '-cmd', '.timeout 5000', root() . '/db/kawasaki.db', $query
        or die "sqlite3: $!";
    my $text = decode_utf8(join '', <$out>);
    close $out or die "sqlite3: $query";
    return $text =~ s/\n\z//r;
}

# The row of a card.
sub account { my ($number) = @_; return sql("SELECT id FROM account WHERE identifier = '$number'") }

# What is stored of it.
sub field {
    my ($number, $name) = @_;
    return sql("SELECT value FROM account_field WHERE account = ${\ account($number)} AND name = '$name'");
}

# A sentence of the rule file, as pages show it.
sub say {
    my ($name) = @_;
    my $messages = decode_utf8(slurp(root() . '/rules/messages-ja.rules'));
    my ($text) = $messages =~ /^\s*say \Q$name\E\s+ja "(.*)"/m or die "no message $name";
    return $text;
}

my $rules = '/rules/kawasaki.rules';

# Changes the rule file in use; the code gets the text in $_.
sub edit_rules {
    my ($code) = @_;
    local $_ = decode_utf8(slurp(root() . $rules));
    my $before = $_;
    $code->();
    die 'the rules are as before' if $_ eq $before;
    put(root() . $rules, Encode::encode_utf8($_));
}

sub restore_rules { put(root() . $rules, slurp(root() . "$rules.orig")) }

# --- The error log ---

sub mark { return -s root() . '/logs/error_log' }

# The lines written since the mark that match.
sub logged {
    my ($mark, $pattern) = @_;
    return grep { /$pattern/ } split /\n/, decode_utf8(slurp(root() . '/logs/error_log', $mark));
}

# --- The server's life ---

sub server { return bless Apache::Test::config()->server, 'Site::Server' }

sub children {
    my $parent = server()->pid;
    return map { /^(\d+) \(.*\) [^Z] $parent / ? $1 : () } map { eval { slurp($_) } // '' } glob '/proc/[0-9]*/stat';
}

# Returns when no child of before is left.
sub graceful {
    my %before = map { $_ => 1 } children();
    kill USR1 => server()->pid or die "graceful: $!";
    return await(sub { my @now = children(); @now && !grep { $before{$_} } @now }, 15);
}

sub stop  { return quietly(sub { server()->stop > 0 }) }
sub start { return quietly(sub { server()->start }) }

# Apache::Test talks to people on the standard output, where TAP goes.
sub quietly {
    my ($code) = @_;
    open my $keep, '>&', \*STDOUT or die $!;
    open STDOUT, '>&', \*STDERR or die $!;
    my $result = $code->();
    open STDOUT, '>&', $keep or die $!;
    return $result;
}

# --- Other configurations: tried, or started on ports of their own ---

# Writes conf/NAME.conf, the server's own configuration changed by the code in $_.
sub variant {
    my ($name, $code) = @_;
    local $_ = slurp(root() . '/conf/httpd.conf');
    for my $port (/^Listen 127\.0\.0\.1:(\d+)/mg) {
        my $other = free_port();
        s/:$port\b/:$other/g;
    }
    s{logs/(error_log|access_log|httpd\.pid|sessions|tls)}{logs/$name-$1}g;
    $code->() if $code;
    put(root() . "/conf/$name.conf", $_);
    return root() . "/conf/$name.conf";
}

sub free_port {
    require IO::Socket::INET;
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no port: $!";
    return $socket->sockport;
}

# Runs httpd until it ends, or is ended after some seconds. Returns its exit status and what it said on the terminal.
sub run_httpd {
    my ($conf, @arguments) = @_;
    my $pid = open my $out, '-|';
    die "fork: $!" unless defined $pid;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die $!;
        exec 'timeout', '20', var('httpd'), '-f', $conf, @arguments or die $!;
    }
    local $/;
    my $said = decode_utf8(scalar(<$out>) // '');
    close $out;
    return ($? >> 8, $said);
}

sub configtest {
    my ($code) = @_;
    return run_httpd(variant('configtest', $code), '-t');
}

# A command as the user that httpd serves as.
sub as_service {
    my (@command) = @_;
    return @command if $> != 0;
    return ('setpriv', '--reuid=' . var('user'), '--regid=' . var('group'), '--clear-groups', '--', @command);
}

# A program beside the test; reading from it returns what it prints, closing it ends it.
sub spawn {
    require IPC::Open2;
    my (@command) = @_;
    my $pid = IPC::Open2::open2(my $out, my $in, @command);
    $in->autoflush(1);
    return { pid => $pid, in => $in, out => $out };
}

package Site::Server;
our @ISA = 'Apache::TestServer';

# Apache::TestServer's own asks for a page without TLS and without our certificate authority.
sub wait_till_is_up {
    my ($self) = @_;
    return Site::await(
        sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => Site::port()) });
}

package Site::Config;
our @ISA = 'Apache::TestConfig';

sub new_test_server { my ($self) = @_; return Site::Server->new($self) }

# Apache::TestConfig's template listens on all addresses; the demo's file has the same marks for words to fill in.
sub generate_httpd_conf {
    my ($self) = @_;
    open my $in, '<', $self->{vars}{template} or die "$self->{vars}{template}: $!";
    my $out = $self->genfile($self->{vars}{t_conf_file});
    while (<$in>) {
        $self->replace;
        print $out $_;
    }
    # Few children, so that a test can ask each; every line that the module can write.
    print $out <<'CONF';
LogLevel notice kawasaki:trace8
<IfModule mpm_prefork_module>
    StartServers 3
    MinSpareServers 1
    MaxSpareServers 3
</IfModule>
<IfModule mpm_event_module>
    StartServers 2
    ThreadsPerChild 8
    MinSpareThreads 8
    MaxSpareThreads 16
    MaxRequestWorkers 32
</IfModule>
CONF
    close $out or die "close: $!";
}

1;
