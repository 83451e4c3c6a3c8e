package dev.forkd.supervisor.config;

/** The kind of a listener. */
public enum Transport {
    TCP("tcp"),
    UDP("udp"),
    UNIX("unix"),
    UNIXGRAM("unixgram");

    private final String scheme;

    Transport(String scheme) {
        this.scheme = scheme;
    }

    /** What a listen URL of this kind begins with, without the colon. */
    public String scheme() {
        return scheme;
    }

    /** True for listeners that receive datagrams instead of accepting connections. */
    public boolean isDatagram() {
        return this == UDP || this == UNIXGRAM;
    }

    /** True for listeners that are files. */
    public boolean isUnix() {
        return this == UNIX || this == UNIXGRAM;
    }
}
