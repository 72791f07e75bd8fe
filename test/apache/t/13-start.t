# SPDX-License-Identifier: Apache-2.0
#
# What is wrong in the configuration ends a start, or a configtest, with the reason.
use strict;
use warnings;
use utf8;
use Browser;
use File::Copy qw(copy);
use Site;
use Test::More;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);

my ($status, $said) = configtest(sub { });
is($status, 0, 'the configuration is good') or diag($said);

my $root = root();
mkdir "$root/$_" or die $! for qw(bad-keys bad-pages bad-rules);
copy("$root/keys/session.key", "$root/bad-keys/session.key") or die $!;
chmod 0644, "$root/bad-keys/session.key";
mkdir "$root/short-keys" or die $!;
put("$root/short-keys/session.key", "1 c2hvcnQ\n");
chmod 0600, "$root/short-keys/session.key";
copy($_, "$root/bad-pages/") or die $! for glob "$root/htdocs/templates/*";
put("$root/bad-pages/top.mustache", slurp("$root/bad-pages/top.mustache") . '{{#never}}');
put("$root/bad-rules/city.rules", "city kawasaki {\n  nam ja \"a\"\n}\n");

mkdir "$root/$_-limiter-keys" or die $! for qw(no open);
copy("$root/keys/session.key", "$root/$_-limiter-keys/session.key") or die $! for qw(no open);
copy("$root/keys/limiter.key", "$root/open-limiter-keys/limiter.key") or die $!;
chmod 0600, glob "$root/*-limiter-keys/session.key";
chmod 0644, "$root/open-limiter-keys/limiter.key";
copy("$root/rules/kawasaki.rules", "$root/rules/second.rules") or die $!;

system('cp', '-a', "$root/keys", "$root/other-keys") == 0 or die 'cp';

# The server's host once more, on another port and with another setting.
sub second_host {
    my ($directive, $value) = @_;
    my ($host) = /^(<VirtualHost [^>]*>\n\s*SSLEngine on.*?^<\/VirtualHost>\n)/ms or die 'no host';
    my ($port) = $host =~ /:(\d+)>/;
    my $other = Site::free_port();
    $host =~ s/:$port\b/:$other/g;
    $host =~ s/^    $directive .*\n//m;
    return "Listen 127.0.0.1:$other\n" . $host =~ s{^</Virtual}{    $directive $value\n</Virtual}mr;
}

