package dev.forkd.supervisor.process;

import dev.forkd.protocol.UsedClass;
import dev.forkd.protocol.WorkerSetup;
import dev.forkd.supervisor.observe.LogText;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the zygotes of a generation are told to load: nothing at first, then what workers used, nothing again if that fails. On the loop's thread. */
final class Reforking {
    private static final Logger LOG = LoggerFactory.getLogger(Reforking.class);

    private final WorkerSetup setup;
    private final WorkerEngine.Listener listener;
    private List<UsedClass> used = List.of();
    private boolean nextHasUsed;
    private boolean proved;

    Reforking(WorkerSetup setup, WorkerEngine.Listener listener) {
        this.setup = setup;
        this.listener = listener;
    }

    /** For zygotes to come. */
    void learned(List<UsedClass> byWorkers) {
        used = byWorkers;
    }

    /** The setup of a zygote that is to boot. */
    WorkerSetup next() {
        nextHasUsed = !used.isEmpty();
        return nextHasUsed ? setup.withUsed(used) : setup;
    }

    /** The zygote that was to boot is frozen. @return whether it does not know what has been learned meanwhile, and another should boot */
    boolean frozen(int pid) {
        if (nextHasUsed && !proved) {
            proved = true;
            LOG.info("event=reforked service={} pid={} classes={}", setup.service(), pid, used.size());
            listener.reforked();
        }
        return !used.isEmpty() && !nextHasUsed;
    }

    /** The zygote that was to boot has ended. @return whether that may be for what it was told to load, which no other is then */
    boolean failed(int pid, String cause) {
        if (!nextHasUsed || proved) {
            return false;
        }
        used = List.of();
        LOG.warn(
                "event=refork-failed service={} pid={} cause=\"{}\" then=\"workers come from zygotes without it, until a reload\"",
                setup.service(),
                pid,
                LogText.quoted(cause));
        return true;
    }
}
