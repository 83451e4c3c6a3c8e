package dev.forkd.supervisor.loop;

import dev.forkd.sys.SignalHandlers;
import java.util.function.Consumer;

/**
 * Signals of the operating system as tasks of the loop: the handler only posts. QUIT stays HotSpot's thread dump.
 */
final class SignalDoor {

    /** Signals that the supervisor understands; see docs/operations.md. */
    enum Order {
        TERM,
        INT,
        HUP,
        USR1,
        TTIN,
        TTOU
    }

    private SignalDoor() {}

    /** From now on each signal runs {@code receiver} on the loop. */
    static void open(EventLoop loop, Consumer<Order> receiver) {
        for (Order order : Order.values()) {
            SignalHandlers.handle(order.name(), () -> loop.post(() -> receiver.accept(order)));
        }
    }
}
