package dev.forkd.ipc;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What pool and child say to each other over the child's work pipe. {@link Chunk}s and their results travel the {@link Compact} way if
 * what is in them does; everything else is one of these records.
 *
 * <pre>
 *   pool → child   Function(id, f)           remember f under this id
 *                  Chunk(id, items)          apply it to each; nothing is applied after the first failure
 *                  Stop                      end
 *   child → pool   Ready                     the initializer has run
 *                  Chunk(id, results)        of the last chunk
 *                  Failure(trace, cause)     of the last chunk, or of the initializer
 * </pre>
 */
final class PoolProtocol {
    private PoolProtocol() {}

    record Function(int id, Task.Of1<?, ?> call) implements Serializable {}

    record Stop() implements Serializable {}

    record Ready() implements Serializable {}

    record Failure(String trace, byte[] cause) implements Serializable {
        static Failure of(Throwable thrown) {
            byte[] cause;
            try {
                cause = Transfer.pack(thrown).withoutDescriptors();
            } catch (IllegalArgumentException e) {
                cause = new byte[0]; // something in it cannot travel; the trace does
            }
            return new Failure(Traces.of(thrown), cause);
        }

        RemoteException toException() {
            Throwable thrown = null;
            try {
                Object object = cause.length == 0 ? null : Transfer.unpack(new Transfer(cause, List.of()));
                thrown = object instanceof Throwable throwable ? throwable : null;
            } catch (RuntimeException e) {
                // This process cannot read it; the trace tells the same.
            }
            return new RemoteException(trace, thrown);
        }
    }

    /**
     * The functions a child remembers, the latest {@value #MOST}. Pool and child keep the same: both forget the eldest at the same
     * message.
     */
    static final class Functions extends LinkedHashMap<Integer, Task.Of1<?, ?>> {
        private static final long serialVersionUID = 1;
        private static final int MOST = 32;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Task.Of1<?, ?>> eldest) {
            return size() > MOST;
        }
    }

    /** The pool's side of a child's rehearsal. */
    static void rehearse(Pipe work) {
        try {
            if (work.recv() instanceof Ready) {
                work.send(new Function(1, argument -> argument));
                work.send(new Chunk(1, List.of(1, 2, 3)));
                Object _ = work.recv();
                work.send(new Chunk(1, List.of("some", "text")));
                Object _ = work.recv();
            }
            work.send(new Stop());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
