package dev.forkd.worker.zygote;

import dev.forkd.protocol.UsedClass;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads into a zygote the classes that workers of its service were seen to use. Names only were recorded, so nothing is run but static
 * initialisers, and of these only the JDK's own: those of the handler and its libraries may draw a random number or open a file, which
 * each worker shall do for itself.
 */
final class RecordedCode {
    private static final Logger LOG = LoggerFactory.getLogger(RecordedCode.class);

    private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

    /** What cannot be loaded is left out, and told of in one line. */
    void load(List<UsedClass> used) {
        if (used.isEmpty()) {
            return;
        }
        long began = System.nanoTime();
        int leftOut = 0;
        String firstLeftOut = "";
        for (UsedClass one : used) {
            try {
                load(one);
            } catch (ClassNotFoundException | LinkageError e) {
                leftOut++;
                firstLeftOut = firstLeftOut.isEmpty() ? one.name() + ": " + e : firstLeftOut;
            }
        }
        LOG.info(
                "event=recorded-code-loaded classes={} left-out={} first-left-out=\"{}\" ms={}",
                used.size() - leftOut,
                leftOut,
                firstLeftOut,
                (System.nanoTime() - began) / 1_000_000);
    }

    private void load(UsedClass one) throws ClassNotFoundException {
        Class<?> type = Class.forName(one.name(), false, loader);
        if (one.initialised() && type.getClassLoader() == null) {
            Class.forName(one.name(), true, loader);
        } else {
            Object _ = type.getDeclaredConstructors(); // which verifies and links the class; there is no plainer way
        }
    }
}
