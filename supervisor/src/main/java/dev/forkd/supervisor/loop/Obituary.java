package dev.forkd.supervisor.loop;

import dev.forkd.supervisor.observe.DeathJudge;
import dev.forkd.supervisor.observe.DeathRecord;
import dev.forkd.supervisor.process.LastWords;
import dev.forkd.sys.ExitStatus;
import java.time.Instant;
import java.util.List;

/** What the supervisor knows of a worker that has ended, for its death record. On the loop's thread. */
final class Obituary {
    private Obituary() {}

    /** What its end is judged by, besides its exit status. @param interrupted how many clients it had taken and not finished */
    static DeathJudge.Circumstances circumstances(WorkerHandle worker, int interrupted) {
        return new DeathJudge.Circumstances(
                worker.condemned(),
                worker.ready(),
                worker.drainAsked() || worker.usedUp(),
                worker.drainAsked(),
                interrupted);
    }

    /** @param interrupted how many clients it had taken and not finished */
    static DeathRecord of(
            String service,
            WorkerHandle worker,
            ExitStatus status,
            DeathJudge.Verdict verdict,
            LastWords.Words words,
            int interrupted) {
        return new DeathRecord(
                Instant.now(),
                service,
                worker.slot(),
                worker.generation().number(),
                status.pid(),
                verdict.kind(),
                verdict.cause(),
                worker.lastClient(),
                interrupted,
                worker.tally().served(),
                worker.tally().received(),
                worker.tally().sent(),
                (System.nanoTime() - worker.begunNanos()) / 1_000_000,
                status,
                verdict.kind().expected() ? List.of() : words.lines());
    }
}
