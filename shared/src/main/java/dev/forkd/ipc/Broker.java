package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import java.io.IOException;

/**
 * Gives out the memory of named objects. The supervisor is one for the workers of a service: it makes a memfd at the first request
 * for a kind and name, and hands the same memfd to everyone who asks again, across generations. It never looks inside; which worker
 * prepares the layout the workers settle among themselves.
 */
@FunctionalInterface
public interface Broker {
    /**
     * @param kind {@code "queue"}, {@code "lock"}, …: names of different kinds are different names
     * @param name chosen by the handler
     * @param size in bytes, used if the object is new; the memfd is of this size, all zero, sealed as {@code Memory.create} does
     * @return the caller's own descriptor
     * @throws IOException if there is no such broker, or it has no memory to give
     */
    Fd open(String kind, String name, long size) throws IOException;
}
