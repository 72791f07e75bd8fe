# SPDX-License-Identifier: Apache-2.0
#
# The server that is attacked: the demo city in a directory of its own, with meddle.so in its processes. Its life, its
# database, its accounts. It bears the name of test/apache's, so that the Browser from there asks this one. Not for
# what attackers do: Attack.pm.
package Site;
use strict;
use warnings;
use Exporter qw(import);
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

our @EXPORT = qw(prepare end root port slurp put await sql parent children gone graceful stop start restart tries full_extent
    known unknown secret hashes fuse place disk_full judgements edit_rules);

my $dir = $ENV{LIMITS_DIR} // die 'test/limits/run sets LIMITS_DIR';
my $run = "$dir/run";

sub root        { return $run }
sub full_extent { return $ENV{EXTENT} eq 'full' }

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    local $/;
    return scalar(<$in>) // '';
}

# In one step, and readable by the server.
sub put {
    my ($file, $text) = @_;
    open my $out, '>', "$file.new" or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
    chmod 0644, "$file.new" and rename "$file.new", $file or die "$file: $!";
}

sub port { return slurp("$dir/port") }

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

# --- Made once, by run ---

# Below the ports that the kernel gives to clients; by process id, so that runs at the same time look in other places.
sub free_ports {
    my ($count) = @_;
    my @ports;
    for (my $port = 10000 + $$ * 7 % 20000; @ports < $count; $port++) {
        push @ports, $port if IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:$port");
    }
    return @ports;
}

# Thousands of card holders, all with the first one's password: hashing them one by one would take minutes.
my $ACCOUNTS = 4000;
my $clone    = <<"END";
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $ACCOUNTS)
INSERT INTO account (id, city, kind, identifier, password, version, created_at, changed_at)
SELECT i, city, kind, 87000000 + i, password, 1, created_at, changed_at FROM n, account WHERE identifier = '86000001';
INSERT INTO account_field (account, name, value)
SELECT c.id, f.name, f.value FROM account c, account_field f, account a
 WHERE c.id <= $ACCOUNTS AND f.account = a.id AND a.identifier = '86000001';
END

sub prepare {
    my ($https, $http) = free_ports(2);
    put("$dir/port", $https);
    my $settings = "RUN=$run HTTPS_PORT=$https HTTP_PORT=$http";
    print qx($settings demo/server start 2>&1);
    die "demo/server: $?" if $?;
    qx($settings demo/server stop 2>&1);
    die "demo/server: $?" if $?;
    sql($clone);
    edit_rules(sub { s/count +address .*/count  address  10000 in 1 hour  lock 1 hour/ });    # all come from here
    start();
}

sub end {
    stop() if parent();
}

# --- The database and the rules ---

# Fields of a row by |, rows by line ends.
sub sql {
    my ($query) = @_;
    open my $out, '-|', 'sqlite3', '-batch', '-cmd', '.timeout 5000', "$run/db/kawasaki.db", $query
        or die "sqlite3: $!";
    my $text = join '', <$out>;
    close $out or die "sqlite3: $query";
    return $text =~ s/\n\z//r;
}

# Changes the rule file; the code gets the text in $_. A running server takes it over within two seconds.
sub edit_rules {
    my ($code) = @_;
    local $_ = slurp("$run/rules/kawasaki.rules");
    my $before = $_;
    $code->();
    die 'the rules are as before' if $_ eq $before;
    put("$run/rules/kawasaki.rules", $_);
}

# L: how many wrong tries at an account the rules allow.
sub tries {
    slurp("$run/rules/kawasaki.rules") =~ /^\s*count +account +(\d+) since own success/m or die 'no such limit';
    return $1;
}

# --- Accounts: each test takes its own, never used before ---

sub next_number {
    my ($kind) = @_;
    my $used = (-e "$dir/$kind" ? slurp("$dir/$kind") : 0) + 1;
    die "no $kind account is left" if $used > $ACCOUNTS;
    put("$dir/$kind", $used);
    return $used;
}

sub known   { return 87000000 + next_number('known') }
sub unknown { return 88000000 + next_number('unknown') }
sub secret  { return 'Tamagawa01' }

# What the audit log has of an account: "login login-refused lock", in their order.
sub judgements {
    my ($number) = @_;
    return join ' ', split /\n/, sql("SELECT act FROM audit WHERE account = $number - 87000000 ORDER BY at, rowid");
}

# --- The page shared with meddle.so: see there ---

sub page {
    my ($at, $value) = @_;
    open my $file, '+<:raw', "$dir/meddle" or die "$dir/meddle: $!";
    sysseek $file, $at, 0;
    return syswrite $file, pack 'q', $value if defined $value;
    sysread $file, my $bytes, 64;
    return $bytes;
}

sub hashes    { return unpack 'q', page(0) }
sub fuse      { my ($steps) = @_; return defined $steps ? page(8, $steps) : unpack 'q', page(8) }
sub disk_full { my ($write) = @_; return defined $write ? page(16, $write) : unpack 'q', page(16) }
sub place     { return unpack('Z*', page(24)) =~ s/\s+/ /gr }

# --- The server's life ---

sub httpd_binary { slurp('build/config.mk') =~ /^HTTPD = (.*)/m or die 'no HTTPD'; return $1 }

# 0 when the pid file's process is not, or no longer, ours.
sub parent {
    my ($pid) = -e "$run/logs/httpd.pid" ? slurp("$run/logs/httpd.pid") =~ /(\d+)/ : ();
    my $command = $pid && eval { slurp("/proc/$pid/cmdline") } // '';
    return index($command, "$run/httpd.conf") < 0 ? 0 : $pid;
}

sub children {
    my $parent = parent() or return;
    return map { /^(\d+) \(.*\) [^Z] $parent / ? $1 : () } map { eval { slurp($_) } // '' } glob '/proc/[0-9]*/stat';
}

sub serving { return children() && IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => port()) }

# More of the environment: another clock, for one.
sub start {
    my (%environment) = @_;
    my $preload = join ' ', grep { defined } delete $environment{LD_PRELOAD}, "$dir/meddle.so";
    local %ENV = (%ENV, %environment, LD_PRELOAD => $preload, MEDDLE => "$dir/meddle");
    system(httpd_binary(), '-f', "$run/httpd.conf", '-k', 'start') == 0 or die 'httpd does not start';
    await(\&serving) or die 'httpd does not serve';
}

# Waits for the end of processes; who only waits to be buried has ended.
sub gone {
    my @pids = @_;
    return await(sub { !grep { (eval { slurp("/proc/$_/stat") } // ') Z ') !~ /\) Z / } @pids }, 20);
}

sub stop {
    my $parent = parent() or die 'no httpd runs';
    my @all    = ($parent, children());
    kill TERM => $parent or die "stop: $!";
    gone(@all) or die 'httpd does not end';
}

sub restart { stop(); start(@_) }

# Returns when no child of before is left.
sub graceful {
    my @before = children();
    my $parent = parent() or die 'no httpd runs';
    kill USR1 => $parent;
    return gone(@before);
}

1;
