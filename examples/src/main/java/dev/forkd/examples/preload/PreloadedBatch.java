package dev.forkd.examples.preload;

import dev.forkd.fork.ForkOptions;
import dev.forkd.fork.ForkedChild;
import dev.forkd.fork.JvmFork;
import dev.forkd.sys.Fd;
import dev.forkd.sys.Io;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A batch job that loads a large table once and forks workers that share it copy-on-write.
 *
 * <p>Each worker sums its shard of the table, measures its own memory, and waits until all are there, so that the memory of all
 * together is true. PSS counts a page that n processes share as 1/n page in each.
 *
 * <pre>
 *   java $FLAGS -Xmx1200m -Xmn64m -cp … dev.forkd.examples.preload.PreloadedBatch 1024 50      (FLAGS: ForkLibrary.JVM_FLAGS)
 * </pre>
 */
public final class PreloadedBatch {
    private static final int LONGS_PER_MIB = 1 << 17;

    private PreloadedBatch() {}

    /** Arguments: size of the table in MiB, number of workers. */
    public static void main(String[] args) throws IOException {
        JvmFork.prepare();
        long[][] table = load(Integer.parseInt(args[0]));
        int workers = Integer.parseInt(args[1]);
        System.gc(); // into the old generation: a collection in a worker would copy what is young
        System.out.printf("event=loaded mib=%s pss-mib=%d%n", args[0], pssKib() >> 10);
        Io.PipeEnds done = Io.pipe(), leave = Io.pipe();
        ForkOptions options = ForkOptions.DEFAULT;
        for (Fd end : List.of(done.read(), done.write(), leave.read(), leave.write())) {
            options = options.sharing(end);
        }
        List<ForkedChild> children = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int shard = i;
            children.add(JvmFork.fork(options, () -> work(table, shard, workers, done.write(), leave.read())));
        }
        ByteBuffer sum = ByteBuffer.allocateDirect(Long.BYTES);
        long total = 0;
        for (int i = 0; i < workers; i++) {
            Io.read(done.read(), sum.clear());
            total += sum.flip().getLong();
        }
        report(children, total == expected(table));
        Io.write(leave.write(), ByteBuffer.allocateDirect(workers));
        for (ForkedChild child : children) {
            if (!child.await().text().equals("exited 0")) {
                throw new IOException(child.toString());
            }
        }
        System.exit(0);
    }

    private static long[][] load(int mib) {
        long[][] table = new long[mib][LONGS_PER_MIB];
        for (int i = 0; i < mib; i++) {
            for (int j = 0; j < LONGS_PER_MIB; j++) {
                table[i][j] = i * 31L + j;
            }
        }
        return table;
    }

    /** In a worker. */
    private static int work(long[][] table, int shard, int shards, Fd done, Fd leave) throws IOException {
        long sum = IntStream.range(0, table.length)
                .filter(i -> i % shards == shard)
                .mapToLong(i -> sum(table[i]))
                .sum();
        Io.write(done, ByteBuffer.allocateDirect(Long.BYTES).putLong(sum).flip());
        Io.read(leave, ByteBuffer.allocateDirect(1));
        return 0;
    }

    private static long sum(long[] row) {
        long sum = 0;
        for (long value : row) {
            sum += value;
        }
        return sum;
    }

    private static long expected(long[][] table) {
        long sum = 0;
        for (long[] row : table) {
            sum += sum(row);
        }
        return sum;
    }

    private static void report(List<ForkedChild> children, boolean right) throws IOException {
        long all = 0;
        for (ForkedChild child : children) {
            all += pssKib("/proc/" + child.pid() + "/smaps_rollup");
        }
        long parent = pssKib();
        System.out.printf(
                "event=summed right=%s workers=%d pss-mib-all=%d pss-mib-per-worker=%.1f%n",
                right, children.size(), (all + parent) >> 10, all / 1024.0 / children.size());
    }

    private static long pssKib() throws IOException {
        return pssKib("/proc/self/smaps_rollup");
    }

    private static long pssKib(String file) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
