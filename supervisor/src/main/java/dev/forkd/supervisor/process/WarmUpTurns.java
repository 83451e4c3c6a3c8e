package dev.forkd.supervisor.process;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Zygotes warm up a few at a time: each keeps a processor busy for a second or more, and too many at once would all miss
 * {@code timeouts.spawn}, which counts from a zygote's turn. On the loop's thread.
 */
public final class WarmUpTurns {
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int free;

    /** @param atOnce how many may warm up at once */
    public WarmUpTurns(int atOnce) {
        this.free = atOnce;
    }

    /** Half of the processors, but at least two at once. */
    public static WarmUpTurns forThisMachine() {
        return new WarmUpTurns(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
    }

    /** One turn, which has come or will come. */
    public final class Turn {
        private final Runnable begin;
        private boolean begun;
        private boolean over;

        private Turn(Runnable begin) {
            this.begin = begin;
        }

        private void come() {
            begun = true;
            free--;
            begin.run();
        }

        /** It is over, or not wanted any more. Saying so twice is saying it once. */
        public void end() {
            if (over) {
                return;
            }
            over = true;
            if (!begun) {
                boolean _ = waiting.remove(this);
                return;
            }
            free++;
            if (!waiting.isEmpty()) {
                waiting.removeFirst().come();
            }
        }
    }

    /** Runs {@code begin} when it is its turn, perhaps now; {@link Turn#end} must follow. */
    public Turn ask(Runnable begin) {
        Turn turn = new Turn(begin);
        if (free > 0) {
            turn.come();
        } else {
            waiting.addLast(turn);
        }
        return turn;
    }
}
