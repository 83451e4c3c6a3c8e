package dev.forkd.supervisor.observe;

import dev.forkd.sys.ExitStatus;
import java.time.Instant;
import java.util.List;

/**
 * How one worker ended.
 *
 * @param kind the cause as one word, for counting
 * @param cause the cause in words
 * @param client the last client it had
 * @param interrupted how many clients were being served when it ended
 * @param served clients served in all
 * @param received bytes from clients
 * @param sent bytes to clients
 * @param aliveMillis from its spawning to its end
 * @param lastOutput its last lines of output, where it ended badly
 */
public record DeathRecord(
        Instant at,
        String service,
        int slot,
        int generation,
        int pid,
        Kind kind,
        String cause,
        String client,
        int interrupted,
        int served,
        long received,
        long sent,
        long aliveMillis,
        ExitStatus status,
        List<String> lastOutput) {

    /** Causes, as counted. */
    public enum Kind {
        /** Served what it was to serve. */
        DONE("done"),
        /** Asked to finish. */
        DRAINED("drained"),
        /** Ended by a fast stop. */
        STOPPED("stopped"),
        EXITED("exited"),
        KILLED("killed"),
        KERNEL_OOM("kernel-oom"),
        JAVA_OOM("java-oom"),
        TIMED_OUT("timed-out"),
        PROTOCOL("protocol"),
        BOOT_FAILED("boot-failed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        /** Whether nobody needs to look. */
        public boolean expected() {
            return this == DONE || this == DRAINED || this == STOPPED;
        }
    }
}
