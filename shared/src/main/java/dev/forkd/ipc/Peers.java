package dev.forkd.ipc;

/**
 * The other processes of a queue as one of its objects sees them: joins them, and says when a wait has nobody left to wait for: from when
 * the last one goes until another comes, but not before there was one; in a queue that outlives its processes, never.
 */
final class Peers {
    private final Members members;
    private final int entry;
    private final boolean lasting;

    /** What had happened before this object came. */
    private final Members.Seen before;

    private volatile Told told;

    /** What a wait of this object has told of last. */
    private record Told(Members.Seen seen, boolean died) {}

    Peers(Members members, boolean lasting) {
        this.members = members;
        this.lasting = lasting;
        this.before = members.seen();
        this.told = new Told(before, false);
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

    /** Whether the last other process has gone. */
    boolean nobodyLeft() {
        return !lasting && !members.seen().equals(before) && members.alone();
    }

    /** What to tell who waited in vain, and who does so again. */
    IpcException endOfWait() {
        Members.Seen now = members.seen();
        Told last = told;
        if (!now.equals(last.seen())) {
            last = new Told(now, now.deaths() != last.seen().deaths());
            told = last;
        }
        return last.died()
                ? new PeerDied("the last other process of the queue died (pid " + members.lastDead() + ")")
                : new Closed("the last other process has closed the queue");
    }
}
