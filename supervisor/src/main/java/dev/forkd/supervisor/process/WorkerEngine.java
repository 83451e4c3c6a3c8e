package dev.forkd.supervisor.process;

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

        /** What the handler tells refused clients. */
        void refusal(byte[] bytes);
    }

    /** The template that workers are forked from. */
    record Zygote(int pid, int children, Instant since) {}

    /** Begins; the listener hears how it went. */
    void start();

    /** Spawns workers, now or, where the engine is not ready, later. */
    void spawn(List<Birth> births);

    /** No more workers from this generation. Births not yet begun are stillborn. */
    void stop();

    /** {@code fork} or {@code exec}. */
    String name();

    Optional<Zygote> zygote();
}
