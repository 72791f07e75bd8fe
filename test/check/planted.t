#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
#
# Each check of this folder passes on a small good tree and fails when its case is planted there: only then does its
# silence mean anything. What the test runner counts is shown by runner.t.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use FindBin;
use Test::More;

my $tree    = tempdir(CLEANUP => 1);
my $licence = "/* SPDX-License-Identifier: Apache-2.0 */\n";

sub put {
    my ($file, $text) = @_;
    make_path(dirname("$tree/$file"));
    open my $out, '>', "$tree/$file" or die "$file: $!";
    print $out $text;
    close $out or die "$file: $!";
}

sub get {
    my ($file) = @_;
    open my $in, '<', "$tree/$file" or return;
    local $/;
    return <$in>;
}

my $config = <<'END';
static const char *set_cache(cmd_parms *command, void *unused, const char *value)
{
    return ap_check_cmd_context(command, GLOBAL_ONLY);
}
static const command_rec config_directives[] = {
    AP_INIT_TAKE1("KawasakiRules", set_rules, NULL, RSRC_CONF, "file"),
    AP_INIT_TAKE1("KawasakiCache", set_cache, NULL, RSRC_CONF, "provider"),
};
void *config_create(pool *p)
{
    config->rules = NULL;
}
void *config_merge(pool *p)
{
    MERGE(rules);
}
END
my %good = (
    'Makefile'                        => "# SPDX-License-Identifier: Apache-2.0\nWARNINGS := -Wall -Wextra -Wconversion\n",
    'build/config.mk'                 => "SYSTEM_CPPFLAGS = -DHERE\n",
    '.clang-format'                   => "BasedOnStyle: LLVM\nBreakBeforeBraces: Linux\n",
    'mod_kawasaki/base/span.h'        => "${licence}extern int span;\n",
    'mod_kawasaki/text/text.c'        => "$licence#include \"base/span.h\"\nint text = HERE;\nconst char *tag = \"KW-TEXT-001\";\n",
    'mod_kawasaki/account/password.h' => "${licence}int password_matches(void);\n",
    'mod_kawasaki/account/password.c' => "$licence#include <crypt.h>\n",
    'mod_kawasaki/limit/limit.h'      => "${licence}int limit_reserve(void);\n",
    'mod_kawasaki/limit/limit.c'      => "$licence#include \"limit/limit.h\"\nint limit_reserve(void) { return 1; }\n",
    'mod_kawasaki/flow/door.c'        => "$licence#include \"account/password.h\"\n#include \"limit/limit.h\"\n"
        . "int knock(void);\nint knock(void) { return limit_reserve() && password_matches(); }\n",
    'mod_kawasaki/httpd/directives.c' => "$licence#if 0\n${config}#endif\n",
    'docs/directives.md'              => "# Directives\n\n## KawasakiRules\n\n## KawasakiCache\n",
    'test/unit/test_text.c'           => $licence,
    'test/apache/t/login.t'           => "# SPDX-License-Identifier: Apache-2.0\n",
    'test/apache/run'                 => "# SPDX-License-Identifier: Apache-2.0\nprove t/*.t\n",
    'test/suites'                     => "unit 1 9 for test/unit/test_*.c: build/{}\napache 1 9 test/apache/run\n",
    'error_log'                       => "[x] [core:notice] AH1: up\n[x] [kawasaki:warn] K7: locked\n",
    'expected'                        => "# the lock\n! K7: locked\n",
);
put($_, $good{$_}) for keys %good;

sub passes {
    my ($check) = @_;
    my @arguments = $check eq 'errorlog' ? ("$tree/error_log", "$tree/expected") : ($tree);
    return system("'$FindBin::Bin/$check' @arguments >'$tree/output' 2>&1") == 0;
}

sub replaced {
    my ($file, $old, $new) = @_;
    return $file => $good{$file} =~ s/\Q$old\E/$new/r;
}

