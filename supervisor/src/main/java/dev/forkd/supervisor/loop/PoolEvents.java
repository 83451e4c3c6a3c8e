package dev.forkd.supervisor.loop;

import dev.forkd.protocol.Message;
import dev.forkd.supervisor.core.Admission;
import dev.forkd.sys.ExitStatus;

/** What a {@link ServicePool} tells its service. On the loop's thread. */
interface PoolEvents {
    void ready(WorkerHandle worker);

    /** There is no process for it. */
    void bootFailed(WorkerHandle worker, String reason);

    void refuse(Client client, Admission.Refusal reason);

    void log(WorkerHandle worker, Message.Log event);

    void access(WorkerHandle worker, Message.Access access);

    void ipcOpen(WorkerHandle worker, Message.IpcOpen request);

    /** @param interrupted how many clients it had taken and not finished */
    void died(WorkerHandle worker, ExitStatus status, int interrupted);

    /** It needs no new workers any more. */
    void closed();

    /** It is closed, and its last worker is gone. */
    void emptied();
}
