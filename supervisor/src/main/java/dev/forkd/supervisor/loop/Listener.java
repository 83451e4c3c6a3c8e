package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.config.ListenUrl;

/** A listening socket in use. On the loop's thread. */
interface Listener extends AutoCloseable {

    /** Where it listens, with the real port. */
    ListenUrl url();

    @Override
    void close();
}
