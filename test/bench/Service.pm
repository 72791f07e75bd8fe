# SPDX-License-Identifier: Apache-2.0
#
# What is measured: a demo city on free loopback ports in a directory of its own, the same httpd without the module
# beside it, and a resident who is logged in. Gone without a trace when the program ends. Not for measuring: run.
package Service;
use strict;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use POSIX qw(sysconf _SC_CLK_TCK);
use Time::HiRes qw(sleep);

our @EXPORT = qw(run_directory setting origin plain_origin slurp put command start believe plain_server curl log_in become_visitor
    token_cookie login_body form_body children server_time private_bytes);

umask 077;
my ($dir, $owner) = (tempdir('/var/tmp/kawasaki-bench.XXXXXXXX', CLEANUP => 1), $$);
my ($https, $http, $plain) = free_ports(3);
my $run = "$dir/run";
chmod 0711, $dir or die "chmod: $!";    # the service user must get to its run directory

# All held until all are known, so that no two are the same.
sub free_ports {
    my @held = map { IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die "no free port: $!" } 1 .. shift;
    return map { $_->sockport } @held;
}

sub run_directory { return $run }
sub origin        { return "https://127.0.0.1:$https" }
sub plain_origin  { return "https://127.0.0.1:$plain" }

# --- Files and programs ---

sub slurp {
    my ($file) = @_;
    open my $in, '<', $file or return '';
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

sub command {
    my $out = qx(@_);
    die "failed: @_\n$out" if $?;
    return $out;
}

# What configure found out.
sub setting {
    my ($name) = @_;
    my ($value) = slurp('build/config.mk') =~ /^\Q$name\E = (.*)/m or die "no $name: run ./configure and make first\n";
    return $value;
}

# --- The servers ---

sub start { return command("RUN=$run HTTPS_PORT=$https HTTP_PORT=$http demo/server start 2>&1") }

# Starts anew, and believes the authorities in this directory. Nobody is at its kiosk.
sub believe {
    my ($pki) = @_;
    command("RUN=$run demo/server stop 2>&1");
    command("rm -rf $run/authorities $run/lists && cp -R $pki/trust $run/authorities && cp -R $pki/crl $run/lists");
    command("chmod -R a+rX $run/authorities $run/lists && chmod a+rx $run/logs");
    command("KIOSK=1 RUN=$run HTTPS_PORT=$https HTTP_PORT=$http demo/server start 2>&1");
    put("$run/httpd.conf", slurp("$run/httpd.conf") =~ s/^(\s*KawasakiKiosk) .*/$1 192.0.2.1/mr);
    command(setting('HTTPD') . " -DKIOSK -f $run/httpd.conf -k graceful 2>&1");
    sleep 2;
}

# The same httpd without the module: plain_server('start') and ('stop').
sub plain_server {
    my ($word) = @_;
    my $text = slurp("$run/httpd.conf");
    $text =~ s/^.*(?:kawasaki_module|\bKawasaki\w+ ).*\n//mg;
    $text =~ s/SetHandler kawasaki/SetHandler none/;
    $text =~ s/^Listen 127.0.0.1:$http\n//m;
    $text =~ s/\b$https\b/$plain/g;
    $text =~ s{logs/(httpd\.pid|error_log|access_log|tls)}{logs/plain-$1}g;
    put("$run/plain.conf", $text);
    return command(setting('HTTPD') . " -f $run/plain.conf -k $word 2>&1");
}

END {
    if ($owner == $$) {
        local $?;
        qx(RUN=$run demo/server stop 2>&1) if -e "$run/logs/httpd.pid";
        plain_server('stop') if -e "$run/logs/plain-httpd.pid";
        for (1 .. 100) { last if !-e "$run/logs/plain-httpd.pid"; sleep 0.1 }
    }
}
$SIG{INT} = $SIG{TERM} = sub { exit 1 };

# The first process and its children.
sub processes {
    my ($pid_file) = @_;
    my ($pid) = slurp("$run/logs/$pid_file") =~ /(\d+)/ or die "no server: $pid_file";
    return ($pid, split ' ', slurp("/proc/$pid/task/$pid/children"));
}

sub children {
    my (undef, @children) = processes('httpd.pid');
    return @children;
}

# Seconds of processor time that the server used, children that have ended included.
sub server_time {
    my ($parent, @children) = processes('httpd.pid');
    my $ticks = 0;
    for my $pid ($parent, @children) {
        my @stat = split ' ', slurp("/proc/$pid/stat") =~ s/^.*\) //sr;
        $ticks += $_ for @stat[ 11, 12 ], $pid == $parent ? @stat[ 13, 14 ] : ();
    }
    return $ticks / sysconf(_SC_CLK_TCK);
}

# MiB that each child has for itself.
sub private_bytes {
    my ($pid_file) = @_;
    my (undef, @children) = processes($pid_file);
    my @sizes;
    for my $pid (@children) {
        my $kilobytes = 0;
        $kilobytes += $_ for slurp("/proc/$pid/smaps_rollup") =~ /^Private_\w+:\s+(\d+) kB/mg;
        push @sizes, $kilobytes / 1024;
    }
    return @sizes;
}

# --- A resident ---

sub curl { return command("curl -sS --http1.1 --cacert $run/tls/ca.crt -b $dir/jar -c $dir/jar @_") }

sub hidden {
    my ($page) = @_;
    my %hidden = $page =~ /<input type="hidden" name="(\w+)" value="([^"]*)"/g;
    return map { "$_=$hidden{$_}" } sort keys %hidden;
}

sub login_body {
    my ($number, $password) = @_;
    return join '&', hidden(curl(origin() . '/login?purpose=card-edit')), "number=$number", "password=$password";
}

# Not logged in, without logging out: the session goes on.
sub become_visitor { unlink "$dir/jar" }

# Of the form's token: what somebody has who is not logged in.
sub token_cookie {
    my ($name, $value) = slurp("$dir/jar") =~ /(__Host-\S+)\t(\S+)/ or die 'no cookie';
    return "$name=$value";
}

# Returns the session's cookie.
sub log_in {
    my $fields = login_body('86000001', 'Tamagawa01');
    my $answer = curl(origin() . "/login/card --data '$fields'");
    my ($name, $value) = slurp("$dir/jar") =~ /(__Host-\S+-session)\t(\S+)/ or die "log-in failed:\n$answer";
    return "$name=$value";
}

# A form's page filled in with the lines name=value of the file, and its first button pressed.
sub form_body {
    my ($page, $file) = @_;
    my @typed = map { s/([^A-Za-z0-9_.=-])/sprintf '%%%02X', ord $1/ger } split /\n/, slurp($file);
    return join '&', @typed, 'action=next', hidden($page);
}

1;
