package dev.forkd.ipc;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;

/** The child's side of a pool: takes chunks from its pipe until the pool says stop, or is gone. */
record PoolWorker(Pipe work, Target initializer) implements Target {

    @Override
    public void run() throws Exception {
        try {
            initializer.run();
        } catch (Throwable e) {
            work.send(PoolProtocol.Failure.of(e));
            return;
        }
        work.send(new PoolProtocol.Ready());
        try {
            serve();
        } catch (EOFException e) {
            // The pool is gone, and with it everybody who would want a result.
        }
    }

    private void serve() throws IOException {
        PoolProtocol.Functions functions = new PoolProtocol.Functions();
        while (true) {
            switch (work.recv()) {
                case PoolProtocol.Function(int id, Task.Of1<?, ?> call) -> functions.put(id, call);
                case Chunk(int id, List<?> items) -> answer(id, functions.get(id), items);
                case PoolProtocol.Stop() -> {
                    return;
                }
                case Object other -> throw new IllegalStateException("a pool sent " + other.getClass());
            }
        }
    }

    @SuppressWarnings("unchecked") // the pool's methods have matched functions and items
    private void answer(int id, Task.Of1<?, ?> function, List<?> items) throws IOException {
        Object answer;
        try {
            PackedNumbers.Gatherer results = new PackedNumbers.Gatherer(items.size());
            for (Object item : items) {
                results.add(((Task.Of1<Object, ?>) function).call(item));
            }
            answer = new Chunk(id, results.list());
        } catch (Throwable e) {
            answer = PoolProtocol.Failure.of(e);
        }
        try {
            work.send(answer);
        } catch (IllegalArgumentException e) {
            work.send(PoolProtocol.Failure.of(e)); // the result cannot travel
        }
    }
}
