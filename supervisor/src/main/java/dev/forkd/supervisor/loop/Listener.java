package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ListenUrl;

/** A listening socket in use. On the loop's thread. */
interface Listener extends AutoCloseable {

    /** Where it listens, with the real port. */
    ListenUrl url();

    /**
     * Closes, after taking the clients that the kernel holds for it: with the socket they would be lost. Not from a socket that systemd
     * keeps open, for whoever listens on it next.
     */
    void finish();

    @Override
    void close();
}
