package dev.forkd.supervisor.process;

import dev.forkd.protocol.UsedClass;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes worker processes of one generation of a service. On the loop's thread. */
public interface WorkerEngine {

    /** What an engine tells its pool. */
    interface Listener {
        /** Workers can be spawned from now on. */
        void usable();

        /** This engine cannot make workers of this service. @param reason why, and what to do about it */
        void unusable(String reason);

        /** From now on workers come from a zygote that has what {@link #refork} said. */
        void reforked();

        /** No engine can make workers of this service: its handler cannot be loaded or started. */
        void handlerUnusable(String reason);

        /** What the handler tells refused clients. */
        void refusal(byte[] bytes);
    }

    /** The template that workers are forked from. @param understudy the pid of the process that takes over when it dies */
    record Zygote(int pid, int children, Instant since, Optional<Integer> understudy) {}

    /** Begins; the listener hears how it went. */
    void start();

    /** Spawns workers, now or, where the engine is not ready, later. */
    void spawn(List<Birth> births);

    /** A worker that it made has become ready: the service works. */
    void proved();

    /** A worker that it made has ended before it was ready. */
    void bootFailed();

    /** The code that workers used beyond what their zygote had: where there are zygotes, a new one shall have it. */
    void refork(List<UsedClass> used);

    /** No more workers from this generation. Births not yet begun are stillborn. */
    void stop();

    /** {@code fork} or {@code exec}. */
    String name();

    Optional<Zygote> zygote();
}
