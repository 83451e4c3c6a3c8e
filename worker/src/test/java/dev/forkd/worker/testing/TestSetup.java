package dev.forkd.worker.testing;

import dev.forkd.protocol.WorkerSetup;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a worker of a service without any settings is told. */
public final class TestSetup {
    private TestSetup() {}

    public static WorkerSetup of(boolean zygote, int concurrency) {
        return new WorkerSetup(
                "test",
                "Handler",
                List.of(),
                List.of(),
                Optional.empty(),
                zygote,
                concurrency,
                "platform",
                Duration.ZERO,
                Duration.ZERO,
                false,
                false,
                List.of(),
                Map.of());
    }
}
