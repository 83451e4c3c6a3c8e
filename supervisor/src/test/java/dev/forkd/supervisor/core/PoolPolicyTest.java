package dev.forkd.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.core.PoolPolicy.Bounds;
import dev.forkd.supervisor.core.PoolPolicy.Counts;
import dev.forkd.supervisor.core.PoolPolicy.Plan;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PoolPolicyTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what                              spawning idle busy waiting | min max-spares max | now later surplus
        "nothing runs: a batch,                     0,  0,   0,   0,       4, 16, 256,          8,  8,  0",
        "the batch is coming,                       8,  0,   0,   0,       4, 16, 256,          0,  8,  0",
        "enough,                                    0, 16,   5,   0,       4, 16, 256,          0,  0,  0",
        "between: later,                            0, 10,   0,   0,       4, 16, 256,          0,  6,  0",
        "below min: at once,                        0,  3,   9,   0,       4, 16, 256,          8,  5,  0",
        "clients wait: one each and the spares,     0,  0,  10,  20,       4, 16, 256,         24, 12,  0",
        "the maximum binds,                         0,  0, 250,  20,       4, 16, 256,          6,  0,  0",
        "the maximum is reached,                    0,  0, 256,  20,       4, 16, 256,          0,  0,  0",
        "more than the maximum after a reload,      0,  0, 300,  20,       4, 16, 256,          0,  0,  0",
        "too many spares,                           0, 20,   0,   0,       4, 16, 256,          0,  0,  4",
        "surplus is of idle ones only,             20,  1,   0,   0,       4, 16, 256,          0,  0,  1",
        "no spares wanted but a client waits,       0,  0,   1,   1,       0,  0, 256,          1,  0,  0",
        "no spares wanted nobody waits,             0,  0,   1,   0,       0,  0, 256,          0,  0,  0"
    })
    void plan(
            String what,
            int spawning,
            int idle,
            int busy,
            int waiting,
            int min,
            int maxSpares,
            int max,
            int now,
            int later,
            int surplus) {
        assertEquals(
                new Plan(now, later, surplus),
                PoolPolicy.plan(new Counts(spawning, idle, busy, waiting), new Bounds(min, maxSpares, max)),
                what);
    }
}
