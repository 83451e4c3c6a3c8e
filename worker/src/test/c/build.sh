#!/bin/sh
# Builds the C tests into the directory given, against the libforkd.so in the second. Without a compiler: says so.
set -eu
out=$1
library=$2
here=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-cc}
if ! command -v "$cc" >/dev/null 2>&1; then
    echo "forkd: no C compiler ($cc): the C tests of the fork engine are not built" >&2
    exit 0
fi
mkdir -p "$out"
# Dynamically linked, so that the test's own calls go through the tables that the library hooks.
for test in threads lazy refusal serve image; do
    "$cc" -std=gnu17 -O2 -g -fPIE -pie -Wall -Wextra -Werror -D_GNU_SOURCE -o "$out/${test}_test" \
        "$here/${test}_test.c" "$here/support.c" "$here/zygote.c" -L"$library" -lforkd -Wl,-rpath,"$library" -lpthread
done
