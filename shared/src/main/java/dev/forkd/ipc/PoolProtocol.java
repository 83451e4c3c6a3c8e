package dev.forkd.ipc;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What pool and child say to each other over the child's work pipe. Chunks and their results are ArrayLists, which travel the
 * {@link Compact} way; everything else is one of these records.
 *
 * <pre>
 *   pool → child   Function(id, f)           remember f under this id
 *                  [id, item, item, …]       apply it to each; nothing is applied after the first failure
 *                  Stop                      end
 *   child → pool   Ready                     the initializer has run
 *                  [result, result, …]       of the last chunk
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

    static List<Object> chunk(int function, Iterable<?> items) {
        List<Object> chunk = new ArrayList<>();
        chunk.add(function);
        items.forEach(chunk::add);
        return chunk;
    }
}
