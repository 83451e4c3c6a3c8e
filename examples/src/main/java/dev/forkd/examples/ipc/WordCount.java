package dev.forkd.examples.ipc;

import dev.forkd.ipc.ProcessPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the words of files in several processes: each file is one task, the results are added up as they come. A file that makes its
 * process run out of memory fails alone.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp … dev.forkd.examples.ipc.WordCount FILE…</pre>
 */
public final class WordCount {
    private static final int SHOWN = 10;

    private WordCount() {}

    public static void main(String[] files) {
        Map<String, Integer> counts = count(Runtime.getRuntime().availableProcessors(), files);
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .limit(SHOWN)
                .forEach(entry -> System.out.println(entry.getValue() + " " + entry.getKey()));
    }

    /** How often each word stands in the files. */
    static Map<String, Integer> count(int processes, String... files) {
        try (ProcessPool pool = new ProcessPool(processes)) {
            return pool.imapUnordered(WordCount::countFile, Arrays.stream(files))
                    .collect(TreeMap::new, WordCount::add, WordCount::add);
        }
    }

    private static void add(Map<String, Integer> total, Map<String, Integer> part) {
        part.forEach((word, count) -> total.merge(word, count, Integer::sum));
    }

    /** Runs in a process of the pool. */
    private static Map<String, Integer> countFile(String file) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        String text = Files.readString(Path.of(file), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
        for (String word : text.split("\\P{L}+", -1)) {
            if (!word.isEmpty()) {
                counts.merge(word, 1, Integer::sum);
            }
        }
        return counts;
    }
}
