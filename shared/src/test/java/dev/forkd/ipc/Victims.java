package dev.forkd.ipc;

import dev.forkd.sys.Processes;
import dev.forkd.sys.Spawn;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes that die in the middle of something, thousands of times a second: an operation runs under the identity of a process
 * that has ended, and stops dead at a step, leaving shared memory exactly as kill -9 at that step does. (No operation cleans up in
 * a {@code finally}, so the exception that stops it changes nothing. Real kills are in the process tests.)
 */
final class Victims {
    private Victims() {}

    /** Ends the operation at a step. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed(String step) {
            super(step, null, false, false);
        }
    }

    /** A process that has ended and been reaped. */
    static Identity dead() throws Exception {
        int pid = new Spawn(List.of("/bin/sh", "-c", "read x"))
                .descriptors(List.of())
                .start();
        Identity identity = new Identity(pid, Processes.startTicks(pid).orElseThrow());
        Processes.await(pid);
        return identity;
    }

    /** Dies at the n-th step of any name. */
    static final class DieAt extends Steps {
        private int left;

        DieAt(int n) {
            this.left = n;
        }

        @Override
        void at(String step) {
            if (left-- == 0) {
                throw new Killed(step);
            }
        }
    }

    /** An operation of a primitive. */
    @FunctionalInterface
    interface Operation {
        void run(Segment asVictim) throws Exception;
    }

    /** Runs the operation as a dead process that dies at its n-th step. @return the step's name, empty if it has fewer */
    static List<String> dieAt(int n, Identity victim, Segment segment, Operation operation) throws Exception {
        List<String> died = new ArrayList<>();
        try {
            operation.run(segment.as(victim).with(new DieAt(n)));
        } catch (Killed e) {
            died.add(e.getMessage());
        }
        return died;
    }
}
