package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.core.WorkerState;
import java.time.Duration;

/**
 * Asks forked workers whose client stays to give back memory that they need for nobody at the moment: 80 to 110 kB of 310. Once per
 * client, and a few at a time, for it costs a worker about a third of a millisecond. One that works just then ignores it. On the
 * loop's thread.
 */
final class Rest {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    /** From accept. Most clients are gone by then, and pay nothing. */
    private static final Duration STAYED = Duration.ofSeconds(5);
    /** In each interval: 6 to 8 per cent of a processor. */
    private static final int MOST = 250;

    private final Supervisor supervisor;

    Rest(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** To be called in each interval. */
    void ask() {
        long before = System.nanoTime() - STAYED.toNanos();
        supervisor.services().stream()
                .flatMap(service -> service.pool().workforce().workers().stream())
                .filter(worker -> sleepsWithOneThread(worker) && stayed(worker, before))
                .limit(MOST)
                .forEach(Rest::ask);
    }

    private static void ask(WorkerHandle worker) {
        worker.clients().forEach(Client::askedToRest);
        worker.askToRest();
    }

    private static boolean sleepsWithOneThread(WorkerHandle worker) {
        return worker.state() == WorkerState.SERVING && WakeUps.mayHaveOneThread(worker) && !worker.drainAsked();
    }

    private static boolean stayed(WorkerHandle worker, long before) {
        return worker.clients().stream()
                .anyMatch(client ->
                        client.acknowledged() && client.acceptedNanos() - before < 0 && !client.wasAskedToRest());
    }
}
