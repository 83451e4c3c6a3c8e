package dev.forkd.supervisor.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.observe.DeathRecord.Kind;
import dev.forkd.sys.ExitStatus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeathJudgeTest {
    /** A handler that calls {@code Runtime.halt(0)} in the middle of its client was counted as done. */
    @ParameterizedTest
    @CsvSource({
        "0, true,  0, DONE",
        "0, true,  1, EXITED",
        "0, false, 0, EXITED",
        "7, true,  0, EXITED",
        "3, true,  1, JAVA_OOM",
    })
    void exitsAreToldApart(int code, boolean draining, int interrupted, Kind kind) {
        ExitStatus status = new ExitStatus(123, code, false, false, Duration.ZERO, Duration.ZERO, 0, 0, 0);
        DeathJudge.Circumstances known =
                new DeathJudge.Circumstances(Optional.empty(), true, draining, false, interrupted);
        assertEquals(kind, new DeathJudge().judge(status, known).kind());
    }
}
