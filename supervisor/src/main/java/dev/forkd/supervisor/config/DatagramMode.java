package dev.forkd.supervisor.config;

/** How datagrams find their worker: {@code datagrams}. */
public enum DatagramMode {
    /** Each datagram is a client of its own, as in Python's ForkingUDPServer. */
    EACH,
    /** All datagrams of one source go to one worker until the source has been idle. */
    SESSION
}
