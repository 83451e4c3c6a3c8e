package dev.forkd.supervisor.loop;

/** Numbers of clients, unique in the life of the supervisor, from 1. On the loop's thread. */
final class ClientIds {
    private long last;

    long next() {
        return ++last;
    }
}
