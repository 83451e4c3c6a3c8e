package dev.forkd.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.forkd.supervisor.core.Admission.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The small rules: back-off, admission, the supervisor's life. */
final class RulesTest {

    @Test
    void backOffDoublesUpToHalfAMinuteAndOneSuccessEndsIt() {
        List<Long> pauses = IntStream.rangeClosed(0, 12)
                .mapToObj(failures -> new Backoff(failures).pause().toMillis())
                .toList();
        assertEquals(
                List.of(0L, 100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12800L, 25600L, 30000L, 30000L, 30000L),
                pauses);
        assertEquals(
                Duration.ofSeconds(30),
                new Backoff(Integer.MAX_VALUE - 1).failed().pause());
    }

    @Test
    void afterTwoFailuresWorkersAreTriedOneAtATime() {
        assertEquals(8, Backoff.NONE.allowed(8, 3));
        assertEquals(8, new Backoff(2).allowed(8, 3));
        assertEquals(1, new Backoff(3).allowed(8, 0));
        assertEquals(0, new Backoff(3).allowed(8, 1));
        assertEquals(0, new Backoff(3).allowed(0, 0));
    }

    @Test
    void aSourceHasItsNumberOfClientsAndASourceThatLeftCostsNothing() {
        Admission admission = new Admission();
        assertEquals(Optional.empty(), admission.enter("a", 2, true, 0, 0));
        assertEquals(Optional.empty(), admission.enter("a", 2, true, 0, 0));
        assertEquals(Optional.of(Refusal.PER_SOURCE), admission.enter("a", 2, true, 0, 0));
        assertEquals(Optional.empty(), admission.enter("b", 2, true, 0, 0));
        admission.leave("a");
        assertEquals(Optional.empty(), admission.enter("a", 2, true, 0, 0));
        admission.leave("a");
        admission.leave("a");
        admission.leave("b");
        admission.leave("never counted: the limit was off when it came");
        assertEquals(0, admission.sources());
    }

    @Test
    void aFullQueueRefusesOnlyWhoWouldHaveToWait() {
        Admission admission = new Admission();
        assertEquals(Optional.empty(), admission.enter("a", 0, true, 5, 5));
        assertEquals(Optional.of(Refusal.QUEUE_FULL), admission.enter("a", 0, false, 5, 5));
        assertEquals(Optional.empty(), admission.enter("a", 0, false, 4, 5));
        assertEquals(0, admission.sources(), "nothing is counted without a limit");
    }

    @Test
    void askingToStopTwiceIsAskingForAFastStop() {
        assertEquals(SupervisorState.DRAINING, SupervisorState.STARTING.stop(false));
        assertEquals(SupervisorState.DRAINING, SupervisorState.RUNNING.stop(false));
        assertEquals(SupervisorState.STOPPING, SupervisorState.RUNNING.stop(true));
        assertEquals(SupervisorState.STOPPING, SupervisorState.DRAINING.stop(false));
        assertEquals(SupervisorState.STOPPING, SupervisorState.STOPPING.stop(false));
        assertEquals(SupervisorState.STOPPED, SupervisorState.STOPPED.stop(true));
    }
}