my @refused = (
    [ 'no KawasakiTemplates', sub { s/^\s*KawasakiTemplates.*\n//m }, qr/KawasakiTemplates is missing/ ],
    [ 'no KawasakiQueries',   sub { s/^\s*KawasakiQueries.*\n//m },   qr/KawasakiQueries is missing/ ],
    [ 'no KawasakiKeys',      sub { s/^\s*KawasakiKeys.*\n//m },      qr/KawasakiKeys is missing/ ],
    [ 'no KawasakiOrigin',    sub { s/^\s*KawasakiOrigin.*\n//m },    qr/KawasakiOrigin is missing/ ],
    [   'two missing', sub { s/^\s*Kawasaki(?:Origin|Keys).*\n//mg },
        qr/KawasakiKeys is missing.*KawasakiOrigin is missing/s ],
    [ 'no rule file there',     sub { s{(KawasakiRules) .*}{$1 rules/nothing.rules} },  qr{rules/nothing\.rules} ],
    [ 'a mistake in the rules', sub { s{(KawasakiRules) .*}{$1 bad-rules/city.rules} }, qr{bad-rules/city\.rules:2:3: error: .*nam} ],
    [ 'no pages there',         sub { s{(KawasakiTemplates) .*}{$1 nothing} },          qr{/nothing} ],
    [ 'a mistake in a page',    sub { s{(KawasakiTemplates) .*}{$1 bad-pages} },        qr{top\.mustache:\d+.*never} ],
    [ 'no queries there',       sub { s{(KawasakiQueries) .*}{$1 nothing} },            qr{/nothing/queries\.sql} ],
    [ 'no keys there',          sub { s{(KawasakiKeys) .*}{$1 nothing} },               qr{/nothing/session\.key: .*can't be read} ],
    [ 'a key that all can read', sub { s{(KawasakiKeys) .*}{$1 bad-keys} },             qr/readable by its owner alone/ ],
    [ 'a short key',            sub { s{(KawasakiKeys) .*}{$1 short-keys} },            qr/32 bytes/ ],
    [ 'no key of the limiter',  sub { s{(KawasakiKeys) .*}{$1 no-limiter-keys} },       qr{no-limiter-keys/limiter\.key: .*can't be read} ],
    [ 'one that all can read',  sub { s{(KawasakiKeys) .*}{$1 open-limiter-keys} },     qr{open-limiter-keys/limiter\.key: .*readable by its owner alone} ],
    [ 'no mod_dbd',             sub { s/^(?:LoadModule dbd_|DBD).*\n//mg },             qr/mod_dbd is not loaded/ ],
    [ 'no cache at all', sub { s/^(?:LoadModule socache_shmcb_|SSLSessionCache|KawasakiSessionCache).*\n//mg },
        qr/provider 'shmcb' is unknown/ ],
    [ 'one city twice',         sub { $_ .= second_host(KawasakiRules => 'rules/second.rules') }, qr/this city by another rule file/ ],
    [ 'with two databases',     sub { $_ .= second_host(DBDParams => '"file:/other.db?mode=rw"') }, qr/from another database \(DBDParams\)/ ],
    [ 'with two sets of keys',  sub { $_ .= second_host(KawasakiKeys => 'other-keys') }, qr/with other keys \(KawasakiKeys\)/ ],
    [ 'no database',            sub { s/^DBDParams.*\n//m },                             qr/DBDriver or DBDParams is missing/ ],
    [ 'an origin without TLS',  sub { s{(KawasakiOrigin) .*}{$1 http://127.0.0.1} },    qr/is no origin/ ],
    [ 'an origin with a path',  sub { s{(KawasakiOrigin) .*}{$1 https://a/b} },         qr/is no origin/ ],
    [ 'too small a limit',      sub { s{(KawasakiBodyLimit) .*}{$1 12} },               qr/KawasakiBodyLimit: '12'/ ],
    [ 'too large a limit',      sub { s{(KawasakiBodyLimit) .*}{$1 99999999} },         qr/KawasakiBodyLimit: '99999999'/ ],
    [ 'a limit of letters',     sub { s{(KawasakiBodyLimit) .*}{$1 64k} },              qr/KawasakiBodyLimit: '64k'/ ],
    [ 'an unknown cache',       sub { s{(KawasakiSessionCache) .*}{$1 nothing:x} },     qr/provider 'nothing' is unknown/ ],
    [ 'a cache for one host',   sub { s{(    KawasakiRules)}{    KawasakiSessionCache shmcb\n$1} }, qr/KawasakiSessionCache/ ],
    [ 'an unknown directive',   sub { s{KawasakiBodyLimit}{KawasakiBodyLimits} },       qr/KawasakiBodyLimits/ ],
);
for (@refused) {
    my ($what, $code, $reason) = @$_;
    ($status, $said) = configtest($code);
    isnt($status, 0, "$what: refused");
    like($said, $reason, "$what: the reason");
}
($status, $said) = configtest($refused[0][1]);
like($said, qr{conf/configtest\.conf:\d+: }, 'with file and line');

($status, $said) = configtest(sub { $_ .= second_host(KawasakiBodyLimit => 65536) });
is($status, 0, 'two hosts may serve one city from one database') or diag($said);

# What ends no running server: it is asked for a restart with each of them, and goes on.
my $own = root() . '/conf/httpd.conf';
my $kept = slurp($own);
for my $case (@refused) {
    my ($what, $code) = @$case;
    next if $what !~ /limiter|one that|no mod_dbd|no cache|one city/;
    local $_ = $kept;
    $code->();
    put($own, $_);
    ($status, $said) = run_httpd($own, '-k', 'graceful');
    put($own, $kept);
    isnt($status, 0, "$what: no graceful restart");
    is(Browser->new->get('/login')->status, 200, "$what: the server goes on");
}

# --- A database of an older schema ends a start, and names the command ---

sub start_with_database {
    my ($make) = @_;
    my $folder = "$root/other-db";
    mkdir $folder or die $!;
    my ($uid, $gid) = (getpwnam var('user'))[ 2, 3 ];
    $make->("$folder/kawasaki.db");
    chown $uid, $gid, $folder, glob "$folder/*" if $> == 0;
    chmod 0700, $folder;
    unlink glob "$root/logs/other-*";
    my ($ended) = run_httpd(variant('other', sub { s{\Q$root\E/db/}{$folder/} }), '-DFOREGROUND');
    my $log = slurp("$root/logs/other-error_log");
    unlink glob "$folder/*";
    rmdir $folder;
    return ($ended, $log);
}

my ($ended, $log) = start_with_database(sub {
    system('sqlite3', "$root/db/kawasaki.db", ".backup $_[0]") == 0 && system('sqlite3', $_[0], 'UPDATE schema_version SET version = 0') == 0
        or die 'sqlite3';
});
isnt($ended, 124, 'an old schema: the server ends by itself');
like($log, qr/KW-START-004: .*schema version 0, this program needs \d+: .*kawasaki db migrate/, 'and names the command');
($ended, $log) = start_with_database(sub { open my $file, '>', $_[0] or die $! });
isnt($ended, 124, 'an empty database: the server ends by itself');
like($log, qr/KW-START-004: .*kawasaki db migrate/, 'and names the command');
# A database that is away may come back: the server waits for it, and answers 503.
($ended, $log) = start_with_database(sub { });
is($ended, 124, 'no database at all: the server stays');
like($log, qr/KW-START-003: .*kawasaki db migrate/, 'and names the command');
done_testing;
