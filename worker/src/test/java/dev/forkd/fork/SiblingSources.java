package dev.forkd.fork;

import dev.forkd.sys.Processes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import javax.crypto.KeyGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Main of a test: uses every source of randomness, forks two children, and lets each write down what it draws from them. */
final class SiblingSources {
    private final Map<String, Callable<Object>> sources = new LinkedHashMap<>();

    private SiblingSources() throws Exception {
        SecureRandom plain = new SecureRandom();
        sources.put("new SecureRandom() of the parent", () -> hex(plain));
        sources.put("new SecureRandom()", () -> hex(new SecureRandom()));
        sources.put("generateSeed", () -> HexFormat.of().formatHex(plain.generateSeed(16)));
        sources.put("getInstanceStrong", () -> hex(SecureRandom.getInstanceStrong()));
        for (String name : List.of("NativePRNG", "NativePRNGBlocking", "NativePRNGNonBlocking", "DRBG", "SHA1PRNG")) {
            SecureRandom inherited = SecureRandom.getInstance(name), ofSun = SecureRandom.getInstance(name, "SUN");
            sources.put(name + " of the parent", () -> hex(inherited));
            sources.put(name + " of the parent, SUN", () -> hex(ofSun));
            sources.put(name, () -> hex(SecureRandom.getInstance(name)));
            sources.put(name + " of SUN", () -> hex(SecureRandom.getInstance(name, "SUN")));
        }
        sources.put("UUID.randomUUID", UUID::randomUUID);
        sources.put(
                "AES key",
                () -> HexFormat.of()
                        .formatHex(KeyGenerator.getInstance("AES").generateKey().getEncoded()));
        SSLContext tls = SSLContext.getDefault();
        sources.put("TLS ClientHello", () -> clientHello(tls));
        sources.put("ThreadLocalRandom", () -> ThreadLocalRandom.current().nextLong());
        sources.put("ThreadLocalRandom, new thread", SiblingSources::inNewThread);
        sources.put("Math.random", Math::random);
        sources.put("StrictMath.random", StrictMath::random);
        sources.put("new Random()", () -> new Random().nextLong());
        sources.put("new SplittableRandom()", () -> new SplittableRandom().nextLong());
        sources.put("Collections.shuffle", SiblingSources::shuffled);
        for (String name : List.of(
                "L32X64MixRandom",
                "L64X128MixRandom",
                "L64X128StarStarRandom",
                "L64X256MixRandom",
                "L64X1024MixRandom",
                "L128X128MixRandom",
                "L128X256MixRandom",
                "L128X1024MixRandom",
                "Xoroshiro128PlusPlus",
                "Xoshiro256PlusPlus",
                "Random",
                "SplittableRandom")) {
            sources.put(
                    "RandomGenerator " + name, () -> RandomGenerator.of(name).nextLong());
        }
        sources.put("Files.createTempFile", SiblingSources::temporaryName);
        sources.put("ProcessHandle.pid", () -> ProcessHandle.current().pid());
        sources.put(
                "RuntimeMXBean.pid", () -> ManagementFactory.getRuntimeMXBean().getPid());
        sources.put(
                "RuntimeMXBean.name", () -> ManagementFactory.getRuntimeMXBean().getName());
    }

    private static String hex(SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String clientHello(SSLContext tls) throws IOException {
        SSLEngine engine = tls.createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return HexFormat.of().formatHex(out.array(), 11, 43); // the 32 random bytes
    }

    private static Object inNewThread() throws InterruptedException {
        Object[] drawn = new Object[1];
        Thread thread = new Thread(() -> drawn[0] = ThreadLocalRandom.current().nextLong());
        thread.start();
        thread.join();
        return drawn[0];
    }

    private static Object shuffled() {
        List<Integer> list = new ArrayList<>(IntStream.range(0, 100).boxed().toList());
        Collections.shuffle(list);
        return list.subList(0, 10);
    }

    private static Object temporaryName() throws IOException {
        Path path = Files.createTempFile("sibling", "");
        Files.delete(path);
        return path.getFileName();
    }

    private List<String> drawn() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, Callable<Object>> source : sources.entrySet()) {
            lines.add(source.getKey() + "=" + source.getValue().call());
        }
        lines.add("right pid="
                + (ProcessHandle.current().pid() == Processes.pid()
                        && ProcessHandle.current().isAlive())
                + Processes.pid());
        return lines;
    }

    /** Arguments: the folder for the children's files; "late" to install the hooks only after the sources were used. */
    public static void main(String[] args) throws Exception {
        if (args.length == 1) {
            JvmFork.prepare();
        }
        SiblingSources sources = new SiblingSources();
        sources.drawn();
        sources.drawn();
        ForkOptions options = ForkOptions.DEFAULT;
        for (ForkOptions each : List.of(options, options.withAllThreads())) {
            for (int sibling = 0; sibling < 2; sibling++) {
                Path file = Path.of(args[0], (each.lazy() ? "lazy" : "eager") + sibling);
                ForkedChild child = JvmFork.fork(each, () -> {
                    Files.write(file, sources.drawn());
                    return 0;
                });
                if (!child.await().text().equals("exited 0")) {
                    System.err.println(child);
                    System.exit(1);
                }
            }
        }
        System.out.println("unreachable=" + ForkHooks.install().unreachable());
    }
}
