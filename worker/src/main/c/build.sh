#!/bin/sh
# Builds libforkd.so into the directory given, and a copy below resources/ in it under the name that the jar wants.
# Without a C compiler it says so and succeeds: the exec engine serves.
set -eu
out=$1
here=$(cd "$(dirname "$0")" && pwd)
cc=${CC:-cc}
if ! command -v "$cc" >/dev/null 2>&1; then
    echo "forkd: no C compiler ($cc): the fork engine is not built, the exec engine will serve" >&2
    exit 0
fi
mkdir -p "$out"
# No stack protector: a revived thread returns from frames whose canary another thread may have set. -z now: R1.
# Under a new name, then renamed: a library overwritten in place kills the processes that have it mapped (H20).
new="$out/libforkd.so.$$"
"$cc" -std=gnu17 -O2 -g -fPIC -shared -fvisibility=hidden -fno-stack-protector -Wall -Wextra -Werror -D_GNU_SOURCE \
    -Wl,-z,now -o "$new" "$here"/*.c -lpthread -ldl
mv "$new" "$out/libforkd.so"
resource="$out/resources/native/linux-$(uname -m)"
mkdir -p "$resource"
cp "$out/libforkd.so" "$resource/libforkd.so.$$"
mv "$resource/libforkd.so.$$" "$resource/libforkd.so"
