package dev.forkd.ipc;

/**
 * The other processes of a queue as one of its objects sees them: joins them, and says when a wait has nobody left to wait for. That is
 * said once for each time it happens, so that a retry waits for new peers; in a queue that outlives its processes, never.
 */
final class Peers {
    private final Members members;
    private final int entry;
    private final boolean lasting;

    /** Deaths and departures that a wait of this object has told of. */
    private volatile Members.Seen seen;

    Peers(Members members, boolean lasting) {
        this.members = members;
        this.lasting = lasting;
        this.seen = members.seen();
        this.entry = members.join();
    }

    /** Counts what this object takes and has not done. */
    Outstanding outstanding() {
        return new Outstanding.Counted(members, entry);
    }

    void expect(Identity process) {
        members.expect(process);
    }

    void leave() {
        members.leave(entry);
    }

    /** See {@link Members#watch}. */
    boolean watch(Wait wait, Runnable onDeath) {
        return members.watch(wait, onDeath);
    }

    /** Strikes off those that have died. @return whether there was one */
    boolean bury(Wait wait, int turn) {
        return members.bury(wait.lookout(), turn);
    }

    /** Whether the last other process has gone, and no wait of this object has told of it. */
    boolean nobodyLeft() {
        return !lasting && !members.seen().equals(seen) && members.alone();
    }

    /** What to tell who waited in vain; from now on it has been told. */
    IpcException endOfWait() {
        Members.Seen now = members.seen();
        boolean died = now.deaths() != seen.deaths();
        seen = now;
        return died
                ? new PeerDied("the last other process of the queue died (pid " + members.lastDead() + ")")
                : new Closed("the last other process has closed the queue");
    }
}
