package dev.forkd.supervisor.process;

import dev.forkd.protocol.UsedClass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns which classes the first clients of a generation used beyond what its zygote had, from a few of its workers, and tells it once, for the
 * next zygotes to have. On the loop's thread.
 *
 * <p>Workers are not trusted: one that was not asked does not get here, what they say is names, and no more than {@link #MOST_BYTES} of it is kept.
 */
public final class Refork {
    private static final Logger LOG = LoggerFactory.getLogger(Refork.class);

    /** How many workers are asked. */
    static final int SAMPLES = 8;

    /** A zygote gets it with its settings, which have 1 MiB together. */
    static final int MOST_BYTES = 256 * 1024;

    private final String service;
    private final int after;
    private final int clientsPerWorker;
    private final Consumer<List<UsedClass>> learned;
    private final Map<String, UsedClass> used = new LinkedHashMap<>();
    private long workers;
    private int asked;
    private int answered;
    private long served;
    private int bytes;
    private boolean over;

    /**
     * @param after so many clients, 0 never
     * @param clientsPerWorker at least 1 unless {@code after} is 0
     * @param learned gets the result, at most once
     */
    public Refork(String service, int after, int clientsPerWorker, Consumer<List<UsedClass>> learned) {
        this.service = service;
        this.after = after;
        this.clientsPerWorker = clientsPerWorker;
        this.learned = learned;
        this.over = after == 0;
    }

    /** A worker is to be made. @return whether it shall record; those that do are spread over the clients to come */
    public boolean asks() {
        long firstClient = workers++ * clientsPerWorker;
        if (over || asked == SAMPLES || firstClient < (long) after * asked / SAMPLES) {
            return false;
        }
        asked++;
        return true;
    }

    /** A worker has finished a client. */
    public void served() {
        served++;
        conclude();
    }

    /** A part of what a worker recorded that was asked to. @param last whether it was its last */
    public void recorded(boolean last, List<UsedClass> part) {
        if (over) {
            return;
        }
        part.forEach(this::keep);
        if (last) {
            answered++;
            conclude();
        }
    }

    private void keep(UsedClass one) {
        UsedClass before = used.get(one.name());
        if (before != null) {
            used.put(one.name(), before.initialised() ? before : one);
        } else if (bytes + one.bytes() <= MOST_BYTES) {
            bytes += one.bytes();
            used.put(one.name(), one);
        }
    }

    private void conclude() {
        if (over || served < after || answered == 0) {
            return;
        }
        over = true;
        if (used.isEmpty()) {
            LOG.info("event=refork-not-needed service={} clients={} samples={}", service, served, answered);
            return;
        }
        LOG.info("event=refork-begun service={} clients={} samples={}", service, served, answered);
        learned.accept(List.copyOf(used.values()));
        used.clear();
    }
}
