package dev.forkd.supervisor.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTurnsTest {
    private final WarmUpTurns turns = new WarmUpTurns(2);
    private final List<String> begun = new ArrayList<>();

    private WarmUpTurns.Turn ask(String who) {
        return turns.ask(() -> begun.add(who));
    }

    @Test
    void twoAtOnceAndTheOthersInTheirOrder() {
        WarmUpTurns.Turn first = ask("first");
        WarmUpTurns.Turn second = ask("second");
        WarmUpTurns.Turn third = ask("third");
        WarmUpTurns.Turn fourth = ask("fourth");
        assertEquals(List.of("first", "second"), begun);
        third.end(); // its service ended before its turn came
        second.end();
        second.end();
        assertEquals(List.of("first", "second", "fourth"), begun);
        WarmUpTurns.Turn fifth = ask("fifth");
        assertEquals(3, begun.size());
        fourth.end();
        assertEquals(List.of("first", "second", "fourth", "fifth"), begun);
        first.end();
        fifth.end();
        WarmUpTurns.Turn _ = ask("sixth");
        WarmUpTurns.Turn _ = ask("seventh");
        assertEquals(6, begun.size());
    }
}
