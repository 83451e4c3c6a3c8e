package dev.forkd.fork;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What a forked child does to show that it is a whole JVM. Each ends with {@link #GOOD}, except those that end themselves. */
enum StressMode {
    MINIMAL {
        @Override
        void run(StressLoad load) {}
    },
    PROGRESS {
        @Override
        void run(StressLoad load) throws Exception {
            load.awaitProgress();
        }
    },
    COLLECT {
        @Override
        void run(StressLoad load) throws Exception {
            for (int k = 0; k < 50; k++) {
                sink = new byte[100_000];
            }
            System.gc();
            load.awaitProgress();
        }
    },
    POOL {
        @Override
        void run(StressLoad load) throws Exception {
            check(load.pool.submit(() -> 5).get() == 5);
        }
    },
    THREADS {
        @Override
        void run(StressLoad load) throws Exception {
            int[] slots = new int[4];
            List<Thread> threads = new ArrayList<>();
            for (int k = 0; k < slots.length; k++) {
                int mine = k;
                threads.add(Thread.ofPlatform().start(() -> slots[mine] = mine + 1));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            check(slots[3] == 4);
        }
    },
    VIRTUAL_THREADS {
        @Override
        void run(StressLoad load) throws Exception {
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Integer>> results = new ArrayList<>();
                for (int k = 0; k < 20; k++) {
                    results.add(executor.submit(() -> {
                        Thread.sleep(1);
                        return 1;
                    }));
                }
                for (Future<Integer> result : results) {
                    check(result.get() == 1);
                }
            }
        }
    },
    SYSTEM_EXIT {
        @Override
        void run(StressLoad load) {
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(GOOD)));
            System.exit(1);
        }
    },
    RETURN_FROM_MAIN {
        @Override
        void run(StressLoad load) {} // the driver returns: the launcher destroys the JVM and exits with 0
    },
    STACK_OVERFLOW {
        @Override
        void run(StressLoad load) throws Exception {
            check(StressWork.overflows());
            check(load.pool.submit(StressWork::overflows).get());
            CompletableFuture<Boolean> inNewThread = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> inNewThread.complete(StressWork.overflows()));
            check(inNewThread.get());
        }
    },
    OUT_OF_MEMORY {
        @Override
        void run(StressLoad load) throws Exception {
            try {
                List<byte[]> all = new ArrayList<>();
                while (all.size() < 1 << 20) {
                    all.add(new byte[1 << 20]);
                }
                check(false);
            } catch (OutOfMemoryError e) {
                load.awaitProgress();
            }
        }
    },
    CLASSES {
        @Override
        void run(StressLoad load) throws Exception {
            for (int k = 0; k < 20; k++) {
                StressLoad.loadClass();
            }
            System.gc();
            load.awaitProgress();
        }
    },
    COMPILE {
        @Override
        void run(StressLoad load) throws Exception {
            long sum = 0;
            for (int k = 0; k < 300; k++) {
                sum += StressWork.fibonacci(15);
            }
            sink = sum;
            load.awaitProgress();
        }
    },
    UPCALL {
        @Override
        void run(StressLoad load) throws Throwable {
            check(List.of(1, 2, 3).equals(StressWork.sortedByQsort(List.of(3, 1, 2))));
        }
    },
    SUBPROCESS {
        @Override
        void run(StressLoad load) throws Exception {
            Process process = new ProcessBuilder("/bin/sh", "-c", "echo hi; exit 3").start();
            check(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).equals("hi\n"));
            check(process.waitFor() == 3);
        }
    },
    SELECTOR {
        @Override
        void run(StressLoad load) throws Exception {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
                    Selector selector = Selector.open()) {
                server.configureBlocking(false);
                SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT);
                try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
                    check(client.isConnected() && selector.select(5000) == 1 && key.isAcceptable());
                    server.accept().close();
                }
            }
        }
    },
    ASYNCHRONOUS_CLOSE {
        @Override
        void run(StressLoad load) throws Exception {
            ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            CompletableFuture<Object> ended = new CompletableFuture<>();
            Thread blocked = Thread.ofPlatform().start(() -> {
                try {
                    ended.complete(server.accept());
                } catch (SocketException e) {
                    ended.complete("closed");
                } catch (Exception e) {
                    ended.completeExceptionally(e);
                }
            });
            while (blocked.getState() != Thread.State.RUNNABLE || blocked.getStackTrace().length < 5) {
                Thread.onSpinWait();
            }
            server.close();
            check(ended.get().equals("closed"));
        }
    },
    NULL_POINTERS {
        @Override
        void run(StressLoad load) {
            int caught = 0;
            for (int k = 0; k < 3000; k++) {
                try {
                    sink = ((int[]) (k < 0 ? sink : null))[0];
                } catch (NullPointerException e) {
                    caught++;
                }
            }
            check(caught == 3000);
        }
    },
    FORK_AGAIN {
        @Override
        void run(StressLoad load) throws Exception {
            ForkedChild child = JvmFork.fork(ForkOptions.DEFAULT.withDeadline(Duration.ofSeconds(20)), () -> {
                load.awaitProgress();
                return GOOD;
            });
            check(child.await().text().equals("exited " + GOOD));
        }
    },
    INTERRUPT {
        @Override
        void run(StressLoad load) throws Exception {
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    sink = e;
                }
            });
            thread.interrupt();
            thread.join(5000);
            check(!thread.isAlive());
        }
    },
    THREAD_BEANS {
        @Override
        void run(StressLoad load) {
            ThreadMXBean bean = ManagementFactory.getThreadMXBean();
            check(bean.dumpAllThreads(true, true).length > 5);
            for (long id : bean.getAllThreadIds()) {
                check(bean.getThreadCpuTime(id) >= 0 || bean.getThreadInfo(id) == null);
            }
        }
    };

    static final int GOOD = 7;
    private static volatile Object sink = "";

    abstract void run(StressLoad load) throws Throwable;

    int exitCode() {
        return this == RETURN_FROM_MAIN ? 0 : GOOD;
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("does not hold");
        }
    }
}
