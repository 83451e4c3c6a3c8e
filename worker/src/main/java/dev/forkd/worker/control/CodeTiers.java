package dev.forkd.worker.control;

import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.HotSpotFlags;
import dev.forkd.sys.Processes;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What code a forked worker runs: quick code from its zygote, and the best there is once it turns out to compute.
 *
 * <p>Code of HotSpot's second and third tier counts its calls and branches, for the optimizing compiler to learn from. Each counter that
 * a child increments is a page that it must copy, and each that overflows is work for compiler threads which it does not have: a
 * short client takes twice the CPU time. Code of the first tier counts nothing, and is final. So
 *
 * <pre>
 *   zygote   warms up with the compilers held at the first tier
 *   child    all tiers are allowed: code that was not warmed is compiled as in any JVM
 *   child    that {@linkplain Computing computes}: what was compiled in the zygote is forgotten, and compiled anew as it runs
 * </pre>
 */
public final class CodeTiers {
    private static final Logger LOG = LoggerFactory.getLogger(CodeTiers.class);
    private static final String FLAG = "TieredStopAtLevel";
    private static final long FIRST_TIER = 1;

    private final Computing computing = new Computing();
    private boolean quick;

    private static final class Held implements Hold {
        private final HotSpotFlags.Flag flag;
        private final long before;

        Held(HotSpotFlags.Flag flag) {
            this.flag = flag;
            this.before = flag.value();
            flag.set(FIRST_TIER);
        }

        @Override
        public void close() {
            flag.set(before);
        }
    }

    /** How long compilers are held back. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * In a zygote: from now on, until the hold is closed, code of the first tier only. Does nothing in a JVM that does not let us, or was
     * told to stop there itself.
     */
    public Hold hold() {
        try {
            Optional<HotSpotFlags.Flag> flag = HotSpotFlags.ofThisProcess().find(FLAG);
            if (flag.isPresent() && flag.get().value() > FIRST_TIER) {
                quick = true;
                return new Held(flag.get());
            }
        } catch (IllegalStateException e) {
            LOG.info("event=code-not-held reason=\"{}\"", e.getMessage());
        }
        return () -> {};
    }

    /** In a child, now and then, on one thread that may wait for a safepoint: is it time for better code? */
    void review() {
        if (!quick || !ForkLibrary.allThreadsRun()) {
            return;
        }
        Duration userTime = Processes.userTime();
        if (!computing.worthBetterCode(userTime, System.nanoTime())) {
            return;
        }
        quick = false;
        try {
            ForkLibrary.load().forgetCode();
            LOG.debug("event=code-forgotten user-ms={}", userTime.toMillis());
        } catch (ForkRefusedException e) {
            LOG.info("event=code-not-forgotten reason=\"{}\"", e.getMessage());
        }
    }
}
