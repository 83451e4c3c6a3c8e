package dev.forkd.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every cell of the table of states and events. */
final class WorkerLifeTest {
    private static final List<WorkerEvent> EVENTS = List.of(
            new WorkerEvent.Ready(),
            new WorkerEvent.Assigned(),
            new WorkerEvent.Released(0),
            new WorkerEvent.Released(1),
            new WorkerEvent.UsedUp(0),
            new WorkerEvent.UsedUp(1),
            new WorkerEvent.Drain(),
            new WorkerEvent.Condemned(),
            new WorkerEvent.Exited());

    /** A column per event as above; {@code !} cannot happen. */
    private static final String TABLE = """
            SPAWNING | IDLE     | SERVING | !        | !       | !                    | !        | DRAINING SEND_DRAIN START_GRACE | KILLING TERMINATE | GONE BURY
            IDLE     | IDLE     | SERVING | !        | !       | !                    | !        | DRAINING SEND_DRAIN START_GRACE | KILLING TERMINATE | GONE BURY
            SERVING  | SERVING  | SERVING | IDLE     | SERVING | DRAINING EXPECT_EXIT | DRAINING | DRAINING SEND_DRAIN START_GRACE | KILLING TERMINATE | GONE BURY
            DRAINING | DRAINING | !       | DRAINING EXPECT_EXIT | DRAINING | DRAINING EXPECT_EXIT | DRAINING | DRAINING  | KILLING TERMINATE | GONE BURY
            KILLING  | KILLING  | !       | KILLING  | KILLING | KILLING              | KILLING  | KILLING                         | KILLING           | GONE BURY
            GONE     | !        | !       | !        | !       | !                    | !        | GONE                            | GONE              | !
            """;

    @Test
    void everyEventInEveryStateLeadsWhereTheTableSays() {
        List<String> actual = new ArrayList<>();
        for (WorkerState state : WorkerState.values()) {
            List<String> row = new ArrayList<>(List.of(state.name()));
            EVENTS.forEach(event -> row.add(cell(state, event)));
            actual.add(String.join(" | ", row));
        }
        assertEquals(TABLE.replaceAll(" +", " ").strip(), String.join("\n", actual));
    }

    private static String cell(WorkerState state, WorkerEvent event) {
        try {
            WorkerLife.Transition transition = WorkerLife.on(state, event);
            StringBuilder text = new StringBuilder(transition.next().name());
            transition.actions().forEach(action -> text.append(' ').append(action));
            return text.toString();
        } catch (IllegalStateException e) {
            return "!";
        }
    }
}