# The check, which of its tests must fail, what is planted, the file with its text.
my @plants = (
    [ layers => 1, 'an include upwards', 'mod_kawasaki/base/up.c', "$licence#include \"text/text.h\"\n" ],
    [ layers => 1, 'a tool that sees httpd/', 'mod_kawasaki/tool/main.c', "$licence#include \"httpd/config.h\"\n" ],
    [ layers => 1, 'a card helper that sees rules', 'mod_kawasaki/signer/main.c', "$licence#include \"rules/rules.h\"\n" ],
    [ layers => 1, 'an include without its room', 'mod_kawasaki/base/up.c', "$licence#include \"span.h\"\n" ],
    [ layers => 2, 'httpd below httpd/', 'mod_kawasaki/flow/flow.c', "$licence#include <http_config.h>\n" ],
    [ layers => 1, 'an unknown room', 'mod_kawasaki/attic/old.c', $licence ],
    [ directives => 1, 'no default', replaced('mod_kawasaki/httpd/directives.c', 'config->rules = NULL', '') ],
    [ directives => 2, 'no merge', replaced('mod_kawasaki/httpd/directives.c', 'MERGE(rules);', '') ],
    [ directives => 3, 'no heading', replaced('docs/directives.md', '## KawasakiRules', '') ],
    [ directives => 4, 'a heading too many', 'docs/directives.md', "## KawasakiRules\n## KawasakiCache\n## KawasakiOld\n" ],
    [ registered => 1, 'a unit test that no suite runs', 'test/unit/text_spec.c', $licence ],
    [ registered => 1, 'a server test that its runner skips', replaced('test/apache/run', 't/*.t', 't/first.t') ],
    [ registered => 1, 'a browser test that no suite runs', 'test/browser/flow.mjs', "// SPDX\n" ],
    [ registered => 1, 'a check that no suite runs', 'test/check/forgotten', "# SPDX\n" ],
    [ registered => 2, 'a pattern without a file', replaced('test/suites', 'test_*', 'check_*') ],
    [ registered => 3, 'a script that is gone', replaced('test/suites', 'apache/run', 'apache/go') ],
    [ size => 1, 'a long file', 'mod_kawasaki/base/long.c', $licence . "\n" x 600 ],
    [ size => 2, 'a long function', 'mod_kawasaki/base/long.c', "${licence}int f(void)\n{\n" . "    f();\n" x 81 . "}\n" ],
    [ size => 3, 'no licence', 'mod_kawasaki/base/free.h', "extern int free;\n" ],
    [ warnings => 1, 'what gcc warns of', 'mod_kawasaki/base/bad.c', "${licence}char f(int i)\n{\n  return i;\n}\n" ],
    [ warnings => 2, 'what clang warns of', 'mod_kawasaki/base/bad.c', "${licence}int f(int i)\n{\n  return i = i;\n}\n" ],
    [ doors => 1, 'a second door', 'mod_kawasaki/flow/link.c', "${licence}extern int password_matches(void);\n" ],
    [ doors => 2, 'a door that counts nothing', replaced('mod_kawasaki/flow/door.c', 'limit_reserve() && ', '') ],
    [ doors => 3, 'libcrypt elsewhere', 'mod_kawasaki/base/hash.c', "$licence#include <crypt.h>\n" ],
    [ tags => 2, 'one tag in two places', 'mod_kawasaki/base/twice.c', "$licence\"KW-TEXT-001\"\n" ],
    [ layout => 1, 'a line out of its place', 'mod_kawasaki/base/bad.c', "$licence  int  x;\n" ],
    [ errorlog => 1, 'a warning', 'error_log', $good{error_log} . "[x] [ssl:warn] AH2: odd\n" ],
    [ errorlog => 1, 'a dead child', 'error_log', $good{error_log} . "[x] [core:notice] child 7 exit signal Segmentation fault\n" ],
    [ errorlog => 1, 'a sanitizer', 'error_log', $good{error_log} . "a.c:3:1: runtime error: shift\n" ],
    [ errorlog => 2, 'a required line that is missing', 'error_log', "[x] [core:notice] AH1: up\n" ],
    [ errorlog => 1, 'an empty log', 'error_log', '' ],
);

my %checks = map { $_->[0] => 1 } @plants;
for my $check (sort keys %checks) {
    ok(passes($check), "$check is silent on a good tree") or diag(get('output'));
}
for my $plant (@plants) {
    my ($check, $number, $what, $file, $text) = @$plant;
    die "$what: nothing planted" if $text eq ($good{$file} // '');
    put($file, $text);
    ok(!passes($check) && get('output') =~ /^not ok $number\b/m, "$check finds $what") or diag(get('output'));
    exists $good{$file} ? put($file, $good{$file}) : unlink "$tree/$file";
}
my @without = grep { !$checks{s{.*/}{}r} } grep { !/\.t$/ } glob "$FindBin::Bin/*";
is("@without", '', 'every check has its planted case');
done_testing;
