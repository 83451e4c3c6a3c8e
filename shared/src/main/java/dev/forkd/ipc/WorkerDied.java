package dev.forkd.ipc;

import dev.forkd.sys.ExitStatus;

/** The process that ran a task died of it, or with it; another has taken its place. */
public final class WorkerDied extends IpcException {
    private static final long serialVersionUID = 1;
    private final transient ExitStatus status;

    WorkerDied(ExitStatus status) {
        super("the process of the task " + status.text() + " (pid " + status.pid() + ", CPU "
                + status.user().plus(status.system()).toMillis() + " ms, " + status.maxResidentKib() / 1024 + " MiB)");
        this.status = status;
    }

    /** The death record. */
    public ExitStatus status() {
        return status;
    }
}
