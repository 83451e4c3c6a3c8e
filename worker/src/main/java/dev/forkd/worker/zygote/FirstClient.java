package dev.forkd.worker.zygote;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what a child did for the first time although its zygote was to have done it before: {@code event=first-client}. */
final class FirstClient {
    private static final Logger LOG = LoggerFactory.getLogger(FirstClient.class);

    /** Measures nothing. */
    static final FirstClient NONE = new FirstClient(-1);

    private final long loadedBefore;

    private FirstClient(long loadedBefore) {
        this.loadedBefore = loadedBefore;
    }

    static FirstClient begin() {
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        return new FirstClient(classes.getTotalLoadedClassCount());
    }

    /** In the zygote, so that measuring itself loads nothing in a child. */
    static void rehearse() {
        long _ = begin().loadedBefore;
    }

    /** The worker's clients are gone. */
    void end() {
        if (loadedBefore >= 0) {
            long loaded = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount() - loadedBefore;
            LOG.info("event=first-client classes-loaded={}", loaded);
        }
    }
}
