package dev.forkd.supervisor.loop;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the handles of workers that are to be born, each with a slot of its own and its limit of clients. On the loop's thread. */
final class WorkerMaker {
    private final Workforce.Surroundings around;
    private final WorkerHandle.Listener listener;
    private final Slots slots = new Slots();

    WorkerMaker(Workforce.Surroundings around, WorkerHandle.Listener listener) {
        this.around = around;
        this.listener = listener;
    }

    WorkerHandle make(Generation of) throws IOException {
        int slot = slots.take();
        try {
            return new WorkerHandle(
                    around.loop(), around.children(), around.messenger(), listener, of, slot, clientLimit(of));
        } catch (IOException e) {
            slots.free(slot);
            throw e;
        }
    }

    /** {@code clients-per-worker}, varied by the jitter, so that workers started together do not end together. */
    private static int clientLimit(Generation of) {
        int clients = of.config().workers().clientsPerWorker();
        int range = (int) Math.round(clients * of.config().workers().jitter());
        return clients <= 1 || range == 0
                ? clients
                : Math.max(1, clients - ThreadLocalRandom.current().nextInt(range + 1));
    }

    /** The worker is gone: another may have its slot. */
    void forget(WorkerHandle worker) {
        slots.free(worker.slot());
    }
}
