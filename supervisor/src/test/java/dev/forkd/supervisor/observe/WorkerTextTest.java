package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.forkd.sys.ExitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What workers and clients say cannot forge lines of the log: {@link WorkerLog} and {@link DeathLog}. */
class WorkerTextTest {
    private static final String HOSTILE = "x\"\n2026-11-21T00:00:00Z ERROR event=forged pid=1\r\u001b[2J";
    private static final WorkerLog.Speaker SPEAKER = new WorkerLog.Speaker("web", 3, 2, 123, "127.0.0.1:5");

    @Test
    void aLineOfOutputStaysInItsQuotes() {
        assertEquals(
                "event=output service=web slot=3 gen=2 pid=123 client=127.0.0.1:5"
                        + " line=\"x\\\"\\n2026-11-21T00:00:00Z ERROR event=forged pid=1\\r\\u001b[2J\"",
                WorkerLog.outputText(SPEAKER, HOSTILE));
    }

    @Test
    void anEventKeepsItsLinesAndMarksThem() {
        assertEquals(
                "service=web slot=3 gen=2 pid=123 client=127.0.0.1:5 logger=StreamServer event=handler-failed\n"
                        + "    | java.io.IOException: boom\n    | \tat A.b(A.java:1)",
                WorkerLog.eventText(
                        SPEAKER,
                        "dev.forkd.worker.serving.StreamServer",
                        "event=handler-failed\njava.io.IOException: boom\n\tat A.b(A.java:1)\n"));
        String forged = WorkerLog.eventText(SPEAKER, "a.b\n" + HOSTILE, HOSTILE);
        assertTrue(forged.lines().skip(1).allMatch(line -> line.startsWith("    | ")), forged);
        assertFalse(forged.contains("\u001b"));
    }

    @Test
    void aDeathRecordQuotesWhatTheWorkerSaidLast() {
        ExitStatus status = new ExitStatus(123, 1, false, false, Duration.ZERO, Duration.ZERO, 0, 0, 0);
        DeathRecord death = new DeathRecord(
                Instant.EPOCH,
                "web",
                3,
                2,
                123,
                DeathRecord.Kind.EXITED,
                "broke \"it\"",
                "unix:/a b\n",
                1,
                0,
                0,
                0,
                5,
                status,
                List.of("one", HOSTILE));
        assertEquals(
                "event=worker-exited service=web slot=3 gen=2 pid=123 kind=exited cause=\"broke \\\"it\\\"\""
                        + " client=unix:/a\\u0020b\\n interrupted=1 served=0 alive-ms=5"
                        + " last-output=\"one | x\\\"\\n2026-11-21T00:00:00Z ERROR event=forged pid=1\\r\\u001b[2J\"",
                DeathLog.line(death));
        assertTrue(DeathLog.json(death).chars().allMatch(c -> c >= ' ' && c < 0x7f));
    }
}
