package dev.forkd.testing;

import dev.forkd.ipc.ProcessPool;
import dev.forkd.ipc.SharedArray;
import dev.forkd.ipc.SharedEvent;
import dev.forkd.ipc.SharedSemaphore;
import dev.forkd.sys.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/** A program whose pool is at work for ever. */
public final class PoolProgram {
    private static final int PROCESSES = 2;

    private PoolProgram() {}

    /** Prints the pids of its pool's processes, once all are at work. */
    public static void main(String[] args) throws Exception {
        try (SharedEvent never = SharedEvent.create();
                SharedArray pids = SharedArray.create(SharedArray.Type.INT, PROCESSES);
                SharedSemaphore atWork = SharedSemaphore.counting(0);
                ProcessPool pool =
                        new ProcessPool(ProcessPool.Settings.of(PROCESSES).engine(args[0]))) {
            List<Future<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                int me = i;
                tasks.add(pool.applyAsync(() -> {
                    pids.set(me, Processes.pid());
                    atWork.release();
                    never.await();
                    return 0;
                }));
            }
            for (int i = 0; i < PROCESSES; i++) {
                atWork.acquire();
            }
            System.out.println(pids.get(0) + " " + pids.get(1));
            for (Future<Integer> task : tasks) {
                int _ = task.get();
            }
        }
    }

    static Process start(String engine) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PoolProgram.class.getName(),
                        engine)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
