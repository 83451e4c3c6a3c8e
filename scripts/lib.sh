# shellcheck shell=sh
# What the scripts share. POSIX sh; to be sourced.

JDK_VERSION=25

# Whether a directory holds the right JDK: by its release file, which costs no start of a JVM.
is_jdk() {
    [ -x "$1/bin/java" ] && [ -f "$1/release" ] && grep -q "^JAVA_VERSION=\"${JDK_VERSION}[.\"+-]" "$1/release"
}

# Prints the home of a JDK of the right version: JAVA_HOME, the java on the PATH, or one in the usual places.
find_jdk() {
    if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME"; then
        echo "$JAVA_HOME"
        return 0
    fi
    on_path=$(command -v java 2>/dev/null || true)
    for home in ${on_path:+"$(dirname "$(dirname "$(readlink -f "$on_path")")")"} \
        /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/*; do
        if is_jdk "$home"; then
            echo "$home"
            return 0
        fi
    done
    {
        echo "forkd: no JDK $JDK_VERSION found: not at JAVA_HOME (${JAVA_HOME:-not set}), not as java on the PATH (${on_path:-none}), not in /usr/lib/jvm"
        echo "forkd: install one (such as https://adoptium.net/temurin/releases/?version=$JDK_VERSION) or set JAVA_HOME to it"
    } >&2
    return 1
}

# Says something to the user, not to whoever reads our output.
say() {
    echo "forkd: $*" >&2
}
