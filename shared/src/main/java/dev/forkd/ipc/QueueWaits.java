package dev.forkd.ipc;

import static dev.forkd.ipc.QueueLayout.DONE_POINT_AT;
import static dev.forkd.ipc.QueueLayout.FINISHED_AT;
import static dev.forkd.ipc.QueueLayout.ITEM_POINT_AT;
import static dev.forkd.ipc.QueueLayout.ROOM_POINT_AT;

/**
 * How the calls of a queue wait: for an item, for room, for the end of all tasks. Between slices of a wait the dead are looked for, what
 * they left is cleared away, and a wait that nobody is left to end is ended.
 */
final class QueueWaits {
    private final Segment segment;
    private final Ring ring;
    private final RingRepair repair;
    private final Peers peers;
    private final Outstanding outstanding;
    private final WaitPoint items, room, done;

    QueueWaits(Segment segment, Ring ring, Peers peers, Outstanding outstanding) {
        this.segment = segment;
        this.ring = ring;
        this.repair = new RingRepair(ring);
        this.peers = peers;
        this.outstanding = outstanding;
        this.items = new WaitPoint(segment.memory(), ITEM_POINT_AT);
        this.room = new WaitPoint(segment.memory(), ROOM_POINT_AT);
        this.done = new WaitPoint(segment.memory(), DONE_POINT_AT);
    }

    WaitPoint items() {
        return items;
    }

    WaitPoint room() {
        return room;
    }

    WaitPoint done() {
        return done;
    }

    /** What a wait waits for. */
    @FunctionalInterface
    interface Attempt {
        boolean now();
    }

    /** @return whether the attempt succeeded, false if the time-out passed first */
    boolean until(WaitPoint point, long timeoutNanos, Attempt attempt) throws InterruptedException {
        try (Wait wait = new Wait(segment.memory(), timeoutNanos)) {
            for (int turn = 0; ; turn++) {
                int ticket = point.ticket();
                if (attempt.now()) {
                    return true;
                }
                if (wait.longEnoughToWonder()) {
                    wait.sleepLong(peers.watch(wait, this::somebodyDied));
                    if (repaired(wait.lookout())) {
                        continue;
                    }
                    if (point.equals(items)) {
                        ring.verifyEmpty();
                    }
                    if (nobodyLeft(wait, turn)) {
                        if (attempt.now()) {
                            return true;
                        }
                        throw peers.endOfWait();
                    }
                }
                segment.steps().at("queue.waiting");
                if (!point.sleep(wait, ticket)) {
                    return now(attempt);
                }
            }
        }
    }

    /** Waits until every item has been taken and is done with. @return false if the time-out passed first */
    boolean awaitDone(long timeoutNanos) throws InterruptedException {
        outstanding.check();
        try (Wait wait = new Wait(segment.memory(), timeoutNanos)) {
            for (int turn = 0; ; turn++) {
                int ticket = done.ticket();
                if (!ring.busy() && !outstanding.any()) {
                    return true;
                }
                if (wait.longEnoughToWonder()) {
                    wait.sleepLong(peers.watch(wait, this::somebodyDied));
                    boolean _ = repair.settleAll(wait.lookout());
                    if (nobodyLeft(wait, turn) && (ring.busy() || outstanding.any())) {
                        throw peers.endOfWait();
                    }
                }
                if (!done.sleep(wait, ticket)) {
                    return false;
                }
            }
        }
    }

    private boolean nobodyLeft(Wait wait, int turn) {
        if (peers.bury(wait, turn)) {
            tellAll(); // who slept may have waited for the dead
        }
        return peers.nobodyLeft();
    }

    /** Tries without waiting; but what dead processes left, be it one behind the other, is no reason to say no. */
    boolean now(Attempt attempt) {
        if (attempt.now()) {
            return true;
        }
        try (Lookout lookout = new Lookout()) {
            boolean done = false;
            while (!done && repaired(lookout)) {
                done = attempt.now();
            }
            return done;
        }
    }

    /** In a finished queue nobody may be at work anywhere before it counts as empty. */
    private boolean repaired(Lookout lookout) {
        boolean finished = segment.memory().getInt(FINISHED_AT) != 0;
        boolean repaired = finished ? repair.settleAll(lookout) : repair.clearTheWay(lookout);
        if (repaired) {
            tellAll();
        }
        return repaired;
    }

    /** On the watching thread. The dead one may have been telling just then, so whether somebody sleeps is not asked. */
    private void somebodyDied() {
        items.tellSurely();
        room.tellSurely();
        done.tellSurely();
    }

    void tellAll() {
        items.tell(Integer.MAX_VALUE);
        room.tell(Integer.MAX_VALUE);
        done.tell(Integer.MAX_VALUE);
    }
}
