package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.config.Engine;
import dev.forkd.supervisor.config.ServiceConfig;
import dev.forkd.supervisor.observe.LogText;
import dev.forkd.supervisor.process.WorkerEngine;
import dev.forkd.supervisor.process.WorkerOutput;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change of one service from one configuration to the next, and the choice of its engine. A new generation takes over only when a
 * worker of it has said Ready; until then, and if none does, the old one serves on. On the loop's thread.
 *
 * <pre>
 *   start, change ──▶ candidate ──engine usable──▶ probe ──Ready──▶ in use, the one before drains
 *                        │  ▲ auto: fork refused, exec tried          │
 *                        └──┴───────── failed ◀── probe died ─────────┘
 * </pre>
 */
final class Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    private final Engines engines;
    private final Workforce workforce;
    private final WorkerOutput output;
    private final ZygoteLog zygoteLog;
    private final Change firstStart;
    private Optional<Candidate> candidate = Optional.empty();
    private boolean everReady;
    private int last;

    /** A generation that has not proved itself. */
    private record Candidate(Generation generation, Change change) {}

    /** Where zygotes' log events go. */
    @FunctionalInterface
    interface ZygoteLog {
        void said(Generation generation, int pid, Message.Log event);
    }

    /** How a change of configuration ended. Exactly one is called. */
    interface Change {
        void done();

        void failed(String reason);
    }

    /** @param firstStart hears of the first start, and of each further try of it */
    Generations(Engines engines, Workforce workforce, WorkerOutput output, ZygoteLog zygoteLog, Change firstStart) {
        this.engines = engines;
        this.workforce = workforce;
        this.output = output;
        this.zygoteLog = zygoteLog;
        this.firstStart = firstStart;
    }

    void start(Generation first) {
        last = first.number();
        begin(first, firstStart);
    }

    /** What is missing may have come. */
    void startAgain() {
        if (!everReady && candidate.isEmpty()) {
            begin(new Generation(last, workforce.generation().config()), firstStart);
        }
    }

    void change(ServiceConfig next, Change change) {
        candidate.ifPresent(c -> failed(c.generation(), "another reload came"));
        begin(new Generation(++last, next), change);
    }

    private void begin(Generation generation, Change change) {
        candidate = Optional.of(new Candidate(generation, change));
        switch (generation.config().workers().engine()) {
            case EXEC -> exec(generation, "configured");
            case FORK -> fork(generation, "configured");
            case AUTO -> fork(generation, "self-test passed");
        }
        generation.engine().start();
    }

    private void exec(Generation generation, String reason) {
        generation.use(engines.exec(generation, output, new EngineEvents(generation)), reason);
    }

    private void fork(Generation generation, String reason) {
        WorkerEngine engine = engines.fork(
                generation,
                output,
                (pid, event) -> zygoteLog.said(generation, pid, event),
                new EngineEvents(generation));
        generation.use(engine, reason);
    }

    private final class EngineEvents implements WorkerEngine.Listener {
        private final Generation generation;

        EngineEvents(Generation generation) {
            this.generation = generation;
        }

        @Override
        public void usable() {
            try {
                WorkerHandle _ = workforce.probe(generation);
            } catch (IOException e) {
                failed(generation, e.getMessage());
            }
        }

        @Override
        public void unusable(String reason) {
            if (generation.config().workers().engine() == Engine.AUTO && !generation.isExec()) {
                LOG.warn(
                        "event=engine-fallback service={} from=fork to=exec reason=\"{}\"",
                        generation.config().name(),
                        LogText.quoted(reason));
                exec(generation, "fork refused: " + reason);
                generation.engine().start();
            } else {
                failed(generation, reason);
            }
        }

        @Override
        public void reforked() {
            generation.reforked();
        }

        @Override
        public void handlerUnusable(String reason) {
            failed(generation, reason);
        }

        @Override
        public void refusal(byte[] bytes) {
            generation.refusal(bytes);
        }
    }

    /** It cannot serve. Nothing happens for a generation that is in use already: its workers are started again and again. */
    void failed(Generation generation, String reason) {
        Optional<Candidate> failed = candidate.filter(c -> c.generation() == generation);
        if (failed.isPresent()) {
            candidate = Optional.empty();
            generation.engine().stop();
            failed.get().change().failed(reason);
            if (!everReady && !failed.get().change().equals(firstStart)) {
                firstStart.failed(reason); // still to come: its own retry may have passed meanwhile
            }
        }
    }

    /** A worker said Ready: if it is the candidate's, the candidate has proved itself. */
    void ready(WorkerHandle worker) {
        Optional<Candidate> proved = candidate.filter(c -> c.generation() == worker.generation());
        if (proved.isEmpty()) {
            return;
        }
        candidate = Optional.empty();
        Generation now = worker.generation();
        Generation before = workforce.generation();
        workforce.use(now);
        if (before != now && before.engine() != null) {
            before.engine().stop();
        }
        everReady = true;
        now.engine().proved();
        LOG.info(
                "event=service-ready service={} gen={} engine={} reason=\"{}\"",
                now.config().name(),
                now.number(),
                now.engine().name(),
                now.engineReason());
        proved.get().change().done();
    }

    /** If a change is under way: it fails. */
    void abandonChange(String reason) {
        candidate.filter(c -> !c.change().equals(firstStart)).ifPresent(c -> failed(c.generation(), reason));
    }

    /** No more workers, of whichever generation. */
    void stop() {
        candidate.ifPresent(c -> c.generation().engine().stop());
        workforce.generation().engine().stop();
    }

    boolean everReady() {
        return everReady;
    }
}
