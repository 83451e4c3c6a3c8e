package dev.forkd.fork;

import dev.forkd.sys.ExitStatus;
import dev.forkd.sys.ForkRefusedException;
import dev.forkd.sys.Io;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;

/** Main of tests: programs that a fork engine may go wrong with. The first argument names the program. */
final class HazardMain {
    private static volatile boolean spin = true;

    private HazardMain() {}

    public static void main(String[] args) throws Exception {
        JvmFork.prepare();
        switch (args[0]) {
            case "fork" -> tell();
            case "fork-when-told" -> {
                System.out.println("event=waiting");
                System.in.read();
                tell();
            }
            case "selector" -> {
                try (Selector selector = Selector.open()) {
                    System.out.println("event=open " + selector.isOpen());
                    tell();
                }
            }
            case "busy-thread" -> busyThread();
            case "shared-mapping" -> {
                MappedByteBuffer mapped;
                try (RandomAccessFile file = new RandomAccessFile(args[1], "rw")) {
                    mapped = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 4096);
                }
                tell();
                mapped.put(0, (byte) 1);
            }
            case "jar" -> readJar(args[1]);
            case "idle-child" -> idleChild();
            case "crash" -> crash();
            case "failing-hook" -> failingHook();
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    private static void tell() throws IOException {
        tell(ForkOptions.DEFAULT.withDeadline(Duration.ofSeconds(60))); // however busy the compilers
    }

    private static void tell(ForkOptions options) throws IOException {
        try {
            ForkedChild child = JvmFork.fork(options, () -> 7);
            System.out.println("event=forked " + child.await().text());
        } catch (ForkRefusedException e) {
            System.out.println("event=refused " + e.getMessage());
        }
    }

    /** H18: a thread that is never asleep. Refused, whatever it is doing, instead of hanging some children. */
    private static void busyThread() throws IOException {
        Thread.ofPlatform().daemon().name("busy-one").start(() -> {
            while (spin) {
                Thread.onSpinWait();
            }
        });
        tell(ForkOptions.DEFAULT.withDeadline(Duration.ofSeconds(1)));
        spin = false;
        tell();
    }

    /** H9: reading a jar is seek and read; children that share the position read each other's bytes. */
    private static void readJar(String path) throws IOException {
        ZipFile jar = new ZipFile(path);
        List<ForkedChild> children = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            children.add(JvmFork.fork(() -> {
                for (int round = 0; round < 5; round++) {
                    for (ZipEntry entry : Collections.list(jar.entries())) {
                        CRC32 sum = new CRC32();
                        sum.update(jar.getInputStream(entry).readAllBytes());
                        if (sum.getValue() != entry.getCrc()) {
                            return 1;
                        }
                    }
                }
                return 0;
            }));
        }
        for (ForkedChild child : children) {
            System.out.println("event=read " + child.await().text());
        }
    }

    /** A child that waits for the outside world on its one thread until a byte comes, which none does. */
    private static void idleChild() throws IOException {
        Io.PipeEnds pipe = Io.pipe();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("event=hook")));
        ForkOptions sharing = ForkOptions.DEFAULT.sharing(pipe.read()).sharing(pipe.write());
        ForkedChild child = JvmFork.fork(sharing, () -> {
            System.out.println("event=idle pid=" + Processes.pid());
            Io.read(pipe.read(), ByteBuffer.allocateDirect(1));
            return 0;
        });
        ExitStatus ended = child.await();
        System.out.println("event=ended " + ended.text());
        Runtime.getRuntime().halt(0);
    }

    /** The fork is over when the parent's hooks run: there is a child. */
    private static void failingHook() throws IOException {
        long parent = Processes.pid();
        Resource fails = new Resource() {
            @Override
            public void beforeCheckpoint(Context<? extends Resource> context) {}

            @Override
            public void afterRestore(Context<? extends Resource> context) throws Exception {
                if (Processes.pid() == parent) {
                    throw new Exception("not in the parent");
                }
            }
        };
        Core.getGlobalContext().register(fails);
        try {
            ForkedChild child = JvmFork.fork(ForkOptions.DEFAULT.withDeadline(Duration.ofSeconds(60)), () -> {
                while (true) {
                    LockSupport.park();
                }
            });
            System.out.println("event=forked " + child.pid());
        } catch (IllegalStateException e) {
            System.out.println((ProcessHandle.current().children().findAny().isEmpty()
                            ? "no child is left: "
                            : "a child is left: ")
                    + e.getCause().getCause().getSuppressed()[0].getMessage());
        } finally {
            Reference.reachabilityFence(fails);
        }
    }

    private static void crash() throws IOException {
        ForkedChild child = JvmFork.fork(() -> {
            Processes.kill(Processes.pid(), 11); // SIGSEGV
            return 0;
        });
        System.out.println(
                "event=ended pid=" + child.pid() + " " + child.await().text());
    }
}
