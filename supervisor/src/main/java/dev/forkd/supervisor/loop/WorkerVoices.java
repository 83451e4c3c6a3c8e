package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.observe.WorkerLog;
import java.util.Optional;

/** Log lines of what a service's workers and zygotes say, each with who it is that says it. On the loop's thread. */
final class WorkerVoices {
    private static final int NO_SLOT = -1;

    private final String service;
    private final Workforce workforce;

    WorkerVoices(String service, Workforce workforce) {
        this.service = service;
        this.workforce = workforce;
    }

    /** A log event of a worker. */
    void event(WorkerHandle worker, Message.Log event) {
        write(speaker(worker, event.client()), event);
    }

    /** A log event of a zygote, which it sends while it boots. */
    void zygote(Generation generation, int pid, Message.Log event) {
        write(new WorkerLog.Speaker(service, NO_SLOT, generation.number(), pid, ""), event);
    }

    private static void write(WorkerLog.Speaker speaker, Message.Log event) {
        WorkerLog.event(speaker, event.level(), event.logger(), event.text());
    }

    /** A line of the standard output or error of some process of the service. */
    void line(String line, int pid) {
        Optional<WorkerHandle> writer = workforce.worker(pid);
        WorkerLog.output(
                writer.map(worker -> speaker(worker, 0))
                        .orElseGet(() -> new WorkerLog.Speaker(
                                service, NO_SLOT, workforce.generation().number(), pid, "")),
                line);
    }

    private WorkerLog.Speaker speaker(WorkerHandle worker, long client) {
        String text =
                worker.client(client).map(Client::text).orElse(worker.clients().isEmpty() ? "" : worker.lastClient());
        return new WorkerLog.Speaker(service, worker.slot(), worker.generation().number(), worker.pid(), text);
    }
}
