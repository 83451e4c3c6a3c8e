package dev.forkd.ipc;

import java.io.Serializable;

/**
 * A call that a {@link ProcessPool} makes in one of its processes.
 *
 * @param <R> its result, serializable or shared
 */
@FunctionalInterface
public interface Task<R> extends Serializable {
    R call() throws Exception;

    /** The same with an argument. */
    @FunctionalInterface
    interface Of1<A, R> extends Serializable {
        R call(A argument) throws Exception;
    }

    /** The same with two. */
    @FunctionalInterface
    interface Of2<A, B, R> extends Serializable {
        R call(A first, B second) throws Exception;
    }
}
