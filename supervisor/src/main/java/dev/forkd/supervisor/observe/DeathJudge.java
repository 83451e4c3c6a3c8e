package dev.forkd.supervisor.observe;

import dev.forkd.supervisor.observe.DeathRecord.Kind;
import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.Processes;
import java.util.Optional;

/** Tells from an exit status and what was known of the worker why it ended. On the loop's thread. */
public final class DeathJudge {
    private static final int JAVA_OOM = 3;
    private static final int BOOT_CODES = 10;

    private final KernelKills kernelKills = new KernelKills();

    /** Why the supervisor ended it: one word to count by, and a sentence. */
    public record Condemnation(Kind kind, String reason) {}

    /** What was known of the worker when it ended. */
    public record Circumstances(
            Optional<Condemnation> condemned,
            boolean everReady,
            boolean draining,
            boolean drainAsked,
            int interrupted) {}

    /** A verdict: one word to count by, and a sentence. */
    public record Verdict(Kind kind, String cause) {}

    public Verdict judge(ExitStatus status, Circumstances known) {
        if (known.condemned().isPresent()) {
            Condemnation condemned = known.condemned().get();
            return new Verdict(condemned.kind(), condemned.reason() + "; " + status.text());
        }
        if (status.killed()) {
            return status.code() == Processes.SIGKILL && kernelKills.more()
                    ? new Verdict(Kind.KERNEL_OOM, "killed by the kernel: out of memory")
                    : new Verdict(Kind.KILLED, status.text());
        }
        if (status.code() == JAVA_OOM) {
            return new Verdict(
                    Kind.JAVA_OOM,
                    "exited 3: Java heap full, or the handler's own code; raise workers.heap if that is not a leak");
        }
        if (!known.everReady() && status.code() >= BOOT_CODES) {
            return new Verdict(Kind.BOOT_FAILED, status.text() + " before it was ready");
        }
        if (status.code() == 0 && known.interrupted() > 0) {
            return new Verdict(Kind.EXITED, "exited 0 before its client was done");
        }
        if (status.code() == 0 && known.draining()) {
            return known.drainAsked() ? new Verdict(Kind.DRAINED, "drained") : new Verdict(Kind.DONE, "done");
        }
        return new Verdict(known.everReady() ? Kind.EXITED : Kind.BOOT_FAILED, status.text());
    }
}
