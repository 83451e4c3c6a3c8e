package dev.forkd.fork;

import dev.forkd.sys.KernelRandom;
import java.lang.reflect.Method;
import java.security.Provider;
import java.security.SecureRandomParameters;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.List;
import java.util.Map;

/**
 * SecureRandom straight from getrandom(2), under all the names that the JDK's own generators have.
 *
 * <p>The JDK's generators keep state or buffers in the process; a fork copies them, and siblings then draw equal keys, session ids and
 * UUIDs (hazard H13). A generator without state cannot do that. First in the list of providers it serves {@code new
 * SecureRandom()} and every request by algorithm; where {@code java.security} is opened to us it also takes the place of the
 * generators inside the provider SUN, for those who ask for that by name.
 */
final class KernelRandomProvider extends Provider {
    private static final long serialVersionUID = 1;
    private static final String NAME = "forkd", TYPE = "SecureRandom";
    private static final List<String> ALGORITHMS =
            List.of("NativePRNG", "NativePRNGBlocking", "NativePRNGNonBlocking", "DRBG", "SHA1PRNG");

    private KernelRandomProvider() {
        super(NAME, "1.0", "SecureRandom from getrandom(2), without state that a fork could copy");
        ALGORITHMS.forEach(algorithm -> putService(new KernelService(this, algorithm)));
    }

    /** Idempotent. Generators that exist already stay what they are. @return what could not be replaced, or an empty text */
    static synchronized String install() {
        if (Security.getProvider(NAME) != null) {
            return "";
        }
        Security.insertProviderAt(new KernelRandomProvider(), 1);
        Security.setProperty("securerandom.strongAlgorithms", "NativePRNGBlocking:" + NAME + ",DRBG:" + NAME);
        return replaceIn(Security.getProvider("SUN"));
    }

    private static String replaceIn(Provider sun) {
        try {
            Method put = Provider.class.getDeclaredMethod("putService", Service.class);
            put.setAccessible(true);
            for (String algorithm : ALGORITHMS) {
                put.invoke(sun, new KernelService(sun, algorithm));
            }
            return "";
        } catch (ReflectiveOperationException | RuntimeException e) {
            return "SecureRandom of provider SUN: " + e.getMessage();
        }
    }

    private static final class KernelService extends Service {
        KernelService(Provider provider, String algorithm) {
            super(provider, TYPE, algorithm, Spi.class.getName(), List.of(), Map.of("ThreadSafe", "true"));
        }

        @Override
        public Object newInstance(Object parameters) {
            return new Spi(); // DrbgParameters ask for strengths that the kernel has anyway
        }
    }

    private static final class Spi extends SecureRandomSpi {
        private static final long serialVersionUID = 1;

        /** The kernel's pool needs no seed of ours, and it is shared by all processes: nothing is added to it. */
        @Override
        protected void engineSetSeed(byte[] seed) {}

        @Override
        protected void engineNextBytes(byte[] bytes) {
            KernelRandom.fill(bytes);
        }

        @Override
        protected void engineNextBytes(byte[] bytes, SecureRandomParameters parameters) {
            KernelRandom.fill(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int count) {
            byte[] bytes = new byte[count];
            KernelRandom.fill(bytes);
            return bytes;
        }

        @Override
        protected void engineReseed(SecureRandomParameters parameters) {}
    }
}
