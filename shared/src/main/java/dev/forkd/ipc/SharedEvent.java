package dev.forkd.ipc;

import dev.forkd.sys.Fd;
import dev.forkd.sys.Mapping;
import java.io.IOException;
import java.time.Duration;

/**
 * A flag that processes wait for (Python's {@code Event}). It belongs to nobody: that a process died which would have set it
 * cannot be known, so give a time-out where that matters.
 *
 * <pre>
 *   64 int flag   128 {@link WaitPoint}
 * </pre>
 */
public final class SharedEvent extends SharedObject {
    private static final long FLAG_AT = SegmentLayout.HEADER, POINT_AT = FLAG_AT + SegmentLayout.LINE;
    static final long SIZE = POINT_AT + SegmentLayout.LINE;
    static final Segment.Shape SHAPE = new Segment.Shape(0, 0, 0);

    private final WaitPoint point;

    SharedEvent(Segment segment) {
        super(segment);
        this.point = new WaitPoint(segment.memory(), POINT_AT);
    }

    /** A new event, not set. */
    public static SharedEvent create() throws IOException {
        return new SharedEvent(Segment.create(Kind.EVENT, SIZE, SHAPE, memory -> {}, Steps.NONE));
    }

    /** Takes the memfd of an event that another process made. */
    public static SharedEvent open(Fd fd) throws IOException {
        return Segment.attach(fd, Kind.EVENT, SharedEvent::new);
    }

    private Mapping memory() {
        return segment().memory();
    }

    /** Sets it and wakes all who wait. */
    public void set() {
        memory().setInt(FLAG_AT, 1);
        segment().steps().at("event.set");
        point.tell(Integer.MAX_VALUE);
    }

    /** Who waits from now on waits for the next {@link #set}. */
    public void clear() {
        memory().setInt(FLAG_AT, 0);
    }

    public boolean isSet() {
        return memory().getInt(FLAG_AT) != 0;
    }

    /** Waits until it is set; occupies its platform thread. */
    public void await() throws InterruptedException {
        boolean _ = await(Wait.FOREVER);
    }

    /** @return whether it is set, false if {@code timeout} passed first */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Wait.nanos(timeout));
    }

    private boolean await(long timeoutNanos) throws InterruptedException {
        if (isSet()) {
            return true;
        }
        try (Wait wait = new Wait(memory(), timeoutNanos)) {
            while (true) {
                int ticket = point.ticket();
                if (isSet()) {
                    return true;
                }
                segment().steps().at("event.waiting");
                if (!point.sleep(wait, ticket)) {
                    return isSet();
                }
            }
        }
    }
}
