package dev.forkd.ipc;

import dev.forkd.sys.Mapping;

/**
 * What has been taken from a joinable queue and is not done. Each member counts its own, so that a dead member's open tasks end
 * with its entry. A task is counted here before its slot is free: who looks at the slots first and here second misses none.
 */
sealed interface Outstanding {
    Outstanding NOT_COUNTED = new NotCounted();

    /** The member has just joined. */
    void begin();

    void taken();

    /** @throws IllegalStateException if nothing is open */
    void done();

    /** Whether a living member has open tasks. */
    boolean any();

    /** @throws IllegalStateException if the queue is not joinable */
    void check();

    /** For queues that are not joinable. */
    record NotCounted() implements Outstanding {
        @Override
        public void begin() {}

        @Override
        public void taken() {}

        @Override
        public void done() {
            check();
        }

        @Override
        public boolean any() {
            return false;
        }

        @Override
        public void check() {
            throw new IllegalStateException("the queue is not joinable: make it with createJoinable");
        }
    }

    /** A count beside each entry of {@link Members}. */
    record Counted(Members members, int entry) implements Outstanding {
        private Mapping memory() {
            return members.segment().memory();
        }

        @Override
        public void begin() {
            memory().setInt(members.countAt(entry), 0);
        }

        @Override
        public void taken() {
            int _ = memory().getAndAddInt(members.countAt(entry), 1);
        }

        @Override
        public void done() {
            int open = memory().getInt(members.countAt(entry));
            while (open > 0) {
                if (memory().compareAndSetInt(members.countAt(entry), open, open - 1)) {
                    return;
                }
                open = memory().getInt(members.countAt(entry));
            }
            throw new IllegalStateException("taskDone() was called more often than items were taken");
        }

        @Override
        public boolean any() {
            return members.anyCount();
        }

        @Override
        public void check() {}
    }
}
